"""The table `loads`: what operators delivered, how far each delivery has been applied, and which rows were refused.

A delivery is an operator's and has the number that the operator gave it; it tells the local days `first` to `last`.
`at`, when it was first begun, never changes: all that follows from the delivery follows from its bytes, its days, its
towers and that moment, however often it is begun again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
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
HEAD, PART, REJECTS, REFUSAL = "head", "part#", "rejects#", "refusal"


class LoadsTable(Table):
    class Meta:
        table_name = "loads"

    load = UnicodeAttribute(hash_key=True)
    row = UnicodeAttribute(range_key=True)


class HeadRow(LoadsTable):
    """`parts` and `rows`: as soon as it is known how the delivery falls into parts."""

    operator = UnicodeAttribute()
    sequence = WholeNumberAttribute()
    first = WholeNumberAttribute()
    last = WholeNumberAttribute()
    digest = UnicodeAttribute()
    towers = UnicodeAttribute()
    at = WholeNumberAttribute()
    by = UnicodeAttribute()
    expires_at = WholeNumberAttribute()
    parts = WholeNumberAttribute(null=True)
    rows = WholeNumberAttribute(null=True)


class PartRow(LoadsTable):
    rejected = PlainMapAttribute[int]()
    visits = WholeNumberAttribute()
    days = WholeNumberAttribute()
    refused_days = WholeNumberAttribute()
    expires_at = WholeNumberAttribute()


class RejectsRow(LoadsTable):
    faults = ListAttribute[str]()
    expires_at = WholeNumberAttribute()


class RefusalRow(LoadsTable):
    """Beside the head, which a delivery that is refused may not have."""

    code = UnicodeAttribute()
    at = WholeNumberAttribute()
    expires_at = WholeNumberAttribute()


class Staged(msgspec.Struct, frozen=True):
    """How many rows a delivery has, and in how many parts."""

    parts: int
    rows: int


class Load(msgspec.Struct, frozen=True):
    """`first` and `last`: the local days that it tells; `digest`: SHA-256 of what was delivered; `towers`: the version
    of the towers that it is read by; `by`: who brought it."""

    operator: str
    sequence: int
    first: int
    last: int
    digest: str
    towers: str
    at: Instant
    by: str
    staged: Staged | None = None

    @property
    def name(self) -> str:
        return name_of(self.operator, self.sequence)

    @property
    def parts(self) -> int:
        """None before it is known how it falls into parts."""
        return 0 if self.staged is None else self.staged.parts


class Part(msgspec.Struct, frozen=True):
    """What a finished part came to; `refused_days`: person-days with more visits than a day can have; `rejected`: how
    many rows were refused, by code."""

    visits: int
    days: int
    refused_days: int
    rejected: Mapping[str, int]


class Reject(msgspec.Struct, frozen=True):
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


def refuse(operator: str, sequence: int, code: str, at: Instant) -> None:
    """Something that came under this number was refused whole; the last such code is kept."""
    row = RefusalRow(name_of(operator, sequence), REFUSAL, code=code, at=at, expires_at=at + KEPT_S)
    send([model.put("refusal", row)])


def refusal(operator: str, sequence: int) -> str | None:
    """The code of what was last refused under this number."""
    found = model.get(RefusalRow, name_of(operator, sequence), REFUSAL)
    return None if found is None else found.code


def keep_rejects(of: Load, part: int, rejects: Sequence[Reject]) -> None:
    """Those of a part, by pages, REJECTS_KEPT_MAX at most; the same again changes nothing."""
    kept = rejects[:REJECTS_KEPT_MAX]
    pages = (kept[start : start + REJECTS_PER_PAGE] for start in range(0, len(kept), REJECTS_PER_PAGE))
    batch_writing.put(RejectsRow, [_rejects(of, part, number, page) for number, page in enumerate(pages)])


def staged(of: Load) -> None:
    """How it falls into parts; told again it is the same."""
    if of.staged is None:
        raise ValueError("a load without a plan")
    change = [HeadRow.parts.set(of.staged.parts), HeadRow.rows.set(of.staged.rows)]
    model.update_item(HeadRow(of.name, HEAD), change, HeadRow.digest == of.digest)


def finish(of: Load, number: int, part: Part) -> None:
    """A part is written, whole."""
    send([model.put("part", _part(of, number, part))])


def finished(of: Load) -> dict[int, Part]:
    """The parts that are written."""
    theirs = (PartRow.load == of.name) & PartRow.row.startswith(_part_prefix(of))
    page, _ = model.query(PartRow, theirs, PARTS_MAX)
    return {int(row.row.rpartition("#")[2]): Part(row.visits, row.days, row.refused_days, row.rejected) for row in page}


def is_finished(of: Load) -> bool:
    """Whether all of its parts are written; of one that was not read through, nothing is."""
    return of.parts > 0 and len(finished(of)) == of.parts


def rejects(operator: str, sequence: int, start: Start | None = None) -> tuple[list[Reject], Start | None]:
    """A page of the refused rows, part by part, and where the next one begins."""
    theirs = (RejectsRow.load == name_of(operator, sequence)) & RejectsRow.row.startswith(REJECTS)
    page, end = model.query(RejectsRow, theirs, 1, start=start)
    return [_reject(told) for row in page for told in row.faults], end


def _head(new: Load) -> HeadRow:
    return HeadRow(
        new.name,
        HEAD,
        operator=new.operator,
        sequence=new.sequence,
        first=new.first,
        last=new.last,
        digest=new.digest,
        towers=new.towers,
        at=new.at,
        by=new.by,
        expires_at=new.at + KEPT_S,
    )


def _load(found: HeadRow) -> Load:
    read = None if found.parts is None else Staged(found.parts, found.rows or 0)
    return Load(
        found.operator,
        found.sequence,
        found.first,
        found.last,
        found.digest,
        found.towers,
        found.at,
        found.by,
        read,
    )


def _part_prefix(of: Load) -> str:
    """A part is one of so many: those of another plan are none of it."""
    return f"{PART}{of.parts:04d}#"


def _part(of: Load, number: int, part: Part) -> PartRow:
    return PartRow(
        of.name,
        f"{_part_prefix(of)}{number:04d}",
        visits=part.visits,
        days=part.days,
        refused_days=part.refused_days,
        rejected=dict(part.rejected),
        expires_at=of.at + KEPT_S,
    )


def _rejects(of: Load, part: int, number: int, page: Sequence[Reject]) -> RejectsRow:
    told = [f"{reject.line}:{reject.code}" for reject in page]
    return RejectsRow(of.name, f"{REJECTS}{part:04d}#{number:04d}", faults=told, expires_at=of.at + KEPT_S)


def _reject(told: str) -> Reject:
    line, code = told.split(":")
    return Reject(int(line), code)
