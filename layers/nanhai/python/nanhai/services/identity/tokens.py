"""What a session's holder is given: a short access token, and a refresh token that is good once.

A refresh token is 64 characters of base64url: the session, then 256 random bits. The platform keeps a keyed index of
it, so that a stolen table refreshes nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

from nanhai.domain.identifiers import Instant
from nanhai.services.platform import Platform
from nanhai.store.sessions import Session
from nanhai.vault import sessions

ACCESS_S = sessions.ACCESS_S
SESSION_BYTES, SECRET_BYTES = 16, 32


def access(platform: Platform, session: Session, subject: str, now: Instant) -> str:
    """A token that says for ACCESS_S who `subject` is, in this session."""
    return sessions.issue(
        platform.ring, subject=subject, kind=session.kind, session=session.session_id, role=session.role, now=now
    )


def new_refresh(entropy: Callable[[int], bytes], session_id: str) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex(session_id) + entropy(SECRET_BYTES)).decode("ascii")


def session_of(refresh_token: str) -> str | None:
    """The session that a refresh token names; None when it is not even formed like one."""
    try:
        told = base64.b64decode(refresh_token.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError:
        return None
    return told[:SESSION_BYTES].hex() if len(told) == SESSION_BYTES + SECRET_BYTES else None


def refresh_index(platform: Platform, refresh_token: str) -> str:
    return platform.blind("refresh-token", "session", refresh_token)
