"""After an appeal was upheld: the gates that saw the wrong colour are told, each by the day pseudonym that it saw.

And of appeals beyond the hard limit somebody is woken. Both go on wherever they were killed, and are harmless twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from nanhai.domain import appeals as rules
from nanhai.domain.case_rules import CaseKind
from nanhai.domain.days import local_day
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import GateId, Instant, PersonId, RecordId
from nanhai.domain.pseudonym import day_key, pseudonym
from nanhai.domain.records import Record
from nanhai.policies import casework
from nanhai.services import alarms
from nanhai.services.casework.appeals import HEALTH, TOWN
from nanhai.services.platform import Platform
from nanhai.store import appeals, corrections, people, scans
from nanhai.store.appeals import UNTOLD, Appeal
from nanhai.store.corrections import Correction
from nanhai.store.scans import KEPT_S, Sighting
from nanhai.store.writes import WRITES_MAX, ConditionFailed, Write, send

APPEALS_AT_ONCE_MAX = 50
PAGES_MAX = 5
TOKENS_PER_DAY_MAX = 1_000  # a pass makes one every half minute while it is shown
RESERVE_S = 10.0

Remaining = Callable[[], float]  # seconds until this process is ended


def run(platform: Platform, remaining_s: Remaining) -> int:
    """Tells the gates of upheld appeals, longest ago first, while there is time; of how many appeals."""
    told = 0
    upheld, _ = appeals.in_queue(UNTOLD, platform.now(), APPEALS_AT_ONCE_MAX)
    for appeal in upheld:
        if remaining_s() < RESERVE_S:
            break
        told += _told(platform, appeal)
    return told


def wake(platform: Platform) -> int:
    """One alarm for each appeal that nobody has answered within the hard limit."""
    woken = 0
    now = platform.now()
    clocks = casework.begun(CaseKind.APPEAL, now)
    due_until = now - (clocks.limit_s - clocks.due_s)
    for desk in (TOWN, HEALTH):
        for appeal in _unalarmed(desk, due_until):
            try:
                send([appeals.alarmed(appeal.appeal_id, now)])
            except ConditionFailed:  # it was answered just now
                continue
            alarms.tell(alarms.CASEWORK, "appeals.overdue", appeal.appeal_id)
            woken += 1
    return woken


def _unalarmed(desk: str, until: Instant) -> Iterator[Appeal]:
    start = None
    for _ in range(PAGES_MAX):
        page, start = appeals.in_queue(desk, until, APPEALS_AT_ONCE_MAX, start, unalarmed=True)
        yield from page
        if start is None:
            return


def _told(platform: Platform, appeal: Appeal) -> bool:
    head = people.head(appeal.person)
    try:
        records = () if head is None else people.facts_of(head)
    except Poison:  # what the colour was cannot be said; once the record can be read, the gates are told
        alarms.tell(alarms.CASEWORK, "appeals.gates-untold", appeal.appeal_id)
        return False
    writes = list(_corrections(platform, appeal, records))
    for begin in range(0, len(writes), WRITES_MAX):
        send(writes[begin : begin + WRITES_MAX])
    try:
        send([appeals.gates_told(appeal.appeal_id)])
    except ConditionFailed:  # another run was as fast
        return False
    return True


def _corrections(platform: Platform, appeal: Appeal, records: Sequence[Record]) -> Iterator[Write]:
    """One row for each gate and local day on which the person was seen wrongly, within the days that are kept."""
    wrong = next((record for record in records if record.record_id == appeal.record_id), None)
    made = appeal.answered
    if wrong is None or made is None:
        return
    begun = max(wrong.recorded_at, made.at - KEPT_S)
    for day in range(local_day(begun), local_day(made.at) + 1):
        seen_as = pseudonym(day_key(platform.ring.days, day), PersonId(appeal.person))
        sightings = scans.of_day(seen_as, day, platform.now(), TOKENS_PER_DAY_MAX)
        seen = [sighting for _, sighting in sightings if begun <= sighting.at <= made.at]
        for gate, looks in _by_gate(platform, records, appeal.record_id, seen).items():
            told = Correction(gate, seen_as, made.at, looks[0].at, looks[-1].at, looks[-1].colour)
            yield corrections.tell(told)


def _by_gate(
    platform: Platform, records: Sequence[Record], withdrawn: RecordId, seen: Iterable[Sighting]
) -> dict[GateId, list[Sighting]]:
    found: dict[GateId, list[Sighting]] = {}
    for look in sorted(seen):
        if rules.was_wrong(records, platform.policies, look.colour, look.at, withdrawn):
            found.setdefault(look.gate, []).append(look)
    return found
