"""What an operator tells of a piece of time: many rows; and what was true: one stay in each cell."""

from __future__ import annotations

import numpy as np

from infra.simulate.dice import Dice, Ints
from infra.simulate.ground import Ground
from infra.simulate.itinerary import Pieces, ends, merged, spread

ROW_S_MIN = 60  # so long a phone is with a tower at least, where a piece is told in several rows


def told(dice: Dice, pieces: Pieces, numbers: Ints, wanted: int) -> Pieces:
    """The pieces cut into rows, about `wanted` for each person; a piece is never joined to tell less."""
    lasts = pieces.until - pieces.since
    many = len(numbers)
    heard_s = np.bincount(pieces.who, lasts, many)
    spare = (wanted - np.bincount(pieces.who, minlength=many)).clip(0)
    share = spare[pieces.who] / heard_s[pieces.who]
    number = numbers[pieces.who]
    cuts = (lasts * share + dice.unit("cuts", number, pieces.since)).astype(np.int64)
    count = 1 + np.minimum(cuts, (lasts // ROW_S_MIN - 1).clip(0))
    piece, nth = spread(count)
    jitter = np.where(nth == 0, 0, dice.unit("row", number[piece], pieces.since[piece], nth) / 2)
    since = pieces.since[piece] + ((nth + jitter) * lasts[piece] / count[piece]).astype(np.int64)
    return Pieces(pieces.who[piece], pieces.tower[piece], since, ends(pieces, piece, since))


def stays(ground: Ground, pieces: Pieces) -> Pieces:
    """Pieces of the same cell and region as one; `tower` is the first of any that stands there."""
    _, standing, where = np.unique(
        np.stack([ground.cell, ground.region]), axis=1, return_index=True, return_inverse=True
    )
    return merged(Pieces(pieces.who, standing[where[pieces.tower]], pieces.since, pieces.until))
