"""A roster as a sheet: each row becomes an invitation, or says what is wrong with it.

A row and what became of it are one transaction with the invitation, some dozens of rows each. Whatever breaks in
between, the same upload sent again goes on where it stopped, and no row is done twice.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

from nanhai.domain.actors import NOBODY
from nanhai.domain.days import local_date
from nanhai.domain.errors import Absent, Fault, Refusal
from nanhai.policies.enterprises import sheet_columns
from nanhai.services import sheets, trail, uploads
from nanhai.services.asked import Asked
from nanhai.services.enterprises import people, roster
from nanhai.services.enterprises.known import known
from nanhai.services.enterprises.people import Label
from nanhai.services.enterprises.staff_schemas import ImportedRow, Invitee, RosterImported, RowFault
from nanhai.services.platform import Platform
from nanhai.services.sheets import SheetRow
from nanhai.services.uploads import Purpose
from nanhai.store import imports
from nanhai.store import roster as rows
from nanhai.store.imports import Became, Import, Outcome
from nanhai.store.writes import WRITES_MAX, ConditionFailed, Write
from nanhai.texts import Language, text

Start = dict[str, Any]
KIND = "roster"
SHEET_ROWS_MAX = 5_000
ROWS_PER_TRANSACTION = (
    WRITES_MAX - 4
) // 2  # each an invitation and its outcome; the enterprise, its key and its town's counts
TRANSACTIONS_PER_REQUEST_MAX = 60  # the gateway waits 29 s
COLUMNS, OPTIONAL = ("name",), ("phone", "id_type", "id_number", "number")
NUMBER_CHARACTERS_MAX = 40
NATIONAL_DIGITS = 11


class SheetChanged(Refusal):
    """Another file was uploaded in place of the one that is half imported."""

    code = "enterprises.sheet-changed"
    kind = "conflict"


def run(platform: Platform, asked: Asked, upload_id: str) -> RosterImported:
    """Imports what is left of the sheet, or as much as one request may. Raises UploadMissing, UploadTooLarge, the
    refusals of a sheet that cannot be read, SheetChanged, RosterFull; Absent for somebody else's import."""
    data = uploads.taken(platform, Purpose.SHEET, upload_id)
    media_type = sheets.media_type_of(data)
    sheet = [*sheets.rows(data, media_type, COLUMNS, SHEET_ROWS_MAX, optional=OPTIONAL, aliases=sheet_columns())]
    trail.note(asked, upload_id)
    of = _begun(platform, asked, upload_id, data, len(sheet))
    done = _done(of)
    for turn in range(1, TRANSACTIONS_PER_REQUEST_MAX + 1):
        left = [row for row in sheet if row.number not in done]
        chunk = left[:ROWS_PER_TRANSACTION]
        if not chunk:
            break
        outcomes = _outcomes(platform, of, chunk)
        writes = _writes(platform, asked, of, chunk, outcomes)
        is_last = len(chunk) == len(left) or turn == TRANSACTIONS_PER_REQUEST_MAX
        after = done | {one.number: one.outcome for one in outcomes}
        try:
            told = platform.commit(writes, asked.once if is_last else None, _told(of, after))
        except ConditionFailed:  # the same import by another request, or another one of this enterprise: look again
            done = _done(of)
            continue
        if is_last:
            return told
        done = after
    return _told(of, done)


def read(
    asked: Asked, import_id: str, limit: int, start: Start | None
) -> tuple[Import, list[ImportedRow], Start | None]:
    """What became of the rows of one of the asker's imports; Absent for anybody else's."""
    found = imports.get(import_id, asked.now)
    if found is None or (found.kind, found.owner) != (KIND, asked.actor.id):
        raise Absent
    page, following = imports.outcomes(import_id, limit, start)
    return found, [_row(one, asked.language) for one in page], following


def _begun(platform: Platform, asked: Asked, upload_id: str, data: bytes, count: int) -> Import:
    """The import of this very file, begun now or before."""
    fingerprint = platform.blind("sheet", "import", hashlib.sha256(data).hexdigest())
    new = Import(upload_id, KIND, asked.actor.id, fingerprint, {}, count, asked.actor.id, asked.now)
    found = imports.get(upload_id, asked.now)
    if found is None:
        with suppress(ConditionFailed):  # by another request, this moment: then it is there
            platform.commit([imports.create(new)], None, None)
        found = imports.get(upload_id, asked.now)
    if found is None or (found.kind, found.owner) != (KIND, asked.actor.id):
        raise Absent
    if found.fingerprint != fingerprint:
        raise SheetChanged
    return found


def _done(of: Import) -> dict[int, Became]:
    return {one.number: one.outcome for one in imports.all_outcomes(of.import_id)}


def _told(of: Import, done: Mapping[int, Became]) -> RosterImported:
    counts = Counter(done.values())
    left = of.rows - counts.total()
    return RosterImported(of.import_id, of.rows, counts["done"], counts["already"], counts["refused"], left)


def _outcomes(platform: Platform, of: Import, chunk: Sequence[SheetRow]) -> list[Outcome]:
    """What becomes of each row: refused, or of somebody who was invited before, or done."""
    today = local_date(of.asked_at)
    faults = {row.number: _faults(row, today) for row in chunk}
    indexes = {row.number: _index(platform, row) for row in chunk if not faults[row.number]}
    seen = set(rows.invitations(of.owner, set(indexes.values())))
    found = []
    for row in chunk:
        index = indexes.get(row.number)
        outcome: Became = "refused" if index is None else "already" if index in seen else "done"
        found.append(Outcome(row.number, outcome, NOBODY, faults[row.number]))
        seen |= set() if index is None else {index}
    return found


def _writes(
    platform: Platform, asked: Asked, of: Import, chunk: Sequence[SheetRow], outcomes: Sequence[Outcome]
) -> list[Write]:
    refused = {one.number for one in outcomes if one.outcome == "refused"}
    meant = [_label(row) for row in chunk if row.number not in refused]
    invited = roster.invitations(platform, asked, known(platform, of.owner), meant) if meant else []
    return [*invited, *imports.rows(of, outcomes)]


def _index(platform: Platform, row: SheetRow) -> str:
    return people.index(platform, _label(row))


def _invitee(row: SheetRow) -> Invitee:
    told = row.values
    phone = told.get("phone", "").replace(" ", "").replace("-", "")
    national = len(phone) == NATIONAL_DIGITS and phone.startswith("1")
    return Invitee(
        name=told["name"],
        phone=f"+86{phone}" if national else phone or None,
        id_type=told.get("id_type") or "10",
        id_number=told.get("id_number") or None,
        number=told.get("number", ""),
    )


def _label(row: SheetRow) -> Label:
    return people.label(_invitee(row))


def _faults(row: SheetRow, today: date) -> tuple[Fault, ...]:
    """At /<column> each."""
    unread = [replace(fault, pointer=f"/{fault.pointer.rpartition('/')[2]}") for fault in row.faults]
    found = [*unread, *people.faults(_invitee(row), today, "")]
    if len(row.values.get("number", "")) > NUMBER_CHARACTERS_MAX:
        found.append(Fault("/number", "enterprises.number"))
    return tuple(found)


def _row(one: Outcome, language: Language) -> ImportedRow:
    faults = [RowFault(fault.pointer[1:], fault.code, text(fault.code, language, fault.params)) for fault in one.faults]
    return ImportedRow(one.number, one.outcome, faults)
