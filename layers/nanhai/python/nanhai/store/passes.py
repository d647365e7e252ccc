"""The table `passes`: the timeline that was computed from a person's records, its past, and paper passes.

A projection, never the truth: a reader who finds it older than the head computes anew (infra/decisions/0005). Its
version (record version, then time of computing) never goes back, whoever writes and in whatever order.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nanhai.domain.colour import Colour
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant, PersonId, PolicyVersion
from nanhai.domain.timeline import Segment, Timeline, pack, unpack
from nanhai.store import batch
from nanhai.store.connection import client, table_name
from nanhai.store.people import Head, head_key, head_of
from nanhai.store.wire import Item, attribute, item, row
from nanhai.store.writes import ConditionFailed, Write, delete, put, send

TABLE = "passes"
NOW = "now"
BOUNDARY_INDEX = "boundary"
REVIEW_SHARDS = 16
PAST_PER_PAGE_MAX = 100
PAPERS_MAX = 20
SEGMENT_ROWS_MAX = 500


@dataclass(frozen=True, slots=True)
class StoredPass:
    """`told_since` and `colour_told`: the segment of which the holder and the counters were told last."""

    person_id: PersonId
    record_version: int
    policy_version: PolicyVersion
    community: str
    timeline: Timeline
    computed_at: Instant
    told_since: Instant
    colour_told: Colour


@dataclass(frozen=True, slots=True)
class Past:
    """A change of a pass as it was told: from when, which colour, why, by which version."""

    at: Instant
    record_version: int
    policy_version: PolicyVersion
    segment: Segment


@dataclass(frozen=True, slots=True)
class Paper:
    """A printed pass: revocable, checked online only; `issued_at` tells a person's papers apart."""

    person_id: PersonId
    issued_at: Instant
    until: Instant


def many(persons: Sequence[PersonId]) -> tuple[dict[PersonId, Head], dict[PersonId, StoredPass]]:
    """Heads and passes of those who have them, consistent, fifty persons a request; Poison for an unreadable one."""
    found = batch.get({"people": [head_key(person) for person in persons], TABLE: [_key(p, NOW) for p in persons]})
    heads = {head.person_id: head for head in map(head_of, found["people"])}
    return heads, {stored.person_id: stored for stored in map(pass_of, found[TABLE])}


def one(person: PersonId) -> tuple[Head | None, StoredPass | None]:
    """Head and pass of one person by a single request."""
    heads, stored = many([person])
    return heads.get(person), stored.get(person)


def put_pass(new: StoredPass, old: StoredPass | None) -> bool:
    """Stores `new` in place of `old`, with the change in the past; False when the stored pass is not `old` any more or
    is newer than `new`. Then nothing was written, unless a lost answer hid that it was: look again. An unreadable one
    gives way to any `new`."""
    condition, values = _unchanged(old, new)
    changed = [put("pass", TABLE, _item(new), condition, **values)]
    if old is None or _told(new) != _told(old):
        changed.append(put("past", TABLE, _past(new)))
    try:
        send(changed)
    except ConditionFailed:
        return old is None and _put_over_unreadable(new)
    return True


def pass_of(stored: Mapping[str, Any]) -> StoredPass:
    """The pass in a stored item or in a stream's image; Poison when any part of it is missing or unknown."""
    try:
        found = row(stored)
        return StoredPass(
            PersonId(found["person_id"]),
            int(found["record_version"]),
            PolicyVersion(found["policy_version"]),
            str(found["community"]),
            unpack(found["timeline"]),
            int(found["computed_at"]),
            int(found["told_since"]),
            Colour(found["colour_told"]),
        )
    except (KeyError, TypeError, ValueError) as unknown:
        raise Poison(f"pass: {type(unknown).__name__}") from unknown


def past(person: PersonId, limit: int, start: Item | None = None) -> tuple[list[Past], Item | None]:
    """What the pass was, newest first, and where the next page begins."""
    asked = _range(person, "past#", min(limit, PAST_PER_PAGE_MAX)) | {"ScanIndexForward": False}
    page = client().query(**asked, **({} if start is None else {"ExclusiveStartKey": start}))
    return [_past_of(stored) for stored in page["Items"]], page.get("LastEvaluatedKey")


def boundaries(shard: int, until: Instant, limit: int, start: Item | None = None) -> tuple[list[PersonId], Item | None]:
    """Whose told segment had ended by `until`, longest ago first: the sparse index behind the review."""
    asked: dict[str, Any] = {
        "TableName": table_name(TABLE),
        "IndexName": BOUNDARY_INDEX,
        "KeyConditionExpression": "review_shard = :shard AND boundary_at <= :until",
        "ExpressionAttributeValues": {":shard": attribute(str(shard)), ":until": attribute(until)},
        "Limit": limit,
    }
    page = client().query(**asked, **({} if start is None else {"ExclusiveStartKey": start}))
    return [PersonId(stored["person_id"]["S"]) for stored in page["Items"]], page.get("LastEvaluatedKey")


def put_paper(paper: Paper) -> Write:
    """Its condition fails (label "paper") when the person was given one in that very second."""
    new = item(person_id=paper.person_id, sk=_paper_sk(paper.issued_at), until=paper.until)
    return put("paper", TABLE, new, "attribute_not_exists(person_id)")


def revoke_paper(person: PersonId, issued_at: Instant) -> Write:
    """Its condition fails (label "paper") when there is none."""
    return delete("paper", TABLE, _key(person, _paper_sk(issued_at)), "attribute_exists(person_id)")


def paper(person: PersonId, issued_at: Instant) -> Paper | None:
    asked = {"TableName": table_name(TABLE), "Key": _key(person, _paper_sk(issued_at)), "ConsistentRead": True}
    found = client().get_item(**asked).get("Item")
    return None if found is None else _paper_of(found)


def papers(person: PersonId) -> list[Paper]:
    """Newest first."""
    page = client().query(**_range(person, "paper#", PAPERS_MAX), ScanIndexForward=False, ConsistentRead=True)
    return [_paper_of(stored) for stored in page["Items"]]


def scan_people(segment: int, segments: int, start: Item | None = None) -> tuple[list[PersonId], Item | None]:
    """A page of those who have a head, in one of `segments` parallel segments: what a sweep goes through."""
    asked: dict[str, Any] = {
        "TableName": table_name("people"),
        "Segment": segment,
        "TotalSegments": segments,
        "FilterExpression": "sk = :head",
        "ExpressionAttributeValues": {":head": attribute("head")},
        "ProjectionExpression": "person_id",
        "Limit": SEGMENT_ROWS_MAX,
        "ConsistentRead": True,
    }
    page = client().scan(**asked, **({} if start is None else {"ExclusiveStartKey": start}))
    return [PersonId(stored["person_id"]["S"]) for stored in page["Items"]], page.get("LastEvaluatedKey")


def _readable(stored: Item) -> StoredPass | None:
    try:
        return pass_of(stored)
    except Poison:
        return None


def _put_over_unreadable(new: StoredPass) -> bool:
    """Stores `new` where something lies that is no pass, unless it has changed meanwhile."""
    asked = {"TableName": table_name(TABLE), "Key": _key(new.person_id, NOW), "ConsistentRead": True}
    found = client().get_item(**asked).get("Item")
    if found is None or _readable(found) is not None:
        return False
    names = {f"#n{at}": name for at, name in enumerate(found)}
    values = {f":v{at}": value for at, value in enumerate(found.values())}
    over = {
        "TableName": table_name(TABLE),
        "Item": _item(new),
        "ConditionExpression": " AND ".join(map("{} = {}".format, names, values)),
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }
    try:
        send([Write("pass", {"Put": over}), put("past", TABLE, _past(new))])
    except ConditionFailed:
        return False
    return True


def _unchanged(old: StoredPass | None, new: StoredPass) -> tuple[str, dict[str, object]]:
    if old is None:
        return "attribute_not_exists(person_id)", {}
    same = "record_version = :old_version AND computed_at = :old_computed AND told_since = :old_told"
    newer = "record_version > :version OR (record_version = :version AND computed_at > :computed)"
    values: dict[str, object] = {
        "old_version": old.record_version,
        "old_computed": old.computed_at,
        "old_told": old.told_since,
    }
    return f"{same} AND NOT ({newer})", values | {"version": new.record_version, "computed": new.computed_at}


def _told(stored: StoredPass) -> tuple[Instant, Colour, Timeline]:
    return stored.told_since, stored.colour_told, stored.timeline


def _item(new: StoredPass) -> Item:
    boundary = new.timeline.at(new.told_since).until
    shard = None if boundary is None else str(zlib.crc32(new.person_id.encode()) % REVIEW_SHARDS)
    return item(
        person_id=new.person_id,
        sk=NOW,
        record_version=new.record_version,
        policy_version=new.policy_version,
        community=new.community,
        timeline=pack(new.timeline),
        computed_at=new.computed_at,
        told_since=new.told_since,
        colour_told=new.colour_told.value,
        boundary_at=boundary,
        review_shard=shard,
    )


def _past(new: StoredPass) -> Item:
    sk = f"past#{new.computed_at:012d}#{new.record_version:08d}#{new.told_since:012d}"
    told = Timeline(new.policy_version, new.timeline.holder, (new.timeline.at(new.told_since),))
    return item(
        person_id=new.person_id,
        sk=sk,
        at=new.computed_at,
        record_version=new.record_version,
        told=pack(told),
    )


def _past_of(stored: Item) -> Past:
    found = row(stored)
    told = unpack(found["told"])
    return Past(found["at"], found["record_version"], told.policy, told.segments[0])


def _paper_of(stored: Item) -> Paper:
    found = row(stored)
    return Paper(PersonId(found["person_id"]), int(found["sk"].removeprefix("paper#")), found["until"])


def _paper_sk(issued_at: Instant) -> str:
    return f"paper#{issued_at:012d}"


def _range(person: PersonId, prefix: str, limit: int) -> dict[str, Any]:
    return {
        "TableName": table_name(TABLE),
        "KeyConditionExpression": "person_id = :person AND begins_with(sk, :prefix)",
        "ExpressionAttributeValues": {":person": attribute(person), ":prefix": attribute(prefix)},
        "Limit": limit,
    }


def _key(person: PersonId, sk: str) -> Item:
    return item(person_id=person, sk=sk)
