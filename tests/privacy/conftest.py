"""The small district of the contract's tests."""

from __future__ import annotations

from tests.contract.district import district
from tests.contract.outside import loopback, outside

__all__ = ["district", "loopback", "outside"]
