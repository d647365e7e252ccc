"""triage"""

from __future__ import annotations

from nanhai.edge.api import Api

api = Api("triage")
app = api.app
