"""arrivals"""

from __future__ import annotations

from nanhai.edge.api import Api

api = Api("arrivals")
app = api.app
