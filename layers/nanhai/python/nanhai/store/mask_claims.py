"""What is kept for whom in the table `masks`: the claim beside the person, and the pick-up code that leads to it.

Every change of a claim is made on the condition that it is as it was read, in the transaction that moves its portion,
so that none is moved twice. Claims that keep a portion are in an index by point and by when they end.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection

from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.rounds import KEEPING, Held, Standing
from nanhai.store import batch, model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.masks import NEW, MasksTable, person_key
from nanhai.store.model import TableIndex, Write

CLAIM, CODE = "claim#", "code"
ENDED_PER_PAGE_MAX = 100


class KeptIndex(TableIndex["ClaimRow"]):
    """Sparse: of claims alone that keep a portion, and of orders that are not fetched yet."""

    class Meta:
        index_name = "kept"
        projection = AllProjection()

    kept_at = UnicodeAttribute(hash_key=True)
    until = WholeNumberAttribute(range_key=True)


class ClaimRow(MasksTable):
    """`kept_at`: <round>#<point>, as long as it keeps a portion there."""

    claim_version = WholeNumberAttribute()
    kept = UnicodeAttribute()
    point_id = UnicodeAttribute()
    window = WholeNumberAttribute(null=True)
    kept_at = UnicodeAttribute(null=True)
    until = WholeNumberAttribute()
    ticket = UnicodeAttribute()
    changed_at = WholeNumberAttribute()
    in_kept = KeptIndex()


class CodeRow(MasksTable):
    """Under the blind index of a pick-up code: whose it is. `kind`: person or enterprise."""

    round_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    owner = UnicodeAttribute()
    of_version = WholeNumberAttribute()


class Claim(msgspec.Struct, frozen=True):
    """A portion at a point that was called up for somebody, reserved, handed out or let go. `window`: which of the
    round's, once it is reserved."""

    person_id: PersonId
    round_id: str
    version: int
    kept: Standing
    point_id: str
    window: int | None
    until: Instant
    ticket: str
    changed_at: Instant

    @property
    def held(self) -> Held:
        return Held(self.kept, self.until)


class Code(msgspec.Struct, frozen=True):
    """`version`: of the claim that it stands for; a later one has another code."""

    index: str
    round_id: str
    kind: str
    owner: str
    version: int


def claim(new: Claim) -> Write:
    """The first one; its condition fails (label "claim") when there is one already."""
    return model.put("claim", _claim_row(new), NEW)


def change(was: Claim, new: Claim) -> Write:
    """Its condition fails (label "claim") when the claim is not any more as it `was`."""
    return model.put("claim", _claim_row(new), ClaimRow.claim_version == was.version)


def of(person: PersonId, round_id: str) -> Claim | None:
    found = model.get(ClaimRow, person_key(person), CLAIM + round_id)
    return None if found is None else _claim(found)


def claimed(round_id: str, people: Iterable[PersonId]) -> set[PersonId]:
    """Those of them for whom anything was ever kept in a round, a hundred a request."""
    table = MasksTable.Meta.table_name
    keys = [model.key_of(ClaimRow, person_key(person), CLAIM + round_id)["Key"] for person in people]
    return {_claim(model.read(ClaimRow, stored)).person_id for stored in batch.get({table: keys})[table]}


def ended(round_id: str, point_id: str, now: Instant, limit: int) -> list[Claim]:
    """Those that keep a portion of a point and ended at `now` or before, longest ago first. An index may be behind: a
    claim that has changed meanwhile cannot be changed from what is read here."""
    over = (ClaimRow.kept_at == _point(round_id, point_id)) & (ClaimRow.until <= now)
    page, _ = model.query(ClaimRow, over, min(limit, ENDED_PER_PAGE_MAX), index=ClaimRow.in_kept)
    return [_claim(found) for found in page]


def put_code(new: Code) -> Write:
    """Its condition fails (label "code") when this very code is given out already."""
    row = CodeRow(_code(new.index), CODE, round_id=new.round_id, kind=new.kind, owner=new.owner, of_version=new.version)
    return model.put("code", row, NEW)


def code(index: str) -> Code | None:
    found = model.get(CodeRow, _code(index), CODE)
    return None if found is None else Code(index, found.round_id, found.kind, found.owner, found.of_version)


def _claim_row(new: Claim) -> ClaimRow:
    return ClaimRow(
        person_key(new.person_id),
        CLAIM + new.round_id,
        claim_version=new.version,
        kept=new.kept.value,
        point_id=new.point_id,
        window=new.window,
        kept_at=_point(new.round_id, new.point_id) if new.kept in KEEPING else None,
        until=new.until,
        ticket=new.ticket,
        changed_at=new.changed_at,
    )


def _claim(found: ClaimRow) -> Claim:
    return Claim(
        PersonId(found.holder.removeprefix("person#")),
        found.sk.removeprefix(CLAIM),
        found.claim_version,
        Standing(found.kept),
        found.point_id,
        found.window,
        found.until,
        found.ticket,
        found.changed_at,
    )


def _point(round_id: str, point_id: str) -> str:
    return f"{round_id}#{point_id}"


def _code(index: str) -> str:
    return f"code#{index}"
