"""The four colours, the verdicts at a gate, and which is worse."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Colour(StrEnum):
    GREEN = "green"
    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"
    NONE = "none"  # grey: nothing is known that may be shown; never green, never red by default


class Verdict(StrEnum):
    ADMIT = "admit"
    ADMIT_TEMPORARY = "admit-temporary"
    HOLD = "hold"  # until the community has checked
    REFUSE = "refuse"
    CANNOT_VERIFY = "cannot-verify"  # the gate's manual procedure


# `none` stands above the admitting colours, so that a missing fact never admits, and below those with a cause.
RANK = {colour: rank for rank, colour in enumerate((Colour.GREEN, Colour.BLUE, Colour.NONE, Colour.YELLOW, Colour.RED))}

VERDICTS = {
    Colour.GREEN: Verdict.ADMIT,
    Colour.BLUE: Verdict.ADMIT,
    Colour.YELLOW: Verdict.HOLD,
    Colour.RED: Verdict.REFUSE,
    Colour.NONE: Verdict.CANNOT_VERIFY,
}


def worst(colours: Iterable[Colour]) -> Colour:
    """The worst of at least one colour: red, yellow, none, blue, green."""
    return max(colours, key=RANK.__getitem__)
