"""The real apps on a platform without a database."""

from __future__ import annotations

from tests.edge.here import here, ring

__all__ = ["here", "ring"]
