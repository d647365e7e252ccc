"""After an appeal was upheld: the gates that saw the wrong colour are told, each by the day pseudonym that it saw.

And of appeals beyond the hard limit somebody is woken. Both go on wherever they were killed, and are harmless twice.
One whose gates cannot be told alarms once, and is tried ever later: it holds up no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from nanhai.domain import appeals as rules
from nanhai.domain.days import HOUR_S, local_day
from nanhai.domain.errors import Unavailable
from nanhai.domain.identifiers import GateId, Instant, PersonId, RecordId
from nanhai.domain.pseudonym import day_key, pseudonym
from nanhai.domain.records import Record
from nanhai.services import alarms
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
AGAIN_S = 300  # after the first failure; each time twice as long
AGAIN_S_MAX = 6 * HOUR_S
DOUBLINGS_MAX = 10

Remaining = Callable[[], float]  # seconds until this process is ended


def run(platform: Platform, remaining_s: Remaining) -> int:
    """Tells the gates of upheld appeals, longest ago first, while there is time; of how many appeals."""
    told = 0
    upheld, _ = appeals.in_queue(UNTOLD, platform.now(), APPEALS_AT_ONCE_MAX)
    for appeal in upheld:
        if remaining_s() < RESERVE_S:
            break
        told += _tried(platform, appeal)
    return told


def wake(platform: Platform) -> int:
    """One alarm for each appeal that nobody has answered within the hard limit."""
    woken = 0
    now = platform.now()
    for appeal_id in _to_wake_for(now):
        try:
            send([appeals.alarmed(appeal_id, now)])
        except ConditionFailed:  # it was answered just now, or another run was as fast
            continue
        alarms.tell(alarms.CASEWORK, "appeals.overdue", appeal_id)
        woken += 1
    return woken


def _to_wake_for(now: Instant) -> Iterator[str]:
    start = None
    for _ in range(PAGES_MAX):
        page, start = appeals.to_wake_for(now, APPEALS_AT_ONCE_MAX, start)
        yield from page
        if start is None:
            return


def _tried(platform: Platform, appeal: Appeal) -> bool:
    """What cannot be told now (a record that cannot be read, or whatever it is) may be told later."""
    try:
        return _told(platform, appeal)
    except Unavailable:
        raise
    except Exception as failed:  # whatever it is, the other appeals are other people's
        _put_off(appeal, platform.now(), type(failed).__qualname__)
        return False


def _put_off(appeal: Appeal, now: Instant, why: str) -> None:
    """Somebody is told of the first failure; each is followed by a longer pause."""
    pause_s = min(AGAIN_S_MAX, AGAIN_S * 2 ** min(appeal.untold, DOUBLINGS_MAX))
    try:
        send([appeals.put_off(appeal, now + pause_s)])
    except ConditionFailed:  # another run has told them, or put it off
        return
    if not appeal.untold:
        alarms.tell(alarms.CASEWORK, f"appeals.gates-untold:{why}", appeal.appeal_id)


def _told(platform: Platform, appeal: Appeal) -> bool:
    writes = list(_corrections(platform, appeal)) if _matters(appeal, platform.now()) else []
    for begin in range(0, len(writes), WRITES_MAX):
        send(writes[begin : begin + WRITES_MAX])
    try:
        send([appeals.gates_told(appeal.appeal_id)])
    except ConditionFailed:  # another run was as fast
        return False
    return True


def _matters(appeal: Appeal, now: Instant) -> bool:
    """Whether a gate would still keep what it is told."""
    return appeal.answered is not None and now < appeal.answered.at + KEPT_S


def _corrections(platform: Platform, appeal: Appeal) -> Iterator[Write]:
    """One row for each gate and local day on which the person was seen wrongly, within the days that are kept."""
    head = people.head(appeal.person)
    records = () if head is None else people.facts_of(head)
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
