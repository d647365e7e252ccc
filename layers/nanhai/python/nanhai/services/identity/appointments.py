"""Who is on the staff: an operator appoints and dismisses; one human being has one account, and no second hand."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from nanhai.domain import divisions as tiers
from nanhai.domain import resident_id
from nanhai.domain.actors import Role
from nanhai.domain.days import local_date
from nanhai.domain.errors import Absent, Fault, Invalid, Refusal
from nanhai.domain.identifiers import GateId, OrganisationId, PersonId, Scope, StaffId
from nanhai.policies.divisions import divisions
from nanhai.services.identity import passwords, persons, proof, totp
from nanhai.services.platform import Platform
from nanhai.store import gates, lookups, staff
from nanhai.store.staff import StaffRecord
from nanhai.store.writes import ConditionFailed, Write, send

NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")  # of a member of staff, and of an organisation
PASSWORD_BYTES = 12
STAFF = "staff"
COMMUNITY, TOWN, DISTRICT = tiers.COMMUNITY_DIGITS, tiers.TOWN_DIGITS, tiers.DISTRICT_DIGITS
# A wider scope than its tier would see nothing at all; a narrower one is a smaller office.
SCOPE_DIGITS_MIN: Mapping[Role, int] = {
    Role.GUARD: COMMUNITY,
    Role.COMMUNITY_OFFICER: COMMUNITY,
    Role.TOWN_OFFICER: TOWN,
    Role.DISTRICT_COMMAND: DISTRICT,
    Role.HEALTH_AUTHORITY: DISTRICT,
    Role.HOSPITAL: DISTRICT,
    Role.DEPARTMENT_FEED: DISTRICT,
    Role.SECURITY_ADMIN: DISTRICT,
    Role.AUDITOR: DISTRICT,
}


class OnTheStaff(Refusal):
    """This id is taken, or its human being is on the staff under another one."""

    code = "identity.on-the-staff"
    kind = "conflict"


@dataclass(frozen=True, slots=True)
class Appointment:
    """As an operator tells it. `id_number`: empty for who has no pass here and never will."""

    staff_id: str
    role: Role
    scope: str
    organisation: str
    organisation_kind: str
    gate: str = ""
    id_type: str = resident_id.RESIDENT
    id_number: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Told once: the platform keeps a hash of the one and a seal over the other."""

    password: str
    totp_secret: str


def fresh(entropy: Callable[[int], bytes] = secrets.token_bytes) -> Credentials:
    return Credentials(secrets.token_urlsafe(PASSWORD_BYTES), totp.new_secret(entropy))


def appoint(platform: Platform, new: Appointment, credentials: Credentials) -> StaffRecord:
    """The new member, who can sign in at once. Raises Invalid with every fault, OnTheStaff."""
    new = replace(new, id_number=proof.clean_number(new.id_number))
    if faults := list(_faults(platform, new)):
        raise Invalid(*faults)
    record = _record(platform, new, credentials)
    try:
        send([staff.appoint(record), *_claim(record)])
    except ConditionFailed:
        raise OnTheStaff from None
    return record


def dismiss(staff_id: StaffId) -> None:
    """Off duty for good: felt everywhere within a minute. Absent for nobody."""
    record = _known(staff_id)
    if record.active:
        send([staff.dismiss(staff_id), *_released(record)])


def unbind(staff_id: StaffId) -> None:
    """The next sign-in binds another device, and sessions on the old one are not refreshed. Absent for nobody."""
    _known(staff_id)
    send([staff.unbind(staff_id)])


def listed() -> Iterator[StaffRecord]:
    """Everybody who was ever appointed, in no order."""
    page, start = staff.page(staff.STAFF_PER_PAGE_MAX)
    yield from page
    while start is not None:
        page, start = staff.page(staff.STAFF_PER_PAGE_MAX, start)
        yield from page


def _known(staff_id: StaffId) -> StaffRecord:
    record = staff.get(staff_id)
    if record is None:
        raise Absent
    return record


def _claim(record: StaffRecord) -> list[Write]:
    return [lookups.claim(_hand(record), record.staff_id, STAFF)] if record.id_index else []


def _released(record: StaffRecord) -> list[Write]:
    """What they claimed, if they did: who was appointed before there were claims holds none."""
    holder = lookups.find(_hand(record), STAFF) if record.id_index else None
    return [lookups.release(_hand(record), holder)] if holder == PersonId(record.staff_id) else []


def _hand(record: StaffRecord) -> str:
    return f"{STAFF}#{record.id_index}"


def _record(platform: Platform, new: Appointment, credentials: Credentials) -> StaffRecord:
    staff_id = StaffId(new.staff_id)
    return StaffRecord(
        staff_id=staff_id,
        role=new.role,
        scope=Scope(new.scope),
        organisation=OrganisationId(new.organisation),
        organisation_kind=new.organisation_kind,
        gate=GateId(new.gate) if new.gate else None,
        password_hash=passwords.hashed(credentials.password),
        totp_sealed=totp.sealed(platform, staff_id, credentials.totp_secret),
        device="",
        active=True,
        id_index=persons.id_index(platform, new.id_type, new.id_number) if new.id_number else "",
    )


def _faults(platform: Platform, new: Appointment) -> Iterator[Fault]:
    for at, name in (("/staff_id", new.staff_id), ("/organisation", new.organisation)):
        if not NAME.fullmatch(name):
            yield Fault(at, "identity.staff-name")
    digits_min = SCOPE_DIGITS_MIN.get(new.role)
    if digits_min is None:
        yield Fault("/role", "identity.staff-role")
    elif len(new.scope) < digits_min or not _is_division(platform.settings.district, new.scope):
        yield Fault("/scope", "identity.staff-scope")
    yield from _gate_faults(new)
    if new.id_number:
        yield from resident_id.check(new.id_type, new.id_number, local_date(platform.now()))


def _is_division(district: str, scope: str) -> bool:
    return scope == district or scope in divisions(district)


def _gate_faults(new: Appointment) -> Iterator[Fault]:
    if new.role is not Role.GUARD:
        if new.gate:
            yield Fault("/gate", "identity.staff-no-gate")
        return
    gate = gates.get(GateId(new.gate)) if new.gate else None
    if gate is None or not gate.community.startswith(new.scope):
        yield Fault("/gate", "identity.staff-gate")
