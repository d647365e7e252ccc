"""What can be wrong with who asks: no token, a bad or old one, no right; and with the key and the answer they want."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nanhai.domain.actors import Role
from nanhai.domain.days import DAY_S
from nanhai.store import staff
from nanhai.store.writes import send
from nanhai.vault import sessions
from nanhai.vault.ring import Ring, new_ring

from tests.contract.district import District, Sent
from tests.contract.good import Served
from tests.contract.mistakes import ODD, Kind, Mistake

STAFF = [role for role in Role if role not in {Role.ANONYMOUS, Role.CITIZEN}]


def no_key(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    if served.endpoint.once:
        for key in (None, ""):
            yield Mistake(_keyed(sent, key), 400, "edge.idempotency-key-required")


def bad_key(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    if served.endpoint.once:
        for key in ("short", "x" * 65, "with space 123456", "钥匙" * 10, "x" * 16 + "#", "x" * 16 + "\n", "\0" * 16):
            yield Mistake(_keyed(sent, key), 400, "edge.idempotency-key")


def no_token(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    if not served.is_public:
        for value in (None, ""):
            yield Mistake(_authorised(sent, value), 401, "edge.unauthenticated")


def no_bearer_token(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    if not served.is_public:
        for value in ("Bearer", "Basic b2RkOm9kZA==", f"Token {ODD}", "Bearer " + "x" * 3_000, "\0", "令牌 x"):
            yield Mistake(_authorised(sent, value), 401, "edge.not-a-token")


def invalid_token(district: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    if served.is_public:
        return
    head, claims, signature = sent.headers["Authorization"].removeprefix("Bearer ").split(".")
    unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0"  # {"alg":"none","typ":"at+jwt"}
    forged = [
        f"{head}.{claims}.{signature[::-1]}",
        f"{head}.{claims}.",
        f"{unsigned}.{claims}.",
        f"{unsigned}.{claims}",
    ]
    for token in (*forged, "", "x", "x.y.z", district.session()[1], "令牌"):
        yield Mistake(_authorised(sent, f"Bearer {token}"), 401, "edge.invalid-token")


def foreign_token(district: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    """As good as any, but for who signed it."""
    if not served.is_public:
        elsewhere = new_ring(district.now, "test")
        yield Mistake(_authorised(sent, _bearer(district, served, elsewhere, district.now)), 401, "edge.invalid-token")


def expired_token(district: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    if not served.is_public:
        ring = district.here.ring
        for ago_s in (sessions.ACCESS_S, 30 * DAY_S):
            token = _bearer(district, served, ring, district.now - ago_s)
            yield Mistake(_authorised(sent, token), 401, "edge.expired-token")


def dismissed(district: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    """Of staff who have left, who never were, and who are something else by now."""
    for role in served.roles[:1] if not served.is_public else ():
        if role in {Role.CITIZEN, Role.ENTERPRISE}:
            continue
        gone, other = district.member(role), district.member(Role.ENTERPRISE)
        send([staff.dismiss(gone.staff_id)])
        for staff_id in (gone.staff_id, other.staff_id, "nobody"):
            token = f"Bearer {district.token_of(staff_id, role)}"
            yield Mistake(_authorised(sent, token), 401, "edge.dismissed")


def another_role(district: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    if not served.is_public:
        for role in [role for role in STAFF if role not in served.roles]:
            yield Mistake(_authorised(sent, f"Bearer {district.by(role)}"), 403, "edge.forbidden")


def other_answer(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    if served.endpoint.path.endswith(".png"):
        for accepted in ("application/json", "image/svg+xml, text/html", ""):
            yield Mistake(replace(sent, headers=dict(sent.headers) | {"Accept": accepted}), 406, "edge.not-acceptable")


KINDS: dict[str, Kind] = {
    "no idempotency key": no_key,
    "a malformed idempotency key": bad_key,
    "no token": no_token,
    "no bearer token": no_bearer_token,
    "a token that is none": invalid_token,
    "a token that another platform signed": foreign_token,
    "an expired token": expired_token,
    "a token of dismissed staff": dismissed,
    "a token of a role that may not": another_role,
    "no type that can be answered": other_answer,
}


def _bearer(district: District, served: Served, ring: Ring, at: int) -> str:
    role = served.roles[0]
    kind, subject = ("citizen", district.citizen) if role is Role.CITIZEN else ("staff", district.members[role])
    return f"Bearer {sessions.issue(ring, subject=subject, kind=kind, session='s', role=role.value, now=at)}"


def _authorised(sent: Sent, value: str | None) -> Sent:
    headers = {name: said for name, said in sent.headers.items() if name != "Authorization"}
    return replace(sent, headers=headers if value is None else headers | {"Authorization": value})


def _keyed(sent: Sent, key: str | None) -> Sent:
    headers = {name: value for name, value in sent.headers.items() if name != "Idempotency-Key"}
    return replace(sent, headers=headers if key is None else headers | {"Idempotency-Key": key})
