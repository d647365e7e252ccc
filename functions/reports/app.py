"""reports"""

from __future__ import annotations

from nanhai.edge.api import Api

api = Api("reports")
app = api.app
