"""masks"""

from __future__ import annotations

from nanhai.edge.api import Api

api = Api("masks")
app = api.app
