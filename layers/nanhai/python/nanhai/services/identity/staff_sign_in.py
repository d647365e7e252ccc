"""Staff sign in by password and one-time code, on the one device that their first sign-in bound."""

from __future__ import annotations

from nanhai.domain.days import HOUR_S
from nanhai.domain.errors import Forbidden, Refusal
from nanhai.domain.identifiers import Instant, StaffId
from nanhai.services.identity import passwords, sessions, tokens, totp
from nanhai.services.identity.limits import Limit, network, spend
from nanhai.services.identity.schemas import OpenStaffSession, StaffSessionOpened
from nanhai.services.platform import Platform
from nanhai.services.trail import ASKED
from nanhai.store import audit, staff
from nanhai.store import sessions as rows
from nanhai.store.audit import AuditEntry
from nanhai.store.staff import StaffRecord
from nanhai.store.writes import ConditionFailed

PER_MEMBER = Limit("staff-member", 20, HOUR_S)  # at one address, so that no stranger locks a member out
PER_ADDRESS = Limit("staff-address", 600, HOUR_S)  # an office shows one address to the world
OPERATION = "staff.session.open"


class BadCredentials(Refusal):
    """Nobody of this number, off duty, a wrong password, a wrong or used one-time code: which of them is not told."""

    code = "identity.credentials"
    kind = "unauthenticated"


class OtherDevice(Forbidden):
    """All is right but the device: the account is bound to another one. Told to nobody without the credentials."""

    code = "identity.other-device"


def by_password(
    platform: Platform, asked: OpenStaffSession, *, address: str, correlation_id: str, now: Instant
) -> StaffSessionOpened:
    """Uses up the one-time code and opens a session; raises BadCredentials, OtherDevice or TooMany."""
    spend(platform, PER_ADDRESS, network(address), now)
    spend(platform, PER_MEMBER, f"{asked.staff_id} {network(address)}", now)
    record, step = _authenticated(platform, asked, now)
    session, refresh_token = sessions.new(platform, sessions.STAFF, record.staff_id, record.role, asked.device, now)
    if record.device not in {"", session.device}:
        _note(record, OtherDevice.code, correlation_id, now)
        raise OtherDevice
    _note(record, ASKED, correlation_id, now)
    access_token = tokens.access(platform, session, record.staff_id, now)
    opened = StaffSessionOpened(
        access_token, refresh_token, tokens.ACCESS_S, record.role.value, record.scope, record.gate
    )
    used = staff.use_step(record.staff_id, step, session.device)
    try:
        return platform.commit([used, rows.open_session(session)], None, opened)
    except ConditionFailed:
        raise BadCredentials from None


def _authenticated(platform: Platform, asked: OpenStaffSession, now: Instant) -> tuple[StaffRecord, int]:
    """Who it is and the step of the one-time code; the same work whatever is wrong."""
    record = staff.get(StaffId(asked.staff_id))
    if record is None:
        secret, stored = totp.new_secret(platform.entropy), None
    else:
        secret, stored = totp.opened(platform, record.staff_id, record.totp_sealed), record.password_hash
    step = totp.step(secret, asked.totp, now)
    if not passwords.matches(stored, asked.password) or step is None or record is None or not record.active:
        raise BadCredentials
    return record, step


def _note(record: StaffRecord, outcome: str, correlation_id: str, now: Instant) -> None:
    entry = AuditEntry(
        actor=record.staff_id,
        role=record.role.value,
        operation=OPERATION,
        subject=record.staff_id,
        outcome=outcome,
        correlation_id=correlation_id,
    )
    audit.append([entry], now)
