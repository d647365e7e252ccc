"""The fever clinics of a district, as its operator loads them: one row beside the places of the table `places`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from pynamodb.attributes import UnicodeAttribute

from nanhai.store import model
from nanhai.store.attributes import PlainMapAttribute
from nanhai.store.model import Table, Write

CLINICS_MAX = 200  # about 60 KB of the 400 that an item holds
ROWS = "clinics"


class ClinicsRow(Table):
    """`as_of`: the date of the list; `source`: who answers for it."""

    class Meta:
        table_name = "places"

    shelf = UnicodeAttribute(hash_key=True)
    as_of = UnicodeAttribute()
    source = UnicodeAttribute()
    clinics = PlainMapAttribute[list[dict[str, Any]]]()


class Clinic(msgspec.Struct, frozen=True):
    """`division`: the community or town it stands in; `sample`: invented, for a local platform."""

    name: str
    division: str
    address: str
    phone: str
    hours: str
    sample: bool


class Clinics(msgspec.Struct, frozen=True):
    as_of: str
    source: str
    clinics: tuple[Clinic, ...]


def of(district: str) -> Clinics | None:
    """The list of a district; None when none was loaded."""
    found = model.get(ClinicsRow, _shelf(district))
    if found is None:
        return None
    return Clinics(found.as_of, found.source, tuple(Clinic(**row) for row in found.clinics[ROWS]))


def put(district: str, listed: Clinics) -> Write:
    """The whole list, in place of the one before."""
    rows = _rows(listed.clinics)
    return model.put("clinics", ClinicsRow(_shelf(district), as_of=listed.as_of, source=listed.source, clinics=rows))


def _rows(clinics: Sequence[Clinic]) -> dict[str, list[dict[str, Any]]]:
    if len(clinics) > CLINICS_MAX:
        raise ValueError(f"a district has {CLINICS_MAX} clinics at most")
    return {ROWS: [msgspec.structs.asdict(clinic) for clinic in clinics]}


def _shelf(district: str) -> str:
    return f"clinics#{district}"
