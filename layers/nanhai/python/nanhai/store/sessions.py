"""The table `sessions`: SMS challenges, sessions with their rotating refresh tokens, and counters of limits.

DynamoDB's time to live may run days late, so every reader here looks at `expires_at` itself.
"""

from __future__ import annotations

from pynamodb.attributes import UnicodeAttribute

from nanhai.domain.identifiers import Instant
from nanhai.store import model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Table, Write
from nanhai.store.silent import Silent

TRIES_PER_CHALLENGE_MAX = 5


class SessionsTable(Table):
    class Meta:
        table_name = "sessions"

    id = UnicodeAttribute(hash_key=True)
    expires_at = WholeNumberAttribute()


class ChallengeRow(SessionsTable):
    digest = UnicodeAttribute()
    tries = WholeNumberAttribute()


class SessionRow(SessionsTable):
    subject = UnicodeAttribute()
    kind = UnicodeAttribute()
    role = UnicodeAttribute()
    phone = UnicodeAttribute()
    device = UnicodeAttribute()
    refresh_index = UnicodeAttribute(attr_name="refresh")  # `refresh` is a method of every model


class LimitRow(SessionsTable):
    hits = WholeNumberAttribute()


TABLE = SessionsTable.Meta.table_name


class Session(Silent, frozen=True):
    """One signed-in device. `refresh`: a keyed index of the refresh token that is good now."""

    session_id: str
    subject: str  # a person id, empty until registered, a staff id or a USCC
    kind: str
    role: str
    phone: str  # sealed, until its holder is registered; empty for everybody else
    device: str
    refresh: str
    expires_at: Instant


def put_challenge(challenge: str, digest: str, expires_at: Instant) -> Write:
    new = ChallengeRow(_challenge(challenge), digest=digest, tries=0, expires_at=expires_at)
    return model.put("challenge", new, ChallengeRow.id.does_not_exist())


def try_challenge(challenge: str, now: Instant) -> str | None:
    """Counts a try and returns the code's digest; None when there is no such challenge, or no try left."""
    lasts = ChallengeRow.id.exists() & (ChallengeRow.expires_at > now)
    tried = model.update_item(
        ChallengeRow(_challenge(challenge)),
        [ChallengeRow.tries.add(1)],
        lasts & (ChallengeRow.tries < TRIES_PER_CHALLENGE_MAX),
        returned="ALL_NEW",
    )
    return None if tried is None else model.read(ChallengeRow, tried).digest


def use_challenge(challenge: str) -> Write:
    """Its condition fails (label "challenge") when it was used already."""
    return model.delete("challenge", ChallengeRow(_challenge(challenge)), ChallengeRow.id.exists())


def open_session(new: Session) -> Write:
    stored = SessionRow(
        _session(new.session_id),
        subject=new.subject,
        kind=new.kind,
        role=new.role,
        phone=new.phone,
        device=new.device,
        refresh_index=new.refresh,
        expires_at=new.expires_at,
    )
    return model.put("session", stored, SessionRow.id.does_not_exist())


def session(session_id: str, now: Instant) -> Session | None:
    """The session, while it lasts."""
    found = model.get(SessionRow, _session(session_id))
    return None if found is None or found.expires_at <= now else _session_of(found)


def rotate(session_id: str, before: str, after: str) -> Write:
    """Replaces the refresh token; its condition fails (label "refresh") when `before` is not the good one any more."""
    good = SessionRow.id.exists() & (SessionRow.refresh_index == before)
    return model.update("refresh", SessionRow(_session(session_id)), [SessionRow.refresh_index.set(after)], good)


def belongs_to(session_id: str, subject: str) -> Write:
    """The session of someone who has just registered is theirs; its condition fails (label "session") otherwise."""
    nobodys = SessionRow.id.exists() & (SessionRow.subject == "")
    changes = [SessionRow.subject.set(subject), SessionRow.phone.set("")]
    return model.update("session", SessionRow(_session(session_id)), changes, nobodys)


def close_session(session_id: str) -> None:
    model.delete_item(SessionRow, _session(session_id))


def hit(name: str, times: int, window_s: int, now: Instant, by: int = 1) -> int | None:
    """Counts `by` more in the present window; the seconds until the next one when this one is full."""
    window = now // window_s
    counted = model.update_item(
        LimitRow(_limit(name, window)),
        [LimitRow.expires_at.set((window + 2) * window_s), LimitRow.hits.add(by)],
        LimitRow.hits.does_not_exist() | (LimitRow.hits < times),
    )
    return (window + 1) * window_s - now if counted is None else None


def full(name: str, times: int, window_s: int, now: Instant) -> int | None:
    """The seconds until the next window when the present one is full; counts nothing."""
    window = now // window_s
    found = model.get(LimitRow, _limit(name, window))
    return None if found is None or found.hits < times else (window + 1) * window_s - now


def _session_of(found: SessionRow) -> Session:
    return Session(
        found.id.removeprefix("session#"),
        found.subject,
        found.kind,
        found.role,
        found.phone,
        found.device,
        found.refresh_index,
        found.expires_at,
    )


def _challenge(challenge: str) -> str:
    return f"challenge#{challenge}"


def _session(session_id: str) -> str:
    return f"session#{session_id}"


def _limit(name: str, window: int) -> str:
    return f"limit#{name}#{window}"
