"""The table `loads`: what operators delivered, how far each delivery has been applied, and which rows were refused.

A delivery is an operator's and has the number that the operator gave it. `at`, when it was first begun, never changes:
all that follows from the delivery follows from its bytes, its towers and that moment, however often it is begun again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pynamodb.attributes import ListAttribute, UnicodeAttribute

from nanhai.domain.identifiers import Instant
from nanhai.store import batch_writing, model
from nanhai.store.attributes import PlainMapAttribute, WholeNumberAttribute
from nanhai.store.model import Start, Table
from nanhai.store.writes import ConditionFailed, send

KEPT_S = 30 * 86_400
PARTS_MAX = 512
REJECTS_PER_PAGE = 500
REJECTS_KEPT_MAX = 20_000  # the others are counted
HEAD, PART, REJECTS = "head", "part#", "rejects#"


class LoadsTable(Table):
    class Meta:
        table_name = "loads"

    load = UnicodeAttribute(hash_key=True)
    row = UnicodeAttribute(range_key=True)


class HeadRow(LoadsTable):
    """`parts` and all after it: as soon as the delivery was read through once."""

    operator = UnicodeAttribute()
    sequence = WholeNumberAttribute()
    digest = UnicodeAttribute()
    towers = UnicodeAttribute()
    at = WholeNumberAttribute()
    expires_at = WholeNumberAttribute()
    parts = WholeNumberAttribute(null=True)
    rows = WholeNumberAttribute(null=True)
    rejected = PlainMapAttribute[int](null=True)


class PartRow(LoadsTable):
    visits = WholeNumberAttribute()
    days = WholeNumberAttribute()
    refused_days = WholeNumberAttribute()
    expires_at = WholeNumberAttribute()


class RejectsRow(LoadsTable):
    faults = ListAttribute[str]()
    expires_at = WholeNumberAttribute()


@dataclass(frozen=True, slots=True)
class Staged:
    """A delivery that was read through: its rows, how many were refused by code, and the parts of the others."""

    parts: int
    rows: int
    rejected: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Load:
    """`digest`: SHA-256 of what was delivered; `towers`: the version of the towers that it is read by."""

    operator: str
    sequence: int
    digest: str
    towers: str
    at: Instant
    staged: Staged | None = None

    @property
    def name(self) -> str:
        return name_of(self.operator, self.sequence)


@dataclass(frozen=True, slots=True)
class Part:
    """What a finished part came to; `refused_days`: person-days with more visits than a day can have."""

    visits: int
    days: int
    refused_days: int


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was refused: its line in what was delivered (1 is the first) and a code, never what stood there."""

    line: int
    code: str


def name_of(operator: str, sequence: int) -> str:
    return f"{operator}#{sequence:010d}"


def begin(new: Load) -> Load:
    """The load as it was first begun: `new`, unless it was before."""
    head = _head(new)
    try:
        send([model.put("load", head, HeadRow.load.does_not_exist())])
    except ConditionFailed:
        found = get(new.operator, new.sequence)
        if found is None:
            raise
        return found
    return new


def get(operator: str, sequence: int) -> Load | None:
    found = model.get(HeadRow, name_of(operator, sequence), HEAD)
    return None if found is None else _load(found)


def keep_rejects(of: Load, rejects: Sequence[Reject]) -> None:
    """The first REJECTS_KEPT_MAX of them, by pages; the same again changes nothing."""
    kept = rejects[:REJECTS_KEPT_MAX]
    pages = (kept[start : start + REJECTS_PER_PAGE] for start in range(0, len(kept), REJECTS_PER_PAGE))
    batch_writing.put(RejectsRow, [_rejects(of, number, page) for number, page in enumerate(pages)])


def staged(of: Load, found: Staged) -> None:
    """It was read through; told again it is the same."""
    change = [HeadRow.parts.set(found.parts), HeadRow.rows.set(found.rows), HeadRow.rejected.set(dict(found.rejected))]
    model.update_item(HeadRow(of.name, HEAD), change, HeadRow.digest == of.digest)


def finish(of: Load, number: int, part: Part) -> None:
    """A part is written, whole."""
    send([model.put("part", _part(of, number, part))])


def finished(of: Load) -> dict[int, Part]:
    """The parts that are written."""
    theirs = (PartRow.load == of.name) & PartRow.row.startswith(PART)
    page, _ = model.query(PartRow, theirs, PARTS_MAX)
    return {int(row.row.removeprefix(PART)): Part(row.visits, row.days, row.refused_days) for row in page}


def rejects(operator: str, sequence: int, start: Start | None = None) -> tuple[list[Reject], Start | None]:
    """A page of the refused rows in their order, and where the next one begins."""
    theirs = (RejectsRow.load == name_of(operator, sequence)) & RejectsRow.row.startswith(REJECTS)
    page, end = model.query(RejectsRow, theirs, 1, start=start)
    return [_reject(told) for row in page for told in row.faults], end


def _head(new: Load) -> HeadRow:
    return HeadRow(
        new.name,
        HEAD,
        operator=new.operator,
        sequence=new.sequence,
        digest=new.digest,
        towers=new.towers,
        at=new.at,
        expires_at=new.at + KEPT_S,
    )


def _load(found: HeadRow) -> Load:
    read = None if found.parts is None else Staged(found.parts, found.rows or 0, found.rejected or {})
    return Load(found.operator, found.sequence, found.digest, found.towers, found.at, read)


def _part(of: Load, number: int, part: Part) -> PartRow:
    return PartRow(
        of.name,
        f"{PART}{number:04d}",
        visits=part.visits,
        days=part.days,
        refused_days=part.refused_days,
        expires_at=of.at + KEPT_S,
    )


def _rejects(of: Load, number: int, page: Sequence[Reject]) -> RejectsRow:
    told = [f"{reject.line}:{reject.code}" for reject in page]
    return RejectsRow(of.name, f"{REJECTS}{number:04d}", faults=told, expires_at=of.at + KEPT_S)


def _reject(told: str) -> Reject:
    line, code = told.split(":")
    return Reject(int(line), code)
