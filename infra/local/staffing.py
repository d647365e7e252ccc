"""The staff and the gates of a synthetic district, and people who are not registered yet."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from nanhai.domain.actors import Role
from nanhai.domain.divisions import Community
from nanhai.domain.identifiers import GateId, StaffId
from nanhai.domain.resident_id import RESIDENT
from nanhai.services.identity import appointments, totp
from nanhai.services.identity.appointments import Appointment, Credentials, OnTheStaff
from nanhai.services.platform import Platform
from nanhai.store import gates, staff
from nanhai.store.gates import Gate
from nanhai.store.writes import ConditionFailed, send

from infra.local import cast, register, synthetic
from infra.local.cast import Cast
from infra.local.folder import Folder
from infra.local.register import Row

HEALTH_OFFICE = "health-authority"
GATES_EACH = 2
FREE_SERIAL = 999  # of every birth date: synthetic.SERIALS leaves it to these
HOME_REGION = "440605"
IDENTITIES = (
    (34, "+8619800000001"),
    (7, ""),
    (78, ""),
    (41, "+8619800000002"),
    (29, "+8619800000003"),
    (52, "+8613800009001"),
    (38, "+8613800009002"),
)  # age and phone
STAFF_BORN = date(1979, 3, 1)  # the first of them; one a day


@dataclass(frozen=True, slots=True)
class Post:
    """What a member of staff may do and where."""

    role: Role
    scope: str
    organisation: str
    kind: str
    gate: str = ""


def ensure(here: Platform, folder: Folder, places: Sequence[Community]) -> int:
    """Hires whoever is missing and opens the gates; returns how many the staff are.

    Passwords are written down before they are used, so that an interruption leaves nobody whose password is lost.
    """
    first, second = places[0], places[len(places) // 2]
    if not folder.credentials.exists():
        cast.keep(folder, _cast(here, first, second))
    known = cast.read(folder)
    _open_gates(here, [first, second])
    members = [(Role(role), member) for role, rows in known["staff"].items() for member in rows]
    people = [*known["identities"], *(member for _, member in members if "id_number" in member)]
    register.add(folder.register, {f"{RESIDENT}:{row['id_number']}": _row(row) for row in people})
    for role, member in members:
        _hire(here, role, member)
    return len(members)


def _cast(here: Platform, first: Community, second: Community) -> Cast:
    members: dict[str, list[Any]] = {}
    for number, post in enumerate(_posts(here.settings.district, first, second)):
        role = post.role.value
        members.setdefault(role, []).append(_member(post, f"{role}-{len(members.get(role, ())) + 1}", number))
    return {"community": first.code, "staff": members, "people": [], "identities": list(_identities(here))}


def _posts(district: str, first: Community, second: Community) -> Iterator[Post]:
    for community in (first, second):
        office = f"community-{community.code}"
        for index in range(GATES_EACH):
            yield Post(Role.GUARD, community.code, office, "community", gate_id(community, index))
        yield Post(Role.COMMUNITY_OFFICER, community.code, office, "community")
    yield Post(Role.TOWN_OFFICER, first.town, f"town-{first.town}", "town")
    yield Post(Role.DISTRICT_COMMAND, district, "district-command", "command")
    yield Post(Role.HEALTH_AUTHORITY, district, HEALTH_OFFICE, HEALTH_OFFICE)
    yield Post(Role.HEALTH_AUTHORITY, district, HEALTH_OFFICE, HEALTH_OFFICE)
    yield Post(Role.HOSPITAL, district, "hospital-1", "hospital")
    yield Post(Role.DEPARTMENT_FEED, district, "china-mobile", "operator")
    yield Post(Role.SECURITY_ADMIN, district, "security-office", "security")
    yield Post(Role.AUDITOR, district, "audit-office", "audit")


def gate_id(community: Community, index: int) -> str:
    return f"G{community.code[6:]}-{index + 1}"


def _member(post: Post, staff_id: str, number: int) -> dict[str, str]:
    """With a name and an ID number of their own: whoever registers as a holder acts on everybody's pass but theirs."""
    return {
        "staff_id": staff_id,
        "password": secrets.token_urlsafe(12),
        "totp_secret": totp.new_secret(secrets.token_bytes),
        "scope": post.scope,
        "organisation": post.organisation,
        "organisation_kind": post.kind,
        "gate": post.gate,
        "name": synthetic.name(random.Random(number)),  # noqa: S311 - invented people, no secrets
        "id_number": synthetic.id_number(HOME_REGION, STAFF_BORN + timedelta(days=number), FREE_SERIAL),
    }


def _identities(here: Platform) -> Iterator[dict[str, str]]:
    """A worker, a child without a phone, an elderly parent without one, two neighbours, and two whose phones
    `nanhai simulate` sends to Wuhan and Huanggang: none of them registered."""
    today = datetime.fromtimestamp(here.now(), UTC).date()
    for age, phone in IDENTITIES:
        born = date(today.year - age, 1, 1)
        number = synthetic.id_number(HOME_REGION, born, FREE_SERIAL)
        draw = random.Random(age)  # noqa: S311 - invented people, no secrets
        yield {
            "name": synthetic.name(draw),
            "id_type": RESIDENT,
            "id_number": number,
            "phone": phone,
            "age": str(age),
            "address": synthetic.address(draw),
        }


def _row(identity: dict[str, str]) -> Row:
    return Row(name=identity["name"], household_region=HOME_REGION, permit=False)


def _open_gates(here: Platform, places: Sequence[Community]) -> None:
    for community in places:
        for index in range(GATES_EACH):
            name = f"{community.name} {synthetic.gate_name(index)}"
            gate = Gate(GateId(gate_id(community, index)), name, community.code, shows_name=True, made_at=here.now())
            with suppress(ConditionFailed):  # it is open already
                send([gates.create(gate)])


def _hire(here: Platform, role: Role, member: dict[str, str]) -> None:
    staff_id = StaffId(member["staff_id"])
    if staff.get(staff_id) is not None:
        return
    new = Appointment(
        staff_id,
        role,
        member["scope"],
        member["organisation"],
        member["organisation_kind"],
        member["gate"],
        id_number=member.get("id_number", ""),  # a cast that was written down earlier has none
    )
    with suppress(OnTheStaff):  # somebody else seeds at the same time, with the same written-down password
        appointments.appoint(here, new, Credentials(member["password"], member["totp_secret"]))
