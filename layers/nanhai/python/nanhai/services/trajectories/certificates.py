"""Certificates of lookups: issued with an answer, believed by their signature alone. Nothing of them is stored."""

from __future__ import annotations

from collections.abc import Sequence

from nanhai.domain import certificates, masking
from nanhai.domain.certificates import Certificate, Refused
from nanhai.domain.cities import CityDay
from nanhai.domain.days import date_of
from nanhai.domain.errors import Refusal, Unavailable
from nanhai.domain.identifiers import Instant
from nanhai.policies.cities import city_name
from nanhai.services.checkpoints.trusted import trust_of
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.services.trajectories.certificate_schemas import CertificateChecked, CertifiedDays, City, DayInCities
from nanhai.texts import Language, text
from nanhai.vault.ring import NoSigningKey


class NothingToSign(Unavailable):
    """No key signs certificates of that day: it was removed, or rotation has not run for weeks."""

    code = "trajectories.no-signing-key"


class NoCertificate(Refusal):
    """The text is no certificate that is to be believed now; `reason` says why not."""

    code = "trajectories.no-certificate"


def issued(platform: Platform, phone: str, told: Sequence[CityDay], now: Instant) -> tuple[Certificate, str]:
    """What is certified of `phone` and its signed text; NothingToSign when nobody can sign it."""
    try:
        key = platform.ring.gate_key(now)
    except NoSigningKey:
        raise NothingToSign(retry_after_s=60) from None
    cities = certificates.certified(told, now)
    certificate = Certificate(key.kid, platform.settings.audience, now, masking.phone(phone), cities)
    return certificate, certificates.make(certificate, key.sign)


def believed(platform: Platform, signed: str, language: Language, now: Instant) -> Certificate:
    """The certificate that was signed; NoCertificate unless it is to be believed now."""
    found = certificates.check(signed, trust_of(platform, now), now)
    if isinstance(found, Refused):
        raise NoCertificate(reason=text(found.value, language))
    return found


def check(platform: Platform, shown: str, language: Language, now: Instant) -> CertificateChecked:
    """What is to be made of any text that somebody shows as a certificate."""
    found = certificates.check(shown, trust_of(platform, now), now)
    if isinstance(found, Refused):
        return CertificateChecked(False, found.value, text(found.value, language), None, moment(now))
    return CertificateChecked(True, None, None, contents(found, language), moment(now))


def contents(certificate: Certificate, language: Language) -> CertifiedDays:
    """What a certificate says, in words."""
    issued_at, until = moment(certificate.issued_at), moment(certificate.until)
    return CertifiedDays(certificate.phone, issued_at, until, days(certificate, language))


def days(certificate: Certificate, language: Language) -> list[DayInCities]:
    """Every day of a certificate with its cities by name, the oldest first."""
    return [
        DayInCities(date_of(day), [City(code, city_name(code, language)) for code in cities])
        for day, cities in enumerate(certificate.cities, certificate.first_day)
    ]
