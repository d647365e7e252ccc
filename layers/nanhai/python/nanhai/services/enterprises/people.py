"""Who an enterprise means: as it was typed, sealed, and under a blind index that only the person meant can find too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from nanhai.domain import masking, resident_id
from nanhai.domain.errors import Fault
from nanhai.services.enterprises.known import Known
from nanhai.services.enterprises.staff_schemas import Invitee
from nanhai.services.identity.codes import MOBILE
from nanhai.services.identity.proof import NAME, clean_name, clean_number
from nanhai.services.platform import Platform
from nanhai.services.profile import Profile


class Label(msgspec.Struct, frozen=True, array_like=True):
    """What the enterprise calls somebody. Fields are only ever added at the end, so that older ones keep opening."""

    name: str
    phone: str
    id_type: str
    id_number: str
    number: str

    @property
    def name_masked(self) -> str:
        return masking.name(self.name)

    @property
    def phone_masked(self) -> str:
        return masking.phone(self.phone)


def label(told: Invitee) -> Label:
    phone, id_number = told.phone or "", clean_number(told.id_number or "")
    return Label(clean_name(told.name), phone, told.id_type if id_number else "", id_number, told.number.strip())


def faults(told: Invitee, today: date, at: str) -> Iterator[Fault]:
    """Everything wrong with one invitee, at pointers below `at`."""
    if not NAME.fullmatch(clean_name(told.name)):
        yield Fault(f"{at}/name", "identity.name")
    if bool(told.phone) is bool(told.id_number):
        yield Fault(f"{at}/phone", "enterprises.phone-or-id")
    elif told.phone and not MOBILE.fullmatch(told.phone):
        yield Fault(f"{at}/phone", "identity.phone")
    elif told.id_number:
        yield from resident_id.check(told.id_type, clean_number(told.id_number), today, at)


def index(platform: Platform, meant: Label) -> str:
    """A phone alone means nobody, for numbers change hands: it is looked up with the name."""
    if meant.id_number:
        return _by_id(platform, meant.id_type, meant.id_number)
    return _by_phone(platform, meant.phone, meant.name)


def indexes_of(platform: Platform, profile: Profile) -> list[str]:
    """Under what somebody may be invited."""
    by_id = _by_id(platform, profile.id_type, profile.id_number)
    return [by_id, _by_phone(platform, profile.phone, profile.name)] if profile.phone else [by_id]


def seal(known: Known, index_: str, meant: Label) -> bytes:
    return known.seal(meant, _place(index_))


def open_(known: Known, index_: str, sealed: bytes) -> Label:
    return msgspec.json.decode(known.open_(sealed, _place(index_)), type=Label)


def _by_id(platform: Platform, id_type: str, id_number: str) -> str:
    return platform.blind("id-number", "invitation", f"{id_type}:{id_number}")


def _by_phone(platform: Platform, phone: str, name: str) -> str:
    return platform.blind("phone-and-name", "invitation", f"{phone} {name}")


def _place(index_: str) -> str:
    return f"invitation#{index_}"
