"""The portal reads no table but the keys: most of its tests need none."""

from __future__ import annotations

from tests.edge.here import here, ring

__all__ = ["here", "ring"]
