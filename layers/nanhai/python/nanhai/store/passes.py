"""The table `passes`: the timeline that was computed from a person's records, its past, and paper passes.

A projection, never the truth: a reader who finds it older than the head computes anew (infra/decisions/0005). Its
version (record version, then time of computing) never goes back, whoever writes and in whatever order.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.indexes import KeysOnlyProjection

from nanhai.domain.colour import Colour
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant, PersonId, PolicyVersion
from nanhai.domain.timeline import Segment, Timeline, pack, unpack
from nanhai.store import batch, model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Start, Table, TableIndex, Write
from nanhai.store.people import HEAD, Head, PeopleTable, head_key, head_of
from nanhai.store.wire import Item, row
from nanhai.store.words import Prepared, Words, all_of, gap, words
from nanhai.store.writes import ConditionFailed, send

NOW, PAST, PAPER = "now", "past#", "paper#"
REVIEW_SHARDS = 16
PAST_PER_PAGE_MAX = 100
PAPERS_MAX = 20
SEGMENT_ROWS_MAX = 500

M = TypeVar("M", bound="PassesTable")


class BoundaryIndex(TableIndex["PassesTable"]):
    """Sparse: of the passes alone whose told segment ends."""

    class Meta:
        index_name = "boundary"
        projection = KeysOnlyProjection()

    review_shard = UnicodeAttribute(hash_key=True)
    boundary_at = WholeNumberAttribute(range_key=True)


class PassesTable(Table):
    class Meta:
        table_name = "passes"

    person_id = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    boundary = BoundaryIndex()


class PassRow(PassesTable):
    record_version = WholeNumberAttribute()
    policy_version = UnicodeAttribute()
    community = UnicodeAttribute()
    timeline = UnicodeAttribute()
    computed_at = WholeNumberAttribute()
    told_since = WholeNumberAttribute()
    colour_told = UnicodeAttribute()
    boundary_at = WholeNumberAttribute(null=True)
    review_shard = UnicodeAttribute(null=True)


class PastRow(PassesTable):
    at = WholeNumberAttribute()
    record_version = WholeNumberAttribute()
    told = UnicodeAttribute()


class PaperRow(PassesTable):
    until = WholeNumberAttribute()


class StoredPass(msgspec.Struct, frozen=True):
    """`told_since` and `colour_told`: the segment of which the holder and the counters were told last."""

    person_id: PersonId
    record_version: int
    policy_version: PolicyVersion
    community: str
    timeline: Timeline
    computed_at: Instant
    told_since: Instant
    colour_told: Colour


class Past(msgspec.Struct, frozen=True):
    """A change of a pass as it was told: from when, which colour, why, by which version."""

    at: Instant
    record_version: int
    policy_version: PolicyVersion
    segment: Segment


class Paper(msgspec.Struct, frozen=True):
    """A printed pass: revocable, checked online only; `issued_at` tells a person's papers apart."""

    person_id: PersonId
    issued_at: Instant
    until: Instant


def many(persons: Sequence[PersonId]) -> tuple[dict[PersonId, Head], dict[PersonId, StoredPass]]:
    """Heads and passes of those who have them, consistent, fifty persons a request; Poison for an unreadable one."""
    people, passes = PeopleTable.Meta.table_name, PassesTable.Meta.table_name
    found = batch.get({people: [*map(head_key, persons)], passes: [*map(_key, persons)]})
    heads = {head.person_id: head for head in map(head_of, found[people])}
    return heads, {stored.person_id: stored for stored in map(pass_of, found[passes])}


def one(person: PersonId) -> tuple[Head | None, StoredPass | None]:
    """Head and pass of one person by a single request."""
    heads, stored = many([person])
    return heads.get(person), stored.get(person)


def put_pass(new: StoredPass, old: StoredPass | None) -> bool:
    """Stores `new` in place of `old`, with the change in the past; False when the stored pass is not `old` any more or
    is newer than `new`. Then nothing was written, unless a lost answer hid that it was: look again. An unreadable one
    gives way to any `new`."""
    changed = [model.put("pass", _row(new), _unchanged(old, new))]
    if old is None or _told(new) != _told(old):
        changed.append(model.put("past", _past(new)))
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


def past(person: PersonId, limit: int, start: Start | None = None) -> tuple[list[Past], Start | None]:
    """What the pass was, newest first, and where the next page begins."""
    most = min(limit, PAST_PER_PAGE_MAX)
    theirs = _of(PastRow, person, PAST)
    found, end = model.query(PastRow, theirs, most, start=start, newest_first=True, consistent=False)
    return [_past_of(stored) for stored in found], end


def boundaries(
    shard: int, until: Instant, limit: int, start: Start | None = None
) -> tuple[list[PersonId], Start | None]:
    """Whose told segment had ended by `until`, longest ago first: the sparse index behind the review."""
    ended = (PassRow.review_shard == str(shard)) & (PassRow.boundary_at <= until)
    found, end = model.query(PassesTable, ended, limit, index=PassesTable.boundary, start=start)
    return [PersonId(stored.person_id) for stored in found], end


def put_paper(paper: Paper) -> Write:
    """Its condition fails (label "paper") when the person was given one in that very second."""
    new = PaperRow(paper.person_id, _paper_sk(paper.issued_at), until=paper.until)
    return model.put("paper", new, PaperRow.person_id.does_not_exist())


def revoke_paper(person: PersonId, issued_at: Instant) -> Write:
    """Its condition fails (label "paper") when there is none."""
    return model.delete("paper", PaperRow(person, _paper_sk(issued_at)), PaperRow.person_id.exists())


def paper(person: PersonId, issued_at: Instant) -> Paper | None:
    found = model.get(PaperRow, person, _paper_sk(issued_at))
    return None if found is None else _paper_of(found)


def papers(person: PersonId) -> list[Paper]:
    """Newest first."""
    found, _ = model.query(PaperRow, _of(PaperRow, person, PAPER), PAPERS_MAX, newest_first=True)
    return [_paper_of(stored) for stored in found]


def scan_people(segment: int, segments: int, start: Start | None = None) -> tuple[list[PersonId], Start | None]:
    """A page of those who have a head, in one of `segments` parallel segments: what a sweep goes through."""
    heads = PeopleTable.sk == HEAD
    found, end = model.scan(PeopleTable, heads, SEGMENT_ROWS_MAX, segment=segment, segments=segments, start=start)
    return [PersonId(stored.person_id) for stored in found], end


def _readable(stored: Item) -> StoredPass | None:
    try:
        return pass_of(stored)
    except Poison:
        return None


def _put_over_unreadable(new: StoredPass) -> bool:
    """Stores `new` where something lies that is no pass, unless it has changed meanwhile."""
    found = model.get_item(PassRow, new.person_id, NOW)
    if found is None or _readable(found) is not None:
        return False
    same = all_of(*(Path([name]) == value for name, value in found.items()))
    try:
        send([model.put("pass", _row(new), same), model.put("past", _past(new))])
    except ConditionFailed:
        return False
    return True


def _unchanged(old: StoredPass | None, new: StoredPass) -> Words:
    if old is None:
        return _NONE
    return _SAME_AND_NOT_NEWER(
        old_version=old.record_version,
        old_computed=old.computed_at,
        old_told=old.told_since,
        version=new.record_version,
        computed=new.computed_at,
    )


_NONE = words(PassRow.person_id.does_not_exist())


def _same_and_not_newer(version: WholeNumberAttribute, computed: WholeNumberAttribute) -> Prepared:
    new_version, new_computed = gap("version", version), gap("computed", computed)
    return Prepared(
        all_of(
            version == gap("old_version", version),
            computed == gap("old_computed", computed),
            PassRow.told_since == gap("old_told", PassRow.told_since),
            ~((version > new_version) | ((version == new_version) & (computed > new_computed))),
        )
    )


_SAME_AND_NOT_NEWER = _same_and_not_newer(PassRow.record_version, PassRow.computed_at)


def _told(stored: StoredPass) -> tuple[Instant, Colour, Timeline]:
    return stored.told_since, stored.colour_told, stored.timeline


def _row(new: StoredPass) -> PassRow:
    boundary = new.timeline.at(new.told_since).until
    shard = None if boundary is None else str(zlib.crc32(new.person_id.encode()) % REVIEW_SHARDS)
    return PassRow(
        new.person_id,
        NOW,
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


def _past(new: StoredPass) -> PastRow:
    sk = f"{PAST}{new.computed_at:012d}#{new.record_version:08d}#{new.told_since:012d}"
    told = Timeline(new.policy_version, new.timeline.holder, (new.timeline.at(new.told_since),))
    return PastRow(new.person_id, sk, at=new.computed_at, record_version=new.record_version, told=pack(told))


def _past_of(found: PastRow) -> Past:
    told = unpack(found.told)
    return Past(found.at, found.record_version, told.policy, told.segments[0])


def _paper_of(found: PaperRow) -> Paper:
    return Paper(PersonId(found.person_id), int(found.sk.removeprefix(PAPER)), found.until)


def _paper_sk(issued_at: Instant) -> str:
    return f"{PAPER}{issued_at:012d}"


def _of(kind: type[M], person: PersonId, prefix: str) -> Condition:
    return all_of(kind.person_id == person, kind.sk.startswith(prefix))


def _key(person: PersonId) -> Item:
    return {"person_id": {"S": person}, "sk": {"S": NOW}}
