"""The table `staff`: roles and scopes as the server knows them, never as a client says."""

from __future__ import annotations

from dataclasses import dataclass, field

from nanhai.domain.actors import Role
from nanhai.domain.identifiers import GateId, OrganisationId, Scope, StaffId
from nanhai.store.connection import client, table_name
from nanhai.store.wire import item, row
from nanhai.store.writes import Write, put, update

TABLE = "staff"


@dataclass(frozen=True, slots=True)
class StaffRecord:
    """`device`: a keyed index of the one that was bound at the first sign-in; empty until then."""

    staff_id: StaffId
    role: Role
    scope: Scope
    organisation: OrganisationId
    organisation_kind: str
    gate: GateId | None
    password_hash: str = field(repr=False)
    totp_sealed: bytes = field(repr=False)
    device: str
    active: bool


def get(staff_id: StaffId) -> StaffRecord | None:
    asked = {"TableName": table_name(TABLE), "Key": item(staff_id=staff_id), "ConsistentRead": True}
    found = client().get_item(**asked).get("Item")
    if found is None:
        return None
    stored = row(found)
    gate = stored.get("gate")
    return StaffRecord(
        StaffId(stored["staff_id"]),
        Role(stored["role"]),
        Scope(stored["scope"]),
        OrganisationId(stored["organisation"]),
        stored["organisation_kind"],
        None if gate is None else GateId(gate),
        stored["password_hash"],
        stored["totp_sealed"],
        stored["device"],
        stored["active"],
    )


def appoint(new: StaffRecord) -> Write:
    """A new member; its condition fails (label "staff") when the id is taken."""
    stored = item(
        staff_id=new.staff_id,
        role=new.role.value,
        scope=new.scope,
        organisation=new.organisation,
        organisation_kind=new.organisation_kind,
        gate=new.gate,
        password_hash=new.password_hash,
        totp_sealed=new.totp_sealed,
        device=new.device,
        active=new.active,
    )
    return put("staff", TABLE, stored, "attribute_not_exists(staff_id)")


def use_step(staff_id: StaffId, step: int, device: str) -> Write:
    """Uses up one step of the one-time code and binds the device; its condition fails (label "step") when that step or
    a later one was used, or when another device is bound."""
    condition = (
        "active = :yes AND (attribute_not_exists(last_step) OR last_step < :step) AND device IN (:none, :device)"
    )
    change = "SET last_step = :step, device = :device"
    return update(
        "step", TABLE, item(staff_id=staff_id), change, condition, step=step, device=device, none="", yes=True
    )


def dismiss(staff_id: StaffId) -> Write:
    """Off duty: felt everywhere within a minute."""
    change = "SET active = :no"
    return update("staff", TABLE, item(staff_id=staff_id), change, "attribute_exists(staff_id)", no=False)


def unbind(staff_id: StaffId) -> Write:
    """The next sign-in binds another device."""
    change = "SET device = :none"
    return update("staff", TABLE, item(staff_id=staff_id), change, "attribute_exists(staff_id)", none="")
