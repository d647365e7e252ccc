"""A sheet is taken row by row. What one request does not finish, a continuation goes on with.

A file is imported once: the import has the id of its upload, and the same file with the same answers for all rows goes
on where it stands, whatever ended it. Each row is a transaction of its own that holds the row's outcome, so it does not
matter where a run is killed, or whether two run at once.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from nanhai.domain import arrivals
from nanhai.domain.errors import Absent, Fault, Invalid, Refusal
from nanhai.policies.divisions import divisions
from nanhai.services import trail, uploads
from nanhai.services.arrivals import rows, taking
from nanhai.services.arrivals.schemas import ROWS_PER_REQUEST_MAX, ImportArrivals, ImportTold
from nanhai.services.asked import Asked
from nanhai.services.platform import Platform
from nanhai.services.schemas import instant
from nanhai.services.sheets import SheetRow
from nanhai.services.uploads import Purpose
from nanhai.store import imports
from nanhai.store.imports import Import
from nanhai.store.writes import ConditionFailed, commit

RUN_S_MAX = 12.0  # no row begins later: one may wait 3 s for the register and 12 s for a silent database


class ImportDiffers(Refusal):
    """This file was begun to be imported with other words, or it has been uploaded anew since."""

    code = "arrivals.import-differs"
    kind = "conflict"


def begin(platform: Platform, asked: Asked, body: ImportArrivals) -> ImportTold:
    """Takes as many rows as fit. Raises Invalid, ImportDiffers, and what `uploads.taken` and `rows.read` raise."""
    if faults := list(_faults(platform, asked, body)):
        raise Invalid(*faults)
    data = uploads.taken(platform, Purpose.SHEET, body.upload_id)
    found = rows.read(data, body.kind)
    if not found:
        raise Invalid(Fault("/upload_id", "arrivals.no-rows"))
    trail.note(asked, body.upload_id)
    return _run(platform, asked, _begun(platform, asked, body, data, len(found)), found, ROWS_PER_REQUEST_MAX)


def go_on(platform: Platform, asked: Asked, import_id: str, rows_max: int) -> ImportTold:
    """Takes as many more as fit, `rows_max` at most, none when none is left. Absent out of scope, ImportDiffers for
    another file than it was."""
    of = in_scope(asked, import_id)
    data = uploads.taken(platform, Purpose.SHEET, import_id)
    if _fingerprint(platform, of.owner, of.told, data) != of.fingerprint:
        raise ImportDiffers
    trail.note(asked, import_id)
    return _run(platform, asked, of, rows.read(data, of.kind), rows_max)


def in_scope(asked: Asked, import_id: str) -> Import:
    found = imports.get(import_id, asked.now)
    if found is None:
        raise Absent
    asked.require_scope(found.owner)
    return found


def _faults(platform: Platform, asked: Asked, body: ImportArrivals) -> Iterator[Fault]:
    yield from arrivals.number_faults("/number", body.number.strip())
    if body.region is not None:
        yield from arrivals.region_faults("/from", body.region)
    if body.at is not None:
        yield from arrivals.time_faults("/at", instant(body.at), asked.now)
    if body.community is None:
        if body.kind == "household":
            yield Fault("/community", "arrivals.household-community")
    elif not asked.sees(body.community) or divisions(platform.settings.district).community(body.community) is None:
        yield Fault("/community", "arrivals.out-of-scope")


def _begun(platform: Platform, asked: Asked, body: ImportArrivals, data: bytes, count: int) -> Import:
    """The import as it stands, whoever began it with the same words for the same scope."""
    told = _told(body)
    owner = str(asked.actor.scope)
    fingerprint = _fingerprint(platform, owner, told, data)
    new = Import(body.upload_id, body.kind, owner, fingerprint, told, count, asked.actor.id, asked.now)
    try:
        commit([imports.create(new)])
    except ConditionFailed:  # begun before; perhaps by this very request, whose answer was lost
        found = imports.get(new.import_id, asked.now)
        if found is None or found.fingerprint != fingerprint:
            raise ImportDiffers from None
        return found
    return new


def _told(body: ImportArrivals) -> dict[str, str]:
    return {
        "kind": body.kind,
        "by": body.by,
        "number": body.number.strip(),
        "from": body.region or "",
        "at": "" if body.at is None else str(instant(body.at)),
        "community": body.community or "",
    }


def _fingerprint(platform: Platform, owner: str, told: dict[str, str], data: bytes) -> str:
    whole = msgspec.json.encode([owner, sorted(told.items()), hashlib.sha256(data).hexdigest()])
    return platform.blind("sheet", "import", whole.decode())


def _run(platform: Platform, asked: Asked, of: Import, found: Sequence[SheetRow], rows_max: int) -> ImportTold:
    taken = {outcome.number for outcome in imports.all_outcomes(of.import_id)}
    waiting = [row for row in found if row.number not in taken][:rows_max]
    until = time.monotonic() + RUN_S_MAX
    went = 0
    for row in waiting:
        if time.monotonic() > until:
            break
        taking.take(platform, asked, of, row)
        went += 1
    ran = imports.ran(of, platform.new_ulid(asked.now), asked.actor.id, asked.now, went)
    return platform.commit([ran], asked.once, ImportTold(of.import_id, *counts(of)))


def counts(of: Import) -> tuple[int, int, int, int, int]:
    """Rows in all, done, already known, refused, left."""
    became = Counter(outcome.outcome for outcome in imports.all_outcomes(of.import_id))
    return of.rows, became["done"], became["already"], became["refused"], of.rows - became.total()
