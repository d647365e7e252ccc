"""Who may have been with a case's phone, from postings of whatever revision: never too few, and not many too many.

What is out of date may name somebody who was not there, and never hides who was: stretches of all revisions are taken
together. Whoever is named is looked at before anything is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nanhai.domain.copresence import CoPresenceRule, Stretch, by_cell
from nanhai.domain.copresence_requests import TooManyMet
from nanhai.domain.presence import Cell, Entry
from nanhai.domain.sightings import Visit, by_day

PLACES_MAX = 500  # cells and days in which the case's phone was long enough: fourteen days of 35 stays
CANDIDATES_MAX = 5_000  # phones whose own days are read

Places = Mapping[Cell, Sequence[Stretch]]
Near = dict[tuple[str, int], list[Stretch]]  # by phone and cell: when it was there while the case's phone was


def places(theirs: Iterable[Visit], rule: CoPresenceRule) -> dict[Cell, list[Stretch]]:
    """By day and cell, cut at midnight, where the case's phone was long enough for anybody to have been together with
    it; TooManyMet beyond PLACES_MAX."""
    found: dict[Cell, list[Stretch]] = {}
    for cell, stretches in by_cell(theirs).items():
        for since, until in stretches:
            if until - since > rule.together_s:
                for day, pieces in by_day([Visit(since, until, cell, 0)]).items():
                    found.setdefault((day, cell), []).extend((piece.since, piece.until) for piece in pieces)
    if len(found) > PLACES_MAX:
        raise TooManyMet(found=len(found), most=PLACES_MAX)
    return found


def add(near: Near, cell: int, own: Sequence[Stretch], entries: Iterable[Entry]) -> None:
    """What these postings of one day and cell share with the case's own stretches there."""
    for entry in entries:
        for since, until in own:
            if entry.since < until and since < entry.until:
                shared = max(entry.since, since), min(entry.until, until)
                near.setdefault((entry.phone, cell), []).append(shared)


def candidates(near: Near, case_phone: str, rule: CoPresenceRule) -> list[str]:
    """The other phones that may have been there for long enough; TooManyMet beyond CANDIDATES_MAX."""
    found = {phone for (phone, _), stretches in near.items() if longest(stretches) > rule.together_s}
    found.discard(case_phone)
    if len(found) > CANDIDATES_MAX:
        raise TooManyMet(found=len(found), most=CANDIDATES_MAX)
    return sorted(found)


def longest(stretches: Iterable[Stretch]) -> int:
    """The longest of what these stretches cover, in seconds: those that overlap or adjoin are one."""
    most, begins, ends = 0, 0, -1
    for since, until in sorted(stretches):
        if since > ends:
            begins = since
        ends = max(ends, until)
        most = max(most, ends - begins)
    return most
