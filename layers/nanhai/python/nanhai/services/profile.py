"""The personal data of one person: sealed as one piece under the person's own data key."""

from __future__ import annotations

import msgspec


class Profile(msgspec.Struct, frozen=True, array_like=True):
    """Fields are only ever added at the end, so that older sealed profiles keep opening."""

    name: str
    id_type: str
    id_number: str
    phone: str  # empty for a dependant without one
    household_region: str
    permit: bool
    community: str
    address: str


def dump(profile: Profile) -> bytes:
    return msgspec.json.encode(profile)


def load(data: bytes) -> Profile:
    return msgspec.json.decode(data, type=Profile)
