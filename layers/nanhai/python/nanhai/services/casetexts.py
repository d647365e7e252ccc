"""Free texts of cases: sealed under the person's data key, or where a case is about nobody under one of its own."""

from __future__ import annotations

from dataclasses import replace

from nanhai.domain.cases import Case
from nanhai.domain.errors import Absent
from nanhai.services.platform import Platform
from nanhai.store import keys
from nanhai.store.writes import Write
from nanhai.vault import sealing

TABLE = "cases"


def summarised(platform: Platform, case: Case, summary: str) -> tuple[Case, tuple[Write, ...]]:
    """A new case with its summary, and its data key where it needs one of its own. Absent for who was erased."""
    if case.person is None:
        data_key, holder = sealing.new_data_key(), _holder(case)
        kept: tuple[Write, ...] = (keys.keep_wrapped(holder, sealing.wrap_key(platform.ring.kek, data_key, holder)),)
    elif summary:
        data_key, kept = _data_key(platform, case), ()
    else:
        return case, ()
    return replace(case, summary=_sealed(data_key, case, "summary", summary)), kept


def note(platform: Platform, case: Case, text: str) -> bytes:
    """A note to the step after the last; empty for none."""
    return _sealed(_data_key(platform, case), case, _place(len(case.steps)), text) if text else b""


def opened(platform: Platform, case: Case) -> tuple[str, list[str]]:
    """The summary and the note of each step; empty where there is none, or the key was shredded."""
    if not case.summary and not any(step.note for step in case.steps):
        return "", [""] * len(case.steps)
    try:
        data_key = _data_key(platform, case)
    except Absent:
        return "", [""] * len(case.steps)
    notes = [_open(data_key, case, _place(number), step.note) for number, step in enumerate(case.steps)]
    return _open(data_key, case, "summary", case.summary), notes


def _data_key(platform: Platform, case: Case) -> bytes:
    holder = _holder(case)
    wrapped = keys.wrapped(holder)
    if wrapped is None:
        raise Absent
    return sealing.unwrap_key(platform.ring.kek, wrapped, holder)


def _holder(case: Case) -> str:
    return case.person or f"case#{case.case_id}"


def _place(number: int) -> str:
    return f"note#{number}"


def _sealed(data_key: bytes, case: Case, place: str, text: str) -> bytes:
    if not text:
        return b""
    field = f"{case.case_id}#{place}"
    return sealing.seal(data_key, text.encode(), table=TABLE, holder=_holder(case), field=field)


def _open(data_key: bytes, case: Case, place: str, sealed: bytes) -> str:
    if not sealed:
        return ""
    field = f"{case.case_id}#{place}"
    return sealing.open_(data_key, sealed, table=TABLE, holder=_holder(case), field=field).decode()
