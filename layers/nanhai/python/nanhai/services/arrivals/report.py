"""What became of each row of a sheet: its number, its outcome and what was wrong with it, nothing of what it said."""

from __future__ import annotations

from nanhai.domain.errors import Fault
from nanhai.services.arrivals import importing
from nanhai.services.arrivals.schemas import ImportRead, RowError, RowTold
from nanhai.services.asked import Asked
from nanhai.services.schemas import moment
from nanhai.store import imports
from nanhai.store.imports import Outcome
from nanhai.store.model import Start
from nanhai.texts import Language, text


def read(asked: Asked, import_id: str, limit: int, start: Start | None) -> tuple[ImportRead, Start | None]:
    """The counts, a page of outcomes, and where the next one begins; Absent out of scope."""
    of = importing.in_scope(asked, import_id)
    found, following = imports.outcomes(import_id, limit, start)
    told = [_told(outcome, asked.language) for outcome in found]
    head = (of.import_id, of.kind, moment(of.asked_at), *importing.counts(of))
    return ImportRead(*head, told, None), following


def _told(outcome: Outcome, language: Language) -> RowTold:
    errors = [_error(fault, language) for fault in outcome.faults]
    return RowTold(outcome.number, outcome.outcome, outcome.person_id or None, errors)


def _error(fault: Fault, language: Language) -> RowError:
    """A fault's pointer is `/rows/<number>/<column>`."""
    return RowError(fault.pointer.rpartition("/")[2], fault.code, text(fault.code, language, fault.params))
