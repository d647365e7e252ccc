"""What a certificate of a lookup says, and what is asked about one: apart, so that gates load nothing else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta

from nanhai.services.schemas import Answer, Request

# Whatever a scanner reads is looked at; only what no QR code of any size could hold is not.
Scanned = Annotated[str, Meta(max_length=4_296)]


class City(Answer, frozen=True):
    """`code`: the first four digits of its division code (GB/T 2260)."""

    code: str
    name: str


class DayInCities(Answer, frozen=True):
    """By code; no city: of that day nothing is known that counts."""

    day: date
    cities: list[City]


class CertifiedDays(Answer, frozen=True):
    """What a certificate says. `days`: every one of the fourteen before it was issued, the oldest first."""

    phone_masked: str
    issued_at: datetime
    valid_until: datetime
    days: list[DayInCities]


class CheckCertificate(Request, frozen=True):
    certificate: Scanned


class CertificateChecked(Answer, frozen=True):
    """`code` and `reason`: why it is not to be believed, in the reader's language; `contents`: of a valid one only."""

    valid: bool
    code: str | None
    reason: str | None
    contents: CertifiedDays | None
    server_time: datetime
