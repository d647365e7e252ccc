"""Public daily figures: passes by colour and town, how appeals ended, how long answers took; no cell under ten.

A small cell is hidden with its whole row, and what could be subtracted from a published total is hidden too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SMALLEST = 10  # what counts fewer people than that is nobody's figure; none at all is no secret
BUCKET_S = 900
BUCKETS = 97  # a quarter of an hour each up to 24 hours, and one for what took longer

Row = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Table:
    """What may be published: whole rows (None: hidden), and totals by column over all rows (None: hidden).

    There is no total of a row and no grand total, so nothing else can be subtracted from.
    """

    rows: Mapping[str, Row | None]
    totals: Mapping[str, int | None]


def table(counts: Mapping[str, Row], columns: Iterable[str]) -> Table:
    """Hides every row with a small cell, every small total, and further rows, smallest first, until what the hidden
    rows come to together is no small number in any column whose total is told."""
    columns = list(columns)
    sums = {column: sum(row.get(column, 0) for row in counts.values()) for column in columns}
    told = [column for column in columns if not is_small(sums[column])]
    hidden = {name for name, row in counts.items() if any(is_small(row.get(column, 0)) for column in columns)}
    waiting = sorted(counts.keys() - hidden, key=lambda name: (sum(counts[name].values()), name))
    while waiting and _gives_away(counts, hidden, told):
        hidden.add(waiting.pop(0))
    return Table(
        {
            name: None if name in hidden else {column: row.get(column, 0) for column in columns}
            for name, row in counts.items()
        },
        {column: sums[column] if column in told else None for column in columns},
    )


def is_small(count: int) -> bool:
    return 0 < count < SMALLEST


def _gives_away(counts: Mapping[str, Row], hidden: Iterable[str], told: Iterable[str]) -> bool:
    rows = [counts[name] for name in hidden]
    return any(is_small(sum(row.get(column, 0) for row in rows)) for column in told)


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`, to a hundredth; None where either the part or the rest is few, or nothing was counted."""
    if whole < SMALLEST or is_small(part) or is_small(whole - part):
        return None
    return round(part / whole, 2)


def bucket(seconds: int) -> int:
    """Into which quarter of an hour an answer's time falls."""
    return min(max(seconds, 0) // BUCKET_S, BUCKETS - 1)


def median_s(histogram: Mapping[int, int]) -> int | None:
    """The end of the quarter of an hour in which the median answer came (the lower one of two); None for few."""
    answers = sum(histogram.values())
    if answers < SMALLEST:
        return None
    seen = 0
    for number in sorted(histogram):
        seen += histogram[number]
        if 2 * seen >= answers:
            break
    return (number + 1) * BUCKET_S
