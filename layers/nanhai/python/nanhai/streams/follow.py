"""The stream of `passes`: whatever follows a change of a pass. The holder is told, the audit and the gates too, a case
opens where a yellow has to be looked into, and the live counters move.

Everything here may happen again: a notice is known by the version that it tells of, the counters by the version that
they counted. What was said once about a version is not said again within a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nanhai.domain.colour import RANK, VERDICTS, Colour, Verdict
from nanhai.domain.days import local_day
from nanhai.domain.denial import MATTERS_S
from nanhai.domain.divisions import TOWN_DIGITS
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant
from nanhai.domain.pseudonym import day_key, pseudonym
from nanhai.domain.records import Isolation
from nanhai.services.platform import Platform
from nanhai.store import audit, counters, denylist, notices, people
from nanhai.store.audit import AuditEntry
from nanhai.store.counters import Counted
from nanhai.store.denylist import Denied
from nanhai.store.notices import Notice
from nanhai.store.passes import NOW, StoredPass, pass_of
from nanhai.store.writes import ONCE_S, Once, Write, commit, recall, send
from nanhai.streams import batch, follow_up
from nanhai.streams.batch import Answer, Consumer
from nanhai.streams.change import Change, Image

SYSTEM = "system"
FOLLOW = "follow"


def handle(event: Mapping[str, Any]) -> Answer:
    return batch.handle(CONSUMER, event)


def apply(here: Platform, change: Change) -> None:
    """Papers, the past, and passes that were erased are nobody's news."""
    if change.text("sk") != NOW or change.new is None:
        return
    new, old = pass_of(change.new), _before(change.old)
    if old is None or old.colour_told is not new.colour_told:
        _tell(here, new, old)
    elif case := follow_up.writes(here, new):
        send(case)
    counters.count(
        new.person_id, Counted(new.community[:TOWN_DIGITS], new.colour_told, version_of(new), _red_because(new))
    )


def version_of(stored: StoredPass) -> tuple[int, Instant, Instant]:
    """What only ever rises from one stored pass of a person to the next."""
    return stored.record_version, stored.computed_at, stored.told_since


def worsened(new: StoredPass, old: StoredPass | None) -> bool:
    """Whether tokens of a better colour may be about that must no longer admit anyone."""
    if VERDICTS[new.colour_told] is Verdict.ADMIT:
        return False
    return old is None or RANK[new.colour_told] > RANK[old.colour_told]


def _red_because(new: StoredPass) -> str:
    """The reason of the order behind a red pass, for the public figures; empty where there is none that can be read."""
    orders = {record for cause in new.timeline.at(new.told_since).causes for record in cause.records[:1]}
    head = people.head(new.person_id) if new.colour_told is Colour.RED else None
    try:
        known = () if head is None else people.facts_of(head)
    except Poison:
        return ""
    found = sorted(r.fact.reason.value for r in known if r.record_id in orders and isinstance(r.fact, Isolation))
    return found[0] if found else ""


def _before(image: Image | None) -> StoredPass | None:
    """None where there was no pass, or one that could not be read."""
    try:
        return None if image is None else pass_of(image)
    except Poison:
        return None


def _tell(here: Platform, new: StoredPass, old: StoredPass | None) -> None:
    now = here.now()
    version = "#".join(map(str, version_of(new)))
    once = Once(FOLLOW, f"{new.person_id}#{version}", version, now + ONCE_S)
    if recall(once) is not None:
        return
    audit.append([_entry(new, old, version)], now)
    told = notices.tell(new.person_id, _notice(new))
    commit([told, *follow_up.writes(here, new), *(_denials(here, new, now) if worsened(new, old) else ())], once=once)


def _notice(new: StoredPass) -> Notice:
    segment = new.timeline.at(new.told_since)
    return Notice(
        f"{new.computed_at:012d}#{new.record_version:08d}#{new.told_since:012d}",
        new.computed_at,
        new.colour_told,
        segment.since,
        segment.until,
        tuple(dict.fromkeys(cause.finding for cause in segment.causes)),
    )


def _entry(new: StoredPass, old: StoredPass | None, version: str) -> AuditEntry:
    """Which colour became which, by which finding: the records behind it stand in the past of the pass."""
    before = "" if old is None else old.colour_told.value
    causes = new.timeline.at(new.told_since).causes
    because = causes[0].finding if causes else ""
    return AuditEntry(
        actor=FOLLOW,
        role=SYSTEM,
        operation="pass.changed",
        subject=new.person_id,
        outcome=f"{before}>{new.colour_told.value} {because}".rstrip(),
        correlation_id=f"{new.policy_version}#{version}",
    )


def _denials(here: Platform, new: StoredPass, now: Instant) -> Iterator[Write]:
    """The pseudonyms of every day on which a token may have been issued that is still about; none for an old change."""
    if now - new.computed_at >= MATTERS_S:
        return
    for day in sorted({local_day(now - MATTERS_S), local_day(now), local_day(now + MATTERS_S)}):
        yield denylist.deny(Denied(now, pseudonym(day_key(here.ring.days, day), new.person_id)))


CONSUMER = Consumer("passes", batch.one_by_one(apply))
