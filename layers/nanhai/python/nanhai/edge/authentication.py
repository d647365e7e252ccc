"""Who asks: a bearer token says which session; for staff the server's own record says with what role and scope, and the
register of people which person they are."""

from __future__ import annotations

from nanhai.domain.actors import ANONYMOUS, NOBODY, Actor, Role
from nanhai.domain.errors import Refusal
from nanhai.domain.identifiers import Instant, PersonId, StaffId
from nanhai.services.platform import Platform
from nanhai.store import lookups, staff
from nanhai.store.staff import StaffRecord
from nanhai.vault import sessions

SCHEME = "bearer "
STAFF_KNOWN_S = 60  # so long may a dismissal or a narrower scope take to be felt
STAFF_KNOWN_MAX = 10_000
CITIZENS = frozenset({Role.CITIZEN, Role.ENTERPRISE})


class NotAToken(Refusal):
    """The Authorization header holds no bearer token."""

    code = "edge.not-a-token"
    kind = "unauthenticated"


class Dismissed(Refusal):
    """The session is of a staff member who is no longer on duty; `actor` is who tried."""

    code = "edge.dismissed"
    kind = "unauthenticated"

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self.actor = actor


def identify(authorization: str, here: Platform, now: Instant) -> Actor:
    """The actor behind an Authorization header, anonymous when it is empty.

    Raises NotAToken, Dismissed, or the vault's InvalidToken and ExpiredToken.
    """
    if not authorization:
        return ANONYMOUS
    if not authorization[: len(SCHEME)].lower() == SCHEME or len(authorization) > sessions.TOKEN_CHARACTERS_MAX:
        raise NotAToken
    claims = sessions.check(here.ring, authorization[len(SCHEME) :].strip(), now)
    role = Role(claims.role)
    if role in CITIZENS:
        return Actor(role, id=claims.subject, session=claims.session)
    return _on_duty(StaffId(claims.subject), role, claims.session, now)


def forget_staff() -> None:
    """Read every staff record anew."""
    _known.clear()


Known = tuple[StaffRecord, PersonId] | None  # the record, and which person that is
_known: dict[StaffId, tuple[Instant, Known]] = {}


def _on_duty(staff_id: StaffId, role: Role, session: str, now: Instant) -> Actor:
    record, person = _member(staff_id, now) or (None, NOBODY)
    if record is None or not record.active or Role(record.role) is not role:
        raise Dismissed(Actor(role, id=staff_id, session=session))
    return Actor(role, staff_id, record.scope, record.organisation, record.gate, session, person)


def _member(staff_id: StaffId, now: Instant) -> Known:
    known = _known.get(staff_id)
    if known is not None and 0 <= now - known[0] < STAFF_KNOWN_S:
        return known[1]
    record = staff.get(staff_id)
    found = None if record is None else (record, _person(record))
    if len(_known) >= STAFF_KNOWN_MAX:
        _known.clear()
    _known[staff_id] = (now, found)
    return found


def _person(record: StaffRecord) -> PersonId:
    """Nobody until they have registered; felt within STAFF_KNOWN_S after."""
    return (lookups.find(record.id_index, lookups.PERSON) or NOBODY) if record.id_index else NOBODY
