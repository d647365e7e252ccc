"""Sessions: one signed-in device each, a citizen's for 30 days, one of the staff or an enterprise for a shift."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from nanhai.domain.actors import Role
from nanhai.domain.errors import Refusal
from nanhai.domain.identifiers import Instant
from nanhai.services.identity import tokens
from nanhai.services.platform import Platform
from nanhai.store import sessions as rows
from nanhai.store.sessions import Session
from nanhai.vault import sealing

CITIZEN, STAFF, ENTERPRISE = "citizen", "staff", "enterprise"
LASTS_S: Mapping[str, int] = {CITIZEN: 30 * 86_400, STAFF: 12 * 3_600, ENTERPRISE: 12 * 3_600}


class SessionEnded(Refusal):
    """Closed, over, or refreshed by somebody else: only signing in again goes on."""

    code = "identity.session-ended"
    kind = "unauthenticated"


def new(
    platform: Platform, kind: str, subject: str, role: Role, device: str, now: Instant, *, phone: str = ""
) -> tuple[Session, str]:
    """A session to be stored and its first refresh token; `phone` only of someone who has still to register."""
    session_id = platform.entropy(tokens.SESSION_BYTES).hex()
    refresh_token = tokens.new_refresh(platform.entropy, session_id)
    session = Session(
        session_id,
        subject,
        kind,
        role.value,
        _sealed(platform, session_id, phone) if phone else "",
        device_index(platform, device),
        tokens.refresh_index(platform, refresh_token),
        now + LASTS_S[kind],
    )
    return session, refresh_token


def current(session_id: str, now: Instant) -> Session:
    """The session of an access token, which may have ended before the token does; raises SessionEnded."""
    found = rows.session(session_id, now)
    if found is None:
        raise SessionEnded
    return found


def close(session_id: str) -> None:
    """Nothing refreshes it any more; its last access token runs out by itself."""
    rows.close_session(session_id)


def phone_of(platform: Platform, session: Session) -> str:
    """The number that the session was opened with; empty once its holder is registered."""
    if not session.phone:
        return ""
    sealed = base64.b64decode(session.phone)
    return sealing.open_(platform.ring.kek, sealed, table=rows.TABLE, holder=session.session_id, field="phone").decode(
        "ascii"
    )


def device_index(platform: Platform, device: str) -> str:
    return platform.blind("device", "session", device)


def _sealed(platform: Platform, session_id: str, phone: str) -> str:
    sealed = sealing.seal(platform.ring.kek, phone.encode("ascii"), table=rows.TABLE, holder=session_id, field="phone")
    return base64.b64encode(sealed).decode("ascii")
