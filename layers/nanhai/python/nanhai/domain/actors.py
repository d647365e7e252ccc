"""Who asks: a role, a scope that comes from the server's own record, and for a guard the gate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nanhai.domain.identifiers import GateId, OrganisationId, PersonId, Scope

NOWHERE = Scope("")
NO_ORGANISATION = OrganisationId("")
NOBODY = PersonId("")


class Role(StrEnum):
    ANONYMOUS = "anonymous"
    CITIZEN = "citizen"
    GUARD = "guard"
    COMMUNITY_OFFICER = "community-officer"
    TOWN_OFFICER = "town-officer"
    DISTRICT_COMMAND = "district-command"
    HEALTH_AUTHORITY = "health-authority"
    HOSPITAL = "hospital"
    ENTERPRISE = "enterprise"
    DEPARTMENT_FEED = "department-feed"
    SECURITY_ADMIN = "security-admin"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Actor:
    """`id`: a citizen's person id (empty until registered), an enterprise's USCC, a staff id, empty for anonymous.

    `person`: who a member of staff is as a holder of a pass, so that nobody acts on their own; empty when not known.
    """

    role: Role
    id: str = ""
    scope: Scope = NOWHERE  # a division prefix; empty sees nothing
    organisation: OrganisationId = NO_ORGANISATION
    gate: GateId | None = None
    session: str = ""
    person: PersonId = NOBODY


ANONYMOUS = Actor(Role.ANONYMOUS)
