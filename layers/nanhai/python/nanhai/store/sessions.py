"""The table `sessions`: SMS challenges, sessions with their rotating refresh tokens, and counters of limits.

DynamoDB's time to live may run days late, so every reader here looks at `expires_at` itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from nanhai.domain.identifiers import Instant
from nanhai.store.connection import client, table_name
from nanhai.store.wire import Item, item, row
from nanhai.store.writes import Write, delete, put, update

TABLE = "sessions"
TRIES_PER_CHALLENGE_MAX = 5


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in device. `refresh`: a keyed index of the refresh token that is good now."""

    session_id: str
    subject: str  # a person id, empty until registered, or a staff id
    kind: str
    role: str
    phone: str = field(repr=False)  # sealed, until its holder is registered; empty for everybody else
    device: str
    refresh: str = field(repr=False)
    expires_at: Instant


def put_challenge(challenge: str, digest: str, expires_at: Instant) -> Write:
    new = item(id=_challenge(challenge), digest=digest, tries=0, expires_at=expires_at)
    return put("challenge", TABLE, new, "attribute_not_exists(id)")


def try_challenge(challenge: str, now: Instant) -> str | None:
    """Counts a try and returns the code's digest; None when there is no such challenge, or no try left."""
    try:
        answer = client().update_item(
            TableName=table_name(TABLE),
            Key=item(id=_challenge(challenge)),
            UpdateExpression="ADD tries :one",
            ConditionExpression="attribute_exists(id) AND tries < :most AND expires_at > :now",
            ExpressionAttributeValues=item(**{":one": 1, ":most": TRIES_PER_CHALLENGE_MAX, ":now": now}),
            ReturnValues="ALL_NEW",
        )
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return None
    return str(answer["Attributes"]["digest"]["S"])


def use_challenge(challenge: str) -> Write:
    """Its condition fails (label "challenge") when it was used already."""
    return delete("challenge", TABLE, item(id=_challenge(challenge)), "attribute_exists(id)")


def open_session(new: Session) -> Write:
    stored = item(
        id=_session(new.session_id),
        subject=new.subject,
        kind=new.kind,
        role=new.role,
        phone=new.phone,
        device=new.device,
        refresh=new.refresh,
        expires_at=new.expires_at,
    )
    return put("session", TABLE, stored, "attribute_not_exists(id)")


def session(session_id: str, now: Instant) -> Session | None:
    """The session, while it lasts."""
    asked = {"TableName": table_name(TABLE), "Key": item(id=_session(session_id)), "ConsistentRead": True}
    found = client().get_item(**asked).get("Item")
    if found is None:
        return None
    stored = _session_of(found)
    return stored if stored.expires_at > now else None


def rotate(session_id: str, before: str, after: str) -> Write:
    """Replaces the refresh token; its condition fails (label "refresh") when `before` is not the good one any more."""
    return update(
        "refresh",
        TABLE,
        item(id=_session(session_id)),
        "SET refresh = :after",
        "attribute_exists(id) AND refresh = :before",
        after=after,
        before=before,
    )


def belongs_to(session_id: str, subject: str) -> Write:
    """The session of someone who has just registered is theirs; its condition fails (label "session") otherwise."""
    change = "SET subject = :subject, phone = :nobody"
    condition = "attribute_exists(id) AND subject = :nobody"
    return update("session", TABLE, item(id=_session(session_id)), change, condition, subject=subject, nobody="")


def close_session(session_id: str) -> None:
    client().delete_item(TableName=table_name(TABLE), Key=item(id=_session(session_id)))


def hit(name: str, times: int, window_s: int, now: Instant, by: int = 1) -> int | None:
    """Counts `by` more in the present window; the seconds until the next one when this one is full."""
    window = now // window_s
    try:
        client().update_item(
            TableName=table_name(TABLE),
            Key=item(id=_limit(name, window)),
            UpdateExpression="SET expires_at = :end ADD hits :by",
            ConditionExpression="attribute_not_exists(hits) OR hits < :most",
            ExpressionAttributeValues=item(**{":by": by, ":most": times, ":end": (window + 2) * window_s}),
        )
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return (window + 1) * window_s - now
    return None


def full(name: str, times: int, window_s: int, now: Instant) -> int | None:
    """The seconds until the next window when the present one is full; counts nothing."""
    window = now // window_s
    asked = {"TableName": table_name(TABLE), "Key": item(id=_limit(name, window)), "ConsistentRead": True}
    found = client().get_item(**asked).get("Item")
    if found is None or int(found["hits"]["N"]) < times:
        return None
    return (window + 1) * window_s - now


def _session_of(stored: Item) -> Session:
    found = row(stored)
    return Session(
        found["id"].removeprefix("session#"),
        found["subject"],
        found["kind"],
        found["role"],
        found["phone"],
        found["device"],
        found["refresh"],
        found["expires_at"],
    )


def _challenge(challenge: str) -> str:
    return f"challenge#{challenge}"


def _session(session_id: str) -> str:
    return f"session#{session_id}"


def _limit(name: str, window: int) -> str:
    return f"limit#{name}#{window}"
