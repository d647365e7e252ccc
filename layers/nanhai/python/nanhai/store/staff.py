"""The table `staff`: roles and scopes as the server knows them, never as a client says."""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import IncludeProjection

from nanhai.domain.actors import Role
from nanhai.domain.identifiers import GateId, OrganisationId, Scope, StaffId
from nanhai.store import model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Start, Table, TableIndex, Write
from nanhai.store.silent import Silent

STAFF_PER_PAGE_MAX = 100


class OrganisationIndex(TableIndex["StaffRow"]):
    """Who serves where, without anything of their sign-in."""

    class Meta:
        index_name = "organisation"
        projection = IncludeProjection(["role", "active"])

    organisation = UnicodeAttribute(hash_key=True)
    staff_id = UnicodeAttribute(range_key=True)


class StaffRow(Table):
    """`last_step`: the newest step of the one-time code that was used."""

    class Meta:
        table_name = "staff"

    staff_id = UnicodeAttribute(hash_key=True)
    role = UnicodeAttribute()
    scope = UnicodeAttribute()
    organisation = UnicodeAttribute(null=True)  # absent where there is none: a key of an index is never empty
    organisation_kind = UnicodeAttribute()
    gate = UnicodeAttribute(null=True)
    password_hash = UnicodeAttribute()
    totp_sealed = BinaryAttribute(legacy_encoding=False)
    device = UnicodeAttribute()
    active = BooleanAttribute()
    last_step = WholeNumberAttribute(null=True)
    id_index = UnicodeAttribute(null=True)
    of_organisation = OrganisationIndex()


class PostRow(Table):
    """A member of staff as the index of organisations has them."""

    class Meta:
        table_name = "staff"

    staff_id = UnicodeAttribute(hash_key=True)
    organisation = UnicodeAttribute()
    role = UnicodeAttribute()
    active = BooleanAttribute()


class StaffRecord(Silent, frozen=True):
    """`device`: a keyed index of the one that was bound at the first sign-in; empty until then.

    `id_index`: the blind index of their ID number, under which `lookups` knows the person; empty when it was not told.
    """

    staff_id: StaffId
    role: Role
    scope: Scope
    organisation: OrganisationId
    organisation_kind: str
    gate: GateId | None
    password_hash: str
    totp_sealed: bytes
    device: str
    active: bool
    id_index: str = ""


def get(staff_id: StaffId) -> StaffRecord | None:
    found = model.get(StaffRow, staff_id)
    return None if found is None else _record(found)


def page(limit: int, start: Start | None = None) -> tuple[list[StaffRecord], Start | None]:
    """Some of the staff, in no order, and where the next page begins."""
    anybody = StaffRow.active.is_in(True, False)
    found, end = model.scan(StaffRow, anybody, min(limit, STAFF_PER_PAGE_MAX), segment=0, segments=1, start=start)
    return [_record(row) for row in found], end


def serves(role: Role, organisation: str) -> bool:
    """Whether somebody on duty of this role is among the first STAFF_PER_PAGE_MAX of `organisation`."""
    theirs = StaffRow.organisation == organisation
    found, _ = model.query(PostRow, theirs, STAFF_PER_PAGE_MAX, index=StaffRow.of_organisation)
    return any(post.active and post.role == role.value for post in found)


def appoint(new: StaffRecord) -> Write:
    """A new member; its condition fails (label "staff") when the id is taken."""
    stored = StaffRow(
        new.staff_id,
        role=new.role.value,
        scope=new.scope,
        organisation=new.organisation or None,
        organisation_kind=new.organisation_kind,
        gate=new.gate,
        password_hash=new.password_hash,
        totp_sealed=new.totp_sealed,
        device=new.device,
        active=new.active,
        id_index=new.id_index or None,
    )
    return model.put("staff", stored, StaffRow.staff_id.does_not_exist())


def use_step(staff_id: StaffId, step: int, device: str) -> Write:
    """Uses up one step of the one-time code and binds the device; its condition fails (label "step") when that step or
    a later one was used, or when another device is bound."""
    on_duty = StaffRow.active.is_in(True)
    unused = StaffRow.last_step.does_not_exist() | (StaffRow.last_step < step)
    theirs = StaffRow.device.is_in("", device)
    changes = [StaffRow.last_step.set(step), StaffRow.device.set(device)]
    return model.update("step", StaffRow(staff_id), changes, on_duty & unused & theirs)


def dismiss(staff_id: StaffId) -> Write:
    """Off duty: felt everywhere within a minute."""
    return model.update("staff", StaffRow(staff_id), [StaffRow.active.set(False)], StaffRow.staff_id.exists())


def unbind(staff_id: StaffId) -> Write:
    """The next sign-in binds another device."""
    return model.update("staff", StaffRow(staff_id), [StaffRow.device.set("")], StaffRow.staff_id.exists())


def _record(found: StaffRow) -> StaffRecord:
    return StaffRecord(
        StaffId(found.staff_id),
        Role(found.role),
        Scope(found.scope),
        OrganisationId(found.organisation or ""),
        found.organisation_kind,
        None if found.gate is None else GateId(found.gate),
        found.password_hash,
        found.totp_sealed,
        found.device,
        found.active,
        found.id_index or "",
    )
