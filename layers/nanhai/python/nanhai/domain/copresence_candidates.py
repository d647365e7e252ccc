"""What postings tell of those who were where a case's phone was: whom to look at, and which of it may be taken back.

Postings are of whatever revision, and the newest of a phone's day counts. A later revision that left the phone in one
of these cells has postings there itself; one that took it away has none, so whoever may have one is looked up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nanhai.domain.copresence import CoPresenceRule, Stretch, by_cell
from nanhai.domain.copresence_requests import TooManyMet
from nanhai.domain.presence import Cell, Entry
from nanhai.domain.sightings import Visit, by_day

PLACES_MAX = 1_000  # days and cells whose postings are read: of 71 cells in fourteen days
ENTRIES_MAX = 1_000_000  # postings in them
CANDIDATES_MAX = 10_000  # phones that may have been there for long enough

Places = Mapping[Cell, Sequence[Stretch]]
Postings = Mapping[Cell, Sequence[Entry]]
Key = tuple[str, int, int]  # phone, local day, revision


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a phone was on one day in the cells in question, as the newest of its postings there say; some perhaps
    twice, for a batch that is told again may be cut otherwise."""

    revision: int
    visits: Sequence[Visit]


Days = Mapping[tuple[str, int], Posted]  # by phone and local day


def places(theirs: Iterable[Visit], days: tuple[int, int], rule: CoPresenceRule) -> dict[Cell, list[Stretch]]:
    """The cells in which the case's phone was long enough for anybody to have been together with it, on every day from
    the first to the last, with its own stretches there, cut at midnight; TooManyMet beyond PLACES_MAX."""
    found: dict[Cell, list[Stretch]] = {}
    for cell, stretches in by_cell(theirs).items():
        enough = [Visit(since, until, cell, 0) for since, until in stretches if until - since > rule.together_s]
        if enough:
            own = by_day(enough)
            for day in range(days[0], days[1] + 1):
                found[day, cell] = [(piece.since, piece.until) for piece in own.get(day, ())]
    if len(found) > PLACES_MAX:
        raise TooManyMet(found=len(found), most=PLACES_MAX)
    return found


def candidates(own: Places, postings: Postings, rule: CoPresenceRule) -> set[str]:
    """Phones that may have been there for long enough, whichever revision is right; TooManyMet beyond CANDIDATES_MAX.

    Stretches of all revisions are taken together: that may name one too many, and never one too few.
    """
    shared: dict[tuple[str, int], list[Stretch]] = {}
    for place, entries in postings.items():
        for phone, stretch in _shared(own[place], entries):
            shared.setdefault((phone, place[1]), []).append(stretch)
    found = {phone for (phone, _), stretches in shared.items() if longest(stretches) > rule.together_s}
    if len(found) > CANDIDATES_MAX:
        raise TooManyMet(found=len(found), most=CANDIDATES_MAX)
    return found


def _shared(own: Sequence[Stretch], entries: Iterable[Entry]) -> Iterator[tuple[str, Stretch]]:
    for phone, _, begin, end in entries if own else ():
        for since, until in own:
            if begin < until and since < end:
                yield phone, (begin if since < begin else since, end if end < until else until)


def longest(stretches: Iterable[Stretch]) -> int:
    """The longest of what these stretches cover, in seconds: those that overlap or adjoin are one."""
    most, begins, ends = 0, 0, -1
    for since, until in sorted(stretches):
        if since > ends:
            begins = since
        ends = max(ends, until)
        most = max(most, ends - begins)
    return most


def newest(phones: Collection[str], postings: Postings) -> dict[tuple[str, int], Posted]:
    """Of these phones, what the newest posted revision of each day says of the cells in question."""
    found: dict[tuple[str, int], tuple[int, list[Visit]]] = {}
    for (day, cell), entries in postings.items():
        for phone, revision, since, until in entries:
            if phone in phones:
                known = found.get((phone, day))
                if known is None or known[0] < revision:
                    known = found[phone, day] = revision, []
                if known[0] == revision:
                    known[1].append(Visit(since, until, cell, 0))
    return {key: Posted(*posted) for key, posted in found.items()}


def later(days: Days, revisions: Mapping[int, Collection[int]]) -> Iterator[Key]:
    """Revisions that would take back what these days say, should they be there; `revisions`: all there are of a day."""
    for (phone, day), posted in days.items():
        yield from ((phone, day, one) for one in revisions[day] if one > posted.revision)


def standing(days: Days, taken_back: Collection[tuple[str, int]]) -> dict[str, list[Visit]]:
    """By phone, where it was in the cells in question: the days that no later revision took back."""
    found: dict[str, list[Visit]] = {}
    for (phone, day), posted in days.items():
        if (phone, day) not in taken_back:
            found.setdefault(phone, []).extend(posted.visits)
    return found
