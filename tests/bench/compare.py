"""Ours against a peer's, turn by turn, so that a machine that grows slow grows slow for both."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[], object]
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Result:
    """`ratio`: the median over `samples` pairs of ours by theirs; `goal`: what it should be, as `<= 0.05`."""

    name: str
    peer: str
    ratio: float
    goal: str
    samples: int
    ours: float
    theirs: float
    unit: str

    @property
    def is_met(self) -> bool:
        sign, bound = self.goal.split()
        return self.ratio <= float(bound) if sign == "<=" else self.ratio >= float(bound)


def paired(
    name: str,
    ours: Work,
    peer: str,
    theirs: Work,
    goal: str,
    *,
    samples: int,
    per_sample: int = 1,
    clock: Clock = time.process_time,
    unit: str = "us of CPU",
    scale: float = 1e6,
    faster_is_larger: bool = False,
) -> Result:
    """Runs both `per_sample` times a sample, in alternating order; CPU time of this process unless told otherwise."""
    pairs = []
    for sample in range(samples + 1):
        first, second = (ours, theirs) if sample % 2 else (theirs, ours)
        one, two = _timed(first, per_sample, clock), _timed(second, per_sample, clock)
        pairs.append((one, two) if sample % 2 else (two, one))
    pairs = pairs[1:]  # the first one warms up
    ratios = [theirs / ours if faster_is_larger else ours / theirs for ours, theirs in pairs]
    return Result(
        name,
        peer,
        round(statistics.median(ratios), 4),
        goal,
        samples,
        round(statistics.median(ours for ours, _ in pairs) * scale, 2),
        round(statistics.median(theirs for _, theirs in pairs) * scale, 2),
        unit,
    )


def counted(name: str, count: float, goal: str, peer: str, samples: int, unit: str = "requests") -> Result:
    """A figure that is counted and not timed."""
    return Result(name, peer, round(count, 4), goal, samples, count, 0.0, unit)


def _timed(work: Work, times: int, clock: Clock) -> float:
    gc.collect()
    gc.disable()
    began = clock()
    for _ in range(times):
        work()
    took = clock() - began
    gc.enable()
    return took / times
