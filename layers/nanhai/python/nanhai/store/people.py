"""The table `people`: the head with its version and packed facts, the append-only records, the sealed profile, links.

`head` and `record#` items are written by one transaction, so the copy of the facts in the head cannot drift from the
records; recolouring reads fifty heads in one request.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.records import Record, from_wire, to_wire
from nanhai.store import batch
from nanhai.store.connection import client, table_name
from nanhai.store.wire import Item, attribute, item, plain, row
from nanhai.store.writes import Committed, ConditionFailed, Once, Write, commit, put, update

FACTS_MAX = 96  # in the head; beyond, the records are queried
RECORDS_PER_PAGE = 200
RECORDS_MAX = 5_000
LINKS_MAX = 16
ACCESSES_PER_PAGE_MAX = 100
HEAD = "head"


@dataclass(frozen=True, slots=True)
class Head:
    """A person's version and facts: every record raises the version by one transaction."""

    person_id: PersonId
    version: int
    community: str
    facts: tuple[str, ...]
    trimmed: bool
    changed_at: Instant


@dataclass(frozen=True, slots=True)
class Link:
    """A guardian's consented right to act for a dependant, until it ends."""

    guardian: PersonId
    dependant: PersonId
    relation: str
    until: Instant


@dataclass(frozen=True, slots=True)
class Access:
    """Who looked at a person's data, when, and what for."""

    at: Instant
    staff_id: str
    role: str
    organisation: str
    purpose: str


def new_person(person: PersonId, community: str, at: Instant) -> Write:
    new = item(person_id=person, sk=HEAD, version=0, community=community, facts=[], changed_at=at)
    return put("person", "people", new, "attribute_not_exists(person_id)")


def new_person_with(person: PersonId, community: str, records: Sequence[Record], at: Instant) -> list[Write]:
    """A person whose first records are there from the start: version 1."""
    facts = [_fact(record) for record in records]
    new = item(person_id=person, sk=HEAD, version=1, community=community, facts=facts, changed_at=at)
    return [put("person", "people", new, "attribute_not_exists(person_id)"), *map(_record_write, records)]


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
    raised = update(
        HEAD,
        "people",
        _key(person, HEAD),
        "SET facts = list_append(facts, :facts), changed_at = :at ADD version :one",
        "attribute_exists(person_id) AND size(facts) <= :room AND attribute_not_exists(trimmed)",
        facts=[_fact(record) for record in records],
        at=at,
        one=1,
        room=FACTS_MAX - len(records),
    )
    return [raised, *map(_record_write, records)]


def add_records_trimmed(person: PersonId, records: Sequence[Record], at: Instant) -> list[Write]:
    """The same once the head is full: its facts stay as they are and no longer count."""
    raised = update(
        HEAD,
        "people",
        _key(person, HEAD),
        "SET trimmed = :yes, changed_at = :at ADD version :one",
        "attribute_exists(person_id)",
        yes=True,
        at=at,
        one=1,
    )
    return [raised, *map(_record_write, records)]


def head(person: PersonId) -> Head | None:
    return heads([person]).get(person)


def heads(persons: Iterable[PersonId]) -> dict[PersonId, Head]:
    """The heads of those who exist, read consistently, a hundred a request."""
    found = batch.get({"people": [_key(person, HEAD) for person in persons]})
    return {h.person_id: h for h in map(head_of, found["people"])}


def head_of(stored: Item) -> Head:
    return Head(
        PersonId(stored["person_id"]["S"]),
        int(stored["version"]["N"]),
        stored["community"]["S"],
        tuple(fact["S"] for fact in stored["facts"]["L"]),
        "trimmed" in stored,
        int(stored["changed_at"]["N"]),
    )


def head_key(person: PersonId) -> Item:
    return _key(person, HEAD)


def facts_of(found: Head) -> tuple[Record, ...]:
    """All records of a person from the head, or by a query when the head no longer holds them; Poison when unknown."""
    if found.trimmed:
        return records(found.person_id)
    return tuple(from_wire(json.loads(fact)) for fact in found.facts)


def records(person: PersonId) -> tuple[Record, ...]:
    """Every record of a person, by class and time."""
    found: list[Record] = []
    start: Item | None = None
    while len(found) < RECORDS_MAX:
        page = _query(person, "record#", RECORDS_PER_PAGE, start=start)
        found += [from_wire(json.loads(stored["fact"]["S"])) for stored in page["Items"]]
        start = page.get("LastEvaluatedKey")
        if start is None:
            break
    return tuple(found)


def put_profile(person: PersonId, sealed: bytes) -> Write:
    return put("profile", "people", item(person_id=person, sk="profile", sealed=sealed))


def profile(person: PersonId) -> bytes | None:
    found = client().get_item(TableName=table_name("people"), Key=_key(person, "profile"), ConsistentRead=True)
    return plain(found["Item"]["sealed"]) if "Item" in found else None


def move(person: PersonId, community: str, at: Instant) -> Write:
    """Another community looks after this person from now on."""
    change = "SET community = :community, changed_at = :at ADD version :one"
    return update(
        HEAD, "people", _key(person, HEAD), change, "attribute_exists(person_id)", community=community, at=at, one=1
    )


def link(guardian: PersonId, dependant: PersonId, relation: str, until: Instant) -> Write:
    new = item(person_id=guardian, sk=f"link#{dependant}", relation=relation, until=until)
    return put("link", "people", new, "attribute_not_exists(person_id)")


def links(guardian: PersonId, now: Instant) -> list[Link]:
    """The dependants for whom `guardian` may act now."""
    page = _query(guardian, "link#", LINKS_MAX)
    return [found for found in map(_link, page["Items"]) if found.until > now]


def link_between(guardian: PersonId, dependant: PersonId, now: Instant) -> Link | None:
    found = client().get_item(
        TableName=table_name("people"), Key=_key(guardian, f"link#{dependant}"), ConsistentRead=True
    )
    if "Item" not in found:
        return None
    between = _link(found["Item"])
    return between if between.until > now else None


def note_access(person: PersonId, access: Access, ulid: str) -> Write:
    new = item(
        person_id=person,
        sk=f"seen#{ulid}",
        at=access.at,
        staff_id=access.staff_id,
        role=access.role,
        organisation=access.organisation,
        purpose=access.purpose,
    )
    return put("access", "people", new)


def accesses(person: PersonId, limit: int, start: Item | None = None) -> tuple[list[Access], Item | None]:
    """Newest first."""
    page = _query(person, "seen#", min(limit, ACCESSES_PER_PAGE_MAX), start=start, newest_first=True)
    return [_access(stored) for stored in page["Items"]], page.get("LastEvaluatedKey")


def _access(stored: Item) -> Access:
    found = row(stored)
    return Access(found["at"], found["staff_id"], found["role"], found["organisation"], found["purpose"])


def _link(stored: Item) -> Link:
    found = row(stored)
    dependant = PersonId(found["sk"].removeprefix("link#"))
    return Link(PersonId(found["person_id"]), dependant, found["relation"], found["until"])


def _fact(record: Record) -> str:
    return json.dumps(to_wire(record), separators=(",", ":"), ensure_ascii=False)


def _record_write(record: Record) -> Write:
    sk = f"record#{record.fact.name}#{record.happened_at:012d}#{record.record_id}"
    new = item(person_id=record.person_id, sk=sk, fact=_fact(record))
    return put("record", "people", new, "attribute_not_exists(person_id)")


def _key(person: PersonId, sk: str) -> Item:
    return item(person_id=person, sk=sk)


def _query(
    person: PersonId, prefix: str, limit: int, *, start: Item | None = None, newest_first: bool = False
) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "TableName": table_name("people"),
        "KeyConditionExpression": "person_id = :person AND begins_with(sk, :prefix)",
        "ExpressionAttributeValues": {":person": attribute(person), ":prefix": attribute(prefix)},
        "ConsistentRead": True,
        "Limit": limit,
        "ScanIndexForward": not newest_first,
    }
    if start is not None:
        asked["ExclusiveStartKey"] = start
    page: dict[str, Any] = client().query(**asked)
    return page
