"""A new access token for a refresh token, which is used up by it: one that comes twice was stolen, or its answer lost.

Either way the session is closed. Somebody who copied a token keeps nothing, and whose answer was lost signs in again.
"""

from __future__ import annotations

import hmac

from nanhai.domain.identifiers import Instant, StaffId
from nanhai.services.identity import sessions, tokens
from nanhai.services.identity.schemas import RefreshSession, SessionRefreshed
from nanhai.services.identity.sessions import SessionEnded
from nanhai.services.platform import Platform
from nanhai.store import sessions as rows
from nanhai.store import staff
from nanhai.store.sessions import Session
from nanhai.store.writes import ConditionFailed


def rotate(platform: Platform, asked: RefreshSession, now: Instant) -> SessionRefreshed:
    """Fresh tokens of the same session; SessionEnded for every other token, device or moment."""
    session_id = tokens.session_of(asked.refresh_token)
    if session_id is None:
        raise SessionEnded
    session = sessions.current(session_id, now)
    if not (_is_good(platform, session, asked) and _may_go_on(session)):
        raise _closed(session)
    refresh_token = tokens.new_refresh(platform.entropy, session_id)
    rotated = rows.rotate(session_id, session.refresh, tokens.refresh_index(platform, refresh_token))
    access_token = tokens.access(platform, session, session.subject, now)
    try:
        return platform.commit([rotated], None, SessionRefreshed(access_token, refresh_token, tokens.ACCESS_S))
    except ConditionFailed:  # the same token came twice at once
        raise _closed(session) from None


def _is_good(platform: Platform, session: Session, asked: RefreshSession) -> bool:
    shown = tokens.refresh_index(platform, asked.refresh_token), sessions.device_index(platform, asked.device)
    return hmac.compare_digest("".join(shown), session.refresh + session.device)


def _may_go_on(session: Session) -> bool:
    """Staff are looked up anew: dismissed, of another role or bound to another device, their session is over."""
    if session.kind != sessions.STAFF:
        return True
    record = staff.get(StaffId(session.subject))
    if record is None or not record.active:
        return False
    return (record.role.value, record.device) == (session.role, session.device)


def _closed(session: Session) -> SessionEnded:
    sessions.close(session.session_id)
    return SessionEnded()
