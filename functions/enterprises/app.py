"""enterprises"""

from __future__ import annotations

from nanhai.edge.api import Api

api = Api("enterprises")
app = api.app
