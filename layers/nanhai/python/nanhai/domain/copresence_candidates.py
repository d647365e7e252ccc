"""What postings tell of those who were where a case's phone was: whom to look up, cell by cell.

Postings are of whatever revision, and lag behind. All of them are taken together: that may name one too many, and never
one too few of those who are posted. Whoever is named is looked up, and their newest days alone count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nanhai.domain import presence
from nanhai.domain.copresence import CoPresenceRule, Stretch, by_cell, seconds
from nanhai.domain.copresence_requests import TooManyMet
from nanhai.domain.sightings import Visit, by_day

PLACES_MAX = 1_000  # days and cells whose postings are read: of 71 cells in fourteen days
ENTRIES_MAX = 10_000_000  # postings in them; time is over before, where each is looked at
NAMED_MAX = 10_000  # phones whose days are read: 13 s of a core, 1.3 ms each

Segments = Iterable[tuple[int, bytes]]  # local day, packed


@dataclass(frozen=True, slots=True)
class Place:
    """A cell in which the case's phone was long enough for anybody to have been together with it.

    `own`: its stretches there of at least that length, cut at midnight, by each local day to be read. `often`: whether
    its hours there are more than the rule's; those of others do not matter then, nor the days when it was elsewhere.
    """

    cell: int
    own: Mapping[int, Sequence[Stretch]]
    often: bool


def places(theirs: Iterable[Visit], days: tuple[int, int], rule: CoPresenceRule) -> list[Place]:
    """From the first to the last day; TooManyMet beyond PLACES_MAX cells and days."""
    found = [
        _place(cell, enough, seconds(stretches) > rule.in_cell_s, days)
        for cell, stretches in by_cell(theirs).items()
        if (enough := [Visit(*one, cell, 0) for one in stretches if one[1] - one[0] > rule.together_s])
    ]
    if (many := sum(len(place.own) for place in found)) > PLACES_MAX:
        raise TooManyMet(found=many, most=PLACES_MAX)
    return found


def _place(cell: int, enough: Iterable[Visit], often: bool, days: tuple[int, int]) -> Place:
    own = {day: [(piece.since, piece.until) for piece in pieces] for day, pieces in by_day(enough).items()}
    rest = {} if often else {day: list[Stretch]() for day in range(days[0], days[1] + 1)}
    return Place(cell, rest | own, often)


def together(place: Place, segments: Segments, rule: CoPresenceRule) -> set[bytes]:
    """Phones, by their 16 bytes, that were in this cell with the case's for long enough, whichever revision is right.
    No more is kept of a phone than what it takes to know that."""
    found: set[bytes] = set()
    short: dict[bytes, list[Stretch]] = {}
    for phone, stretch in _shared(place, segments):
        if phone in found:
            continue
        if stretch[1] - stretch[0] <= rule.together_s:
            short.setdefault(phone, []).append(stretch)
        else:
            found.add(phone)
            short.pop(phone, None)
    return found | {phone for phone, stretches in short.items() if longest(stretches) > rule.together_s}


def _shared(place: Place, segments: Segments) -> Iterator[presence.Shared]:
    for day, packed in segments:
        if place.own[day]:
            yield from presence.shared(day, packed, place.own[day])


def often(phones: Collection[bytes], segments: Segments, rule: CoPresenceRule) -> set[bytes]:
    """Those of the phones that may have been in the cell for more than the rule's hours; told twice is told once."""
    heard: dict[bytes, set[Stretch]] = {}
    for day, packed in segments:
        for phone, stretch in presence.heard(day, packed, phones):
            heard.setdefault(phone, set()).add(stretch)
    return {phone for phone, stretches in heard.items() if seconds(stretches) > rule.in_cell_s}


def longest(stretches: Iterable[Stretch]) -> int:
    """The longest of what these stretches cover, in seconds: those that overlap or adjoin are one."""
    most, begins, ends = 0, 0, -1
    for since, until in sorted(stretches):
        if since > ends:
            begins = since
        ends = max(ends, until)
        most = max(most, ends - begins)
    return most
