"""The table `imports`: files that are taken row by row, and what became of each row.

Nothing of a person stands here but the id: a row is its number, its outcome, and the codes of what was wrong with it.
The row is written in the transaction that does what it asks for, so a row that is there is done and no other one is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
from pynamodb.attributes import ListAttribute, UnicodeAttribute

from nanhai.domain.actors import NOBODY
from nanhai.domain.errors import Fault
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.store import model
from nanhai.store.attributes import PlainMapAttribute, WholeNumberAttribute
from nanhai.store.model import Start, Table, Write

KEPT_S = 30 * 86_400
ROWS_MAX = 10_000  # of one import
ROWS_PER_PAGE_MAX = 200
HEAD = "head"
ROW, RUN = "row#", "run#"
Became = Literal["done", "already", "refused"]
OUTCOMES: Mapping[str, Became] = {"done": "done", "already": "already", "refused": "refused"}


class ImportsTable(Table):
    class Meta:
        table_name = "imports"

    import_id = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class HeadRow(ImportsTable):
    kind = UnicodeAttribute()
    owner = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
    told = PlainMapAttribute[str]()
    rows = WholeNumberAttribute()
    asked_by = UnicodeAttribute()
    asked_at = WholeNumberAttribute()
    expires_at = WholeNumberAttribute()


class OutcomeRow(ImportsTable):
    number = WholeNumberAttribute()
    outcome = UnicodeAttribute()
    person_id = UnicodeAttribute()
    faults = ListAttribute[str]()
    expires_at = WholeNumberAttribute()


class RunRow(ImportsTable):
    """Who went on with it, and how many rows that brought."""

    asked_by = UnicodeAttribute()
    asked_at = WholeNumberAttribute()
    rows = WholeNumberAttribute()
    expires_at = WholeNumberAttribute()


class Import(msgspec.Struct, frozen=True):
    """`owner`: whose it is, a division or an organisation; `fingerprint`: keyed, of the file and all that was told
    with it; `told`: what holds for every row, nothing of a person; `rows`: how many the file has."""

    import_id: str
    kind: str
    owner: str
    fingerprint: str
    told: dict[str, str]
    rows: int
    asked_by: str
    asked_at: Instant


class Outcome(msgspec.Struct, frozen=True):
    """`number`: the row in the sheet's margin; `person_id`: empty where nobody is known; `faults`: what was wrong, by
    column and code, never what stood there."""

    number: int
    outcome: Became
    person_id: PersonId = NOBODY
    faults: tuple[Fault, ...] = ()


def create(new: Import) -> Write:
    """Its condition fails (label "import") when it is there already."""
    head = HeadRow(
        new.import_id,
        HEAD,
        kind=new.kind,
        owner=new.owner,
        fingerprint=new.fingerprint,
        told=new.told,
        rows=new.rows,
        asked_by=new.asked_by,
        asked_at=new.asked_at,
        expires_at=new.asked_at + KEPT_S,
    )
    return model.put("import", head, HeadRow.import_id.does_not_exist())


def get(import_id: str, now: Instant) -> Import | None:
    found = model.get(HeadRow, import_id, HEAD)
    return None if found is None or found.expires_at <= now else _import(found)


def rows(of: Import, new: Sequence[Outcome]) -> list[Write]:
    """What became of some rows, for the transaction that does what they ask for; its conditions fail (label "row")
    when that is known of one of them already."""
    return [_row(of, outcome) for outcome in new]


def ran(of: Import, run: str, asked_by: str, at: Instant, rows: int) -> Write:
    """Who went on with it now; `run`: a ULID."""
    new = RunRow(of.import_id, RUN + run, asked_by=asked_by, asked_at=at, rows=rows, expires_at=of.asked_at + KEPT_S)
    return model.put("run", new)


def outcomes(import_id: str, limit: int, start: Start | None = None) -> tuple[list[Outcome], Start | None]:
    """What became of the rows so far, in the order of the sheet, and where the next page begins."""
    theirs = (OutcomeRow.import_id == import_id) & OutcomeRow.sk.startswith(ROW)
    found, end = model.query(OutcomeRow, theirs, min(limit, ROWS_PER_PAGE_MAX), start=start)
    return [_outcome(stored) for stored in found], end


def all_outcomes(import_id: str) -> Sequence[Outcome]:
    """Of every row so far; an import has ROWS_MAX rows at most."""
    found: list[Outcome] = []
    start: Start | None = None
    for _ in range(ROWS_MAX // ROWS_PER_PAGE_MAX + 1):
        page, start = outcomes(import_id, ROWS_PER_PAGE_MAX, start)
        found += page
        if start is None:
            break
    return found


def _row(of: Import, new: Outcome) -> Write:
    stored = OutcomeRow(
        of.import_id,
        f"{ROW}{new.number:06d}",
        number=new.number,
        outcome=new.outcome,
        person_id=new.person_id,
        faults=[_dumped(fault) for fault in new.faults],
        expires_at=of.asked_at + KEPT_S,
    )
    return model.put("row", stored, OutcomeRow.import_id.does_not_exist())


def _import(found: HeadRow) -> Import:
    return Import(
        found.import_id,
        found.kind,
        found.owner,
        found.fingerprint,
        found.told,
        found.rows,
        found.asked_by,
        found.asked_at,
    )


def _outcome(stored: OutcomeRow) -> Outcome:
    became = OUTCOMES[stored.outcome]
    return Outcome(stored.number, became, PersonId(stored.person_id), tuple(map(_fault, stored.faults)))


def _dumped(fault: Fault) -> str:
    return json.dumps([fault.pointer, fault.code, fault.params], separators=(",", ":"))


def _fault(stored: str) -> Fault:
    pointer, code, params = json.loads(stored)
    return Fault(pointer, code, params)
