"""Trajectories: the 14-day lookup with its certificate, what operators deliver, its index, and co-presence."""

from __future__ import annotations

from nanhai.edge.api import Api

api = Api("trajectories")
app = api.app
