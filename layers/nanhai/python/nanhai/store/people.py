"""The table `people`: the head with its version and packed facts, the append-only records, the sealed profile, links.

`head` and `record#` items are written by one transaction, so the copy of the facts in the head cannot drift from the
records; recolouring reads fifty heads in one request.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec
from pynamodb.attributes import BinaryAttribute, BooleanAttribute, ListAttribute, UnicodeAttribute

from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.records import Record, can_matter, from_wire, to_wire
from nanhai.store import batch, model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Start, Table, Write
from nanhai.store.wire import Item
from nanhai.store.words import Prepared, all_of, gap, size, words
from nanhai.store.writes import Committed, ConditionFailed, Once, commit

FACTS_MAX = 96  # in the head, of those that can matter; beyond, the records are queried
RECORDS_PER_PAGE = 200
RECORDS_MAX = 5_000
LINKS_MAX = 16
FOR_GOOD: Instant = 9_999_999_999
ACCESSES_PER_PAGE_MAX = 100
HEAD, RECORD, PROFILE, LINK, SEEN, GUARDIAN = "head", "record#", "profile", "link#", "seen#", "guardian"
_decode = msgspec.json.Decoder().decode  # a third of json's time, ten times per person


M = TypeVar("M", bound="PeopleTable")


class PeopleTable(Table):
    class Meta:
        table_name = "people"

    person_id = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class HeadRow(PeopleTable):
    version = WholeNumberAttribute()
    community = UnicodeAttribute()
    facts = ListAttribute[str]()
    trimmed = BooleanAttribute(null=True)
    changed_at = WholeNumberAttribute()


class RecordRow(PeopleTable):
    fact = UnicodeAttribute()


class ProfileRow(PeopleTable):
    sealed = BinaryAttribute(legacy_encoding=False)


class LinkRow(PeopleTable):
    relation = UnicodeAttribute()
    until = WholeNumberAttribute()


class GuardianRow(PeopleTable):
    """Beside the dependant: who acts for them until when, one at a time; in the end nobody, for good."""

    guardian = UnicodeAttribute()
    until = WholeNumberAttribute()


class SeenRow(PeopleTable):
    at = WholeNumberAttribute()
    staff_id = UnicodeAttribute()
    role = UnicodeAttribute()
    organisation = UnicodeAttribute()
    purpose = UnicodeAttribute()


class Head(msgspec.Struct, frozen=True):
    """A person's version and facts: every record raises the version by one transaction."""

    person_id: PersonId
    version: int
    community: str
    facts: tuple[str, ...]
    trimmed: bool
    changed_at: Instant


class Link(msgspec.Struct, frozen=True):
    """A guardian's consented right to act for a dependant, until it ends."""

    guardian: PersonId
    dependant: PersonId
    relation: str
    until: Instant


class Access(msgspec.Struct, frozen=True):
    """Who looked at a person's data, when, and what for."""

    at: Instant
    staff_id: str
    role: str
    organisation: str
    purpose: str


def new_person(person: PersonId, community: str, at: Instant) -> Write:
    new = HeadRow(person, HEAD, version=0, community=community, facts=[], changed_at=at)
    return model.put("person", new, HeadRow.person_id.does_not_exist())


def new_person_with(person: PersonId, community: str, records: Sequence[Record], at: Instant) -> list[Write]:
    """A person whose first records are there from the start: version 1."""
    facts = [_fact(record) for record in records if can_matter(record)]
    new = HeadRow(person, HEAD, version=1, community=community, facts=facts, changed_at=at)
    return [model.put("person", new, HeadRow.person_id.does_not_exist()), *map(_record_write, records)]


def write_records(
    person: PersonId,
    records: Sequence[Record],
    at: Instant,
    *,
    extra: Sequence[Write] = (),
    once: Once | None = None,
    answer: bytes = b"",
) -> Committed:
    """Appends records and raises the version, with `extra`, in one transaction; ConditionFailed("head") for nobody."""
    try:
        return commit([*add_records(person, records, at), *extra], once=once, answer=answer)
    except ConditionFailed as failed:
        if failed.labels != (HEAD,) or head(person) is None:
            raise
        return commit([*add_records_trimmed(person, records, at), *extra], once=once, answer=answer)


def add_records(person: PersonId, records: Sequence[Record], at: Instant) -> list[Write]:
    facts = [_fact(record) for record in records if can_matter(record)]
    raised = _RAISED(facts=facts, changed_at=at, room=FACTS_MAX - len(facts))
    return [model.update(HEAD, HeadRow(person, HEAD), raised), *map(_record_write, records)]


_RAISED = Prepared(
    all_of(
        HeadRow.person_id.exists(),
        size(HeadRow.facts) <= gap("room", HeadRow.version),
        HeadRow.trimmed.does_not_exist(),
    ),
    [
        HeadRow.facts.set(HeadRow.facts.append(gap("facts", HeadRow.facts))),
        HeadRow.changed_at.set(gap("changed_at", HeadRow.changed_at)),
        HeadRow.version.add(1),
    ],
)


def add_records_trimmed(person: PersonId, records: Sequence[Record], at: Instant) -> list[Write]:
    """The same once the head is full: its facts stay as they are and no longer count."""
    changes = [HeadRow.trimmed.set(True), HeadRow.changed_at.set(at), HeadRow.version.add(1)]
    raised = model.update(HEAD, HeadRow(person, HEAD), changes, HeadRow.person_id.exists())
    return [raised, *map(_record_write, records)]


def add_records_in(found: Head, records: Sequence[Record], at: Instant, community: str) -> list[Write]:
    """The same for somebody whose head was just read, whom `community` looks after from now on; its condition fails
    (label "head") when anything was recorded of them since."""
    facts = [_fact(record) for record in records if can_matter(record)]
    full = found.trimmed or len(found.facts) + len(facts) > FACTS_MAX
    kept = HeadRow.trimmed.set(True) if full else HeadRow.facts.set(HeadRow.facts.append(facts))
    changes = [HeadRow.community.set(community), HeadRow.changed_at.set(at), HeadRow.version.add(1), kept]
    changed = model.update(HEAD, HeadRow(found.person_id, HEAD), changes, HeadRow.version == found.version)
    return [changed, *map(_record_write, records)]


def head(person: PersonId) -> Head | None:
    return heads([person]).get(person)


def heads(persons: Iterable[PersonId]) -> dict[PersonId, Head]:
    """The heads of those who exist, read consistently, a hundred a request."""
    table = PeopleTable.Meta.table_name
    found = batch.get({table: [*map(head_key, persons)]})[table]
    return {h.person_id: h for h in map(head_of, found)}


def head_of(stored: Item) -> Head:
    """The head in a stored item. By hand, and so is `passes.pass_of`: with models, reading fifty people takes half as
    much CPU again, 0.9 ms (measured: infra/decisions/0015)."""
    return Head(
        PersonId(stored["person_id"]["S"]),
        int(stored["version"]["N"]),
        stored["community"]["S"],
        tuple(fact["S"] for fact in stored["facts"]["L"]),
        "trimmed" in stored,
        int(stored["changed_at"]["N"]),
    )


def head_key(person: PersonId) -> Item:
    return {"person_id": {"S": person}, "sk": {"S": HEAD}}


def facts_of(found: Head) -> tuple[Record, ...]:
    """The records that can matter for a colour, from the head, or all by a query when the head no longer holds them;
    Poison when one is unknown."""
    if found.trimmed:
        return records(found.person_id)
    return tuple(map(_record, found.facts))


def records(person: PersonId) -> tuple[Record, ...]:
    """Every record of a person, by class and time; Poison beyond RECORDS_MAX, for what is not read may be the worst."""
    found: list[Record] = []
    start: Start | None = None
    while len(found) <= RECORDS_MAX:
        page, start = _page(RecordRow, person, RECORD, RECORDS_PER_PAGE, start)
        found += [_record(stored.fact) for stored in page]
        if start is None:
            return tuple(found)
    raise Poison("records: more than anybody has")


def put_profile(person: PersonId, sealed: bytes) -> Write:
    return model.put("profile", ProfileRow(person, PROFILE, sealed=sealed))


def profile(person: PersonId) -> bytes | None:
    found = model.get(ProfileRow, person, PROFILE)
    return None if found is None else found.sealed


def move(person: PersonId, community: str, at: Instant) -> Write:
    """Another community looks after this person from now on."""
    changes = [HeadRow.community.set(community), HeadRow.changed_at.set(at), HeadRow.version.add(1)]
    return model.update(HEAD, HeadRow(person, HEAD), changes, HeadRow.person_id.exists())


def link(guardian: PersonId, dependant: PersonId, relation: str, until: Instant) -> Write:
    new = LinkRow(guardian, LINK + dependant, relation=relation, until=until)
    return model.put("link", new, LinkRow.person_id.does_not_exist())


def guarded(guardian: PersonId, dependant: PersonId, until: Instant) -> Write:
    """The first guardian of a new person, beside `link`."""
    new = GuardianRow(dependant, GUARDIAN, guardian=guardian, until=until)
    return model.put("guardian", new, GuardianRow.person_id.does_not_exist())


def renew(link: Link, now: Instant) -> list[Write]:
    """The consent given anew, by the same guardian or by another one; the first condition fails (label "guardian") for
    whoever was never a dependant, and while somebody else acts for them."""
    theirs = (GuardianRow.guardian == link.guardian) | (GuardianRow.until <= now)
    held = GuardianRow(link.dependant, GUARDIAN, guardian=link.guardian, until=link.until)
    new = LinkRow(link.guardian, LINK + link.dependant, relation=link.relation, until=link.until)
    return [model.put("guardian", held, GuardianRow.person_id.exists() & theirs), model.put("link", new)]


def freed(dependant: PersonId, now: Instant) -> Write:
    """From now on they act for themself, for good; its condition fails (label "guardian") for whoever was never a
    dependant, and while somebody acts for them."""
    own = GuardianRow(dependant, GUARDIAN, guardian="", until=FOR_GOOD)
    return model.put("guardian", own, GuardianRow.person_id.exists() & (GuardianRow.until <= now))


def guardian(dependant: PersonId, now: Instant) -> PersonId | None:
    """Who acts for `dependant` now; None for whoever acts for themself."""
    found = model.get(GuardianRow, dependant, GUARDIAN)
    return None if found is None or found.until <= now or not found.guardian else PersonId(found.guardian)


def links(guardian: PersonId, now: Instant) -> list[Link]:
    """The dependants for whom `guardian` may act now."""
    page, _ = _page(LinkRow, guardian, LINK, LINKS_MAX)
    return [found for found in map(_link, page) if found.until > now]


def link_between(guardian: PersonId, dependant: PersonId, now: Instant) -> Link | None:
    found = model.get(LinkRow, guardian, LINK + dependant)
    return None if found is None or found.until <= now else _link(found)


def note_access(person: PersonId, access: Access, ulid: str) -> Write:
    new = SeenRow(
        person,
        SEEN + ulid,
        at=access.at,
        staff_id=access.staff_id,
        role=access.role,
        organisation=access.organisation,
        purpose=access.purpose,
    )
    return model.put("access", new)


def accesses(person: PersonId, limit: int, start: Start | None = None) -> tuple[list[Access], Start | None]:
    """Newest first."""
    most = min(limit, ACCESSES_PER_PAGE_MAX)
    found, end = _page(SeenRow, person, SEEN, most, start, newest_first=True)
    return [Access(seen.at, seen.staff_id, seen.role, seen.organisation, seen.purpose) for seen in found], end


def _link(found: LinkRow) -> Link:
    return Link(PersonId(found.person_id), PersonId(found.sk.removeprefix(LINK)), found.relation, found.until)


def _record(fact: str) -> Record:
    try:
        return from_wire(_decode(fact))
    except msgspec.DecodeError:
        raise Poison("record: no JSON") from None


def _fact(record: Record) -> str:
    return json.dumps(to_wire(record), separators=(",", ":"), ensure_ascii=False)


def _record_write(record: Record) -> Write:
    sk = f"{RECORD}{record.fact.name}#{record.happened_at:012d}#{record.record_id}"
    return model.put("record", RecordRow(record.person_id, sk, fact=_fact(record)), _NONE)


_NONE = words(RecordRow.person_id.does_not_exist())


def _page(
    kind: type[M], person: PersonId, prefix: str, limit: int, start: Start | None = None, *, newest_first: bool = False
) -> tuple[list[M], Start | None]:
    theirs = (kind.person_id == person) & kind.sk.startswith(prefix)
    return model.query(kind, theirs, limit, start=start, newest_first=newest_first)
