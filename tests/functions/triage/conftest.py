"""Triage's tests: the checkpoints' small district, and citizens' phones in it."""

from __future__ import annotations

from tests.functions.checkpoints.stand import stand

__all__ = ["stand"]
