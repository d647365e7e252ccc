"""Chance that depends on the seed and on whom it is asked about, never on what was asked before.

So a person is the same in whatever chunk, order or crowd they are made, and whole chunks are drawn at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_STEP, _FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_BITS = 53  # of a double


@dataclass(frozen=True, slots=True)
class Dice:
    """`what` names the question; the arrays after it say about whom, and are broadcast."""

    seed: int

    def unit(self, what: str, *about: Ints) -> Floats:
        """Evenly from [0, 1)."""
        digest = hashlib.sha256(f"{self.seed} {what}".encode()).digest()
        state = np.array([int.from_bytes(digest[:8], "big")], np.uint64)
        for keys in about:
            state = _mixed(state ^ _mixed(keys.astype(np.uint64)))
        return (state >> np.uint64(64 - _BITS)).astype(np.float64) / (1 << _BITS)

    def between(self, what: str, low: float, high: float, *about: Ints) -> Floats:
        return low + (high - low) * self.unit(what, *about)

    def below(self, what: str, bound: int, *about: Ints) -> Ints:
        """Evenly one of 0 … bound - 1."""
        return (self.unit(what, *about) * bound).astype(np.int64)

    def happens(self, what: str, chance: float, *about: Ints) -> NDArray[np.bool_]:
        return self.unit(what, *about) < chance

    def weighted(self, what: str, weights: Sequence[float], *about: Ints) -> Ints:
        """An index of `weights`, as often as its weight says; one of weight 0 never."""
        edges = np.cumsum(weights) / np.sum(weights)
        return np.searchsorted(edges, self.unit(what, *about), side="right")


def _mixed(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014)."""
    state = state + _STEP
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return state ^ (state >> np.uint64(31))
