"""Appeals (纠错申诉): which record may be appealed against, who may look at it again, and by when.

Whoever made, approved or judged a record before is not the one who judges it now; nobody judges about themself. The
clocks (an answer within 8 hours, 24 at most) stand in the rules of casework, and follow from the time of filing: no job
has to run for an appeal to be late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from nanhai.domain.actors import NO_ORGANISATION, Actor, Role
from nanhai.domain.colour import Colour
from nanhai.domain.errors import Forbidden, Refusal
from nanhai.domain.explain import Explanation, explain
from nanhai.domain.governance import OnOneself
from nanhai.domain.identifiers import Instant, PersonId, RecordId
from nanhai.domain.policy import PolicyBook
from nanhai.domain.records import Arrival, IdentityLink, Isolation, Record, Result, Source, Stay, Symptoms

EVIDENCE_MAX = 4
MEDICAL = frozenset({Isolation.name, Result.name})  # the health authority's; the rest is what a community follows up
APPEALABLE = MEDICAL | {Symptoms.name, Stay.name, Arrival.name, IdentityLink.name}


class Standing(StrEnum):
    """How an appeal stands at an instant."""

    OPEN = "open"
    ESCALATED = "escalated"  # unanswered when it was due: the district's too
    OVERDUE = "overdue"  # unanswered at the hard limit: somebody is woken
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Ground(StrEnum):
    """Why an appeal was upheld."""

    WRONG_PERSON = "wrong-person"
    WRONG_TIME = "wrong-time"
    WRONG_PLACE = "wrong-place"
    ENTERED_WRONGLY = "entered-wrongly"
    NO_EVIDENCE = "no-evidence"
    DISPROVED = "disproved"


class Dismissal(StrEnum):
    """Why an appeal was dismissed."""

    CONFIRMED = "record-confirmed"
    NOTHING_NEW = "nothing-shown"
    ANOTHER_MATTER = "another-matter"


class NotReviewer(Forbidden):
    """This kind of record is judged by another office, or the appeal is not the district's yet."""

    code = "appeals.not-reviewer"


class NotIndependent(Forbidden):
    """Whoever made, approved or judged the record before does not judge it again, nor does the maker's organisation."""

    code = "appeals.not-independent"


class AlreadyAnswered(Refusal):
    """An appeal is answered once."""

    code = "appeals.already-answered"
    kind = "conflict"


class AlreadyOpen(Refusal):
    """One appeal at a time against one record."""

    code = "appeals.already-open"
    kind = "conflict"


@dataclass(frozen=True, slots=True)
class Against:
    """What an appeal is judged by: the record's class and its `hands` (the maker first, each "organisation/staff" or a
    person), whose it is, who filed it, and who judged earlier appeals against the same record."""

    person: PersonId
    filed_by: PersonId
    kind: str
    hands: tuple[str, ...]
    earlier: frozenset[str] = frozenset()  # staff ids

    @property
    def medical(self) -> bool:
        return self.kind in MEDICAL


def hands(record: Record) -> tuple[str, ...]:
    """Through whose hands a record went, its maker first: offices join theirs with +."""
    return tuple(filter(None, record.source_id.split("+")))


def is_appealable(record: Record) -> bool:
    """Whether a record gave, or could have given, a finding: what only ended one improves a colour."""
    ends = isinstance(record.fact, Result) and not record.fact.positive
    return record.fact.name in APPEALABLE and not ends


def behind(now: Explanation) -> dict[RecordId, Record]:
    """The records behind the present colour that may be appealed against."""
    return {record.record_id: record for record in now.records if is_appealable(record)}


def standing(due_at: Instant, limit_at: Instant, now: Instant) -> Standing:
    """Of an appeal that nobody has answered."""
    if now >= limit_at:
        return Standing.OVERDUE
    return Standing.ESCALATED if now >= due_at else Standing.OPEN


def reviewers(appeal: Against, *, escalated: bool) -> frozenset[Role]:
    """Whose it is to answer: a late answer is better than none, so the first desk keeps it beside the district."""
    desk = Role.HEALTH_AUTHORITY if appeal.medical else Role.TOWN_OFFICER
    return frozenset({desk, Role.DISTRICT_COMMAND} if escalated else {desk})


def check_reviewer(appeal: Against, reviewer: Actor, *, escalated: bool) -> None:
    """Raises OnOneself, NotReviewer or NotIndependent unless `reviewer` may answer."""
    if reviewer.person and reviewer.person in {appeal.person, appeal.filed_by}:
        raise OnOneself
    if reviewer.role not in reviewers(appeal, escalated=escalated) or reviewer.organisation == NO_ORGANISATION:
        raise NotReviewer
    if not independent(appeal, reviewer):
        raise NotIndependent


def independent(appeal: Against, reviewer: Actor) -> bool:
    had_it = {hand.rpartition("/")[2] for hand in appeal.hands} | appeal.earlier
    if reviewer.id in had_it or (reviewer.person and reviewer.person in had_it):
        return False
    maker = appeal.hands[0].rpartition("/")[0] if appeal.hands else ""
    return appeal.kind != Isolation.name or reviewer.organisation != maker


def source(reviewer: Role) -> Source:
    """As whose word the correction counts; the district command speaks as the local government that it is."""
    return Source.HEALTH_AUTHORITY if reviewer is Role.HEALTH_AUTHORITY else Source.COMMUNITY


def was_wrong(records: Sequence[Record], book: PolicyBook, seen: Colour, at: Instant, withdrawn: RecordId) -> bool:
    """Whether a gate that saw `seen` at `at` saw it because of the record that has been withdrawn since.

    As it was known then: what was recorded later, and the withdrawal itself, play no part.
    """
    then = explain(records, book, at)
    if seen is not then.colour or withdrawn not in {record.record_id for record in then.records}:
        return False
    without = explain([record for record in records if record.record_id != withdrawn], book, at)
    return without.colour is not seen
