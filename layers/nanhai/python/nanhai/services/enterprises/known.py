"""The enterprise that asks: as it is stored, or from the register of legal persons at first need."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import OrganisationId, PersonId
from nanhai.services.platform import Platform
from nanhai.store import keys, organisations
from nanhai.store.organisations import Organisation
from nanhai.store.writes import Write
from nanhai.vault import sealing

TABLE = "organisations"
TRIES = 4  # against others of the same enterprise, and offices


@dataclass(frozen=True, slots=True)
class Known:
    """`key_writes`: what stores the key of an enterprise that is not stored yet, for the same transaction."""

    organisation: Organisation
    data_key: bytes = field(repr=False)
    key_writes: tuple[Write, ...] = ()

    def seal(self, what: msgspec.Struct, place: str) -> bytes:
        """Personal data that the enterprise or an office typed, under the enterprise's own key."""
        holder = self.organisation.organisation_id
        return sealing.seal(self.data_key, msgspec.json.encode(what), table=TABLE, holder=holder, field=place)

    def open_(self, sealed: bytes, place: str) -> bytes:
        return sealing.open_(self.data_key, sealed, table=TABLE, holder=self.organisation.organisation_id, field=place)


def stored(platform: Platform, organisation_id: str) -> Known | None:
    """The enterprise and its key, when it is known here."""
    found = organisations.get(organisation_id)
    if found is None:
        return None
    wrapped = keys.wrapped(_holder(organisation_id))
    if wrapped is None:
        raise Absent
    return Known(found, sealing.unwrap_key(platform.ring.kek, wrapped, organisation_id))


def known(platform: Platform, organisation_id: str) -> Known:
    """The same, or what the register says of it, not stored yet. Absent when the register has none any more."""
    found = stored(platform, organisation_id)
    if found is not None:
        return found
    told = platform.legal_register.find(organisation_id)
    if told is None:
        raise Absent
    new = Organisation(OrganisationId(organisation_id), told.name, told.community, told.above_designated_size)
    data_key = sealing.new_data_key()
    wrapped = sealing.wrap_key(platform.ring.kek, data_key, organisation_id)
    return Known(new, data_key, (keys.put_wrapped(_holder(organisation_id), wrapped),))


def _holder(organisation_id: str) -> PersonId:
    """A legal person's key lies beside those of natural persons."""
    return PersonId(organisation_id)
