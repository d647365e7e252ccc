"""The real apps: on a platform without a database, or in a small district on the durable engine."""

from __future__ import annotations

from tests.contract.district import district
from tests.contract.outside import loopback, outside
from tests.edge.here import here, ring

__all__ = ["district", "here", "loopback", "outside", "ring"]
