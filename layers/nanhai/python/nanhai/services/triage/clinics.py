"""The fever clinics of a district: loaded by its operator, who answers for them. None ship."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError
from msgspec import Meta

from nanhai.domain.divisions import COMMUNITY_DIGITS, TOWN_DIGITS
from nanhai.policies.divisions import divisions
from nanhai.services.schemas import Request
from nanhai.services.triage.schemas import ClinicNear, Division, Near
from nanhai.store import clinics
from nanhai.store.clinics import CLINICS_MAX, Clinic, Clinics
from nanhai.store.writes import send

NEAR_MAX = 5
Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]


class ClinicTold(Request, frozen=True, kw_only=True):
    name: Line
    division: Division
    address: Line
    phone: Annotated[str, Meta(pattern=r"^[0-9]{3,4}-?[0-9]{3,8}(?!\n)$")]
    hours: Annotated[str, Meta(max_length=100)] = ""
    sample: bool = False


class ClinicsFile(Request, frozen=True):
    """What an operator hands over: the clinics of one district, as of a day, and who answers for the list."""

    district: Annotated[str, Meta(pattern=r"^[0-9]{6}(?!\n)$")]
    as_of: date
    source: Line
    clinics: Annotated[list[ClinicTold], Meta(max_length=CLINICS_MAX)]


class BadClinics(ValueError):
    """The file is no list of clinics of this district; the message says why."""


def load(district: str, file: bytes, *, local: bool) -> int:
    """Puts the list in place of the one before, and says how many it has. BadClinics for a clinic outside the
    district, and for a sample on any but a local stage."""
    told = _told(file)
    if told.district != district:
        raise BadClinics(f"this list is of district {told.district}, not of {district}")
    known = divisions(district)
    for clinic in told.clinics:
        if clinic.division not in known:
            raise BadClinics(f"{clinic.name}: the district has no division {clinic.division}")
        if clinic.sample and not local:
            raise BadClinics(f"{clinic.name} is a sample, which exists on a local stage only")
    listed = tuple(Clinic(**msgspec.structs.asdict(clinic)) for clinic in told.clinics)
    send([clinics.put(district, Clinics(told.as_of.isoformat(), told.source, listed))])
    return len(listed)


def near(district: str, division: str) -> list[ClinicNear]:
    """The nearest few of `division`, its own community first, then its town; none where none is known, and none while
    the table does not answer: nobody waits for a list before they are told to call 120."""
    try:
        known = clinics.of(district)
    except (ClientError, ConnectionError, HTTPClientError):
        return []
    found = [_near(clinic, division) for clinic in known.clinics] if known else []
    return sorted(found, key=lambda clinic: _FARTHER.index(clinic.near))[:NEAR_MAX]


_FARTHER: tuple[Near, ...] = ("community", "town", "district")


def _told(file: bytes) -> ClinicsFile:
    try:
        return msgspec.json.decode(file, type=ClinicsFile)
    except msgspec.MsgspecError as wrong:
        raise BadClinics(str(wrong)) from None


def _near(clinic: Clinic, division: str) -> ClinicNear:
    return ClinicNear(
        clinic.name, clinic.address, clinic.phone, clinic.hours, _how_near(clinic.division, division), clinic.sample
    )


def _how_near(there: str, here: str) -> Near:
    if len(here) == COMMUNITY_DIGITS and there == here:
        return "community"
    return "town" if here and there[:TOWN_DIGITS] == here[:TOWN_DIGITS] else "district"
