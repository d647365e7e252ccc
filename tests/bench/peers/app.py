"""The pass and the gate as one plain Chalice app: PyJWT sessions, PynamoDB tables, CWT passes, QR pictures by segno."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime
from typing import Any

import cwt
import jwt
import segno
from chalice import BadRequestError, Chalice, ForbiddenError, NotFoundError, UnauthorizedError
from cwt import DecodeError, VerifyError

from tests.bench.peers import keys
from tests.bench.peers.models import Pass, Scan

app = Chalice(app_name="peer")

ISSUER = "nanhai-pass"
AUDIENCE = "nanhai-pass/v1"
PASS_S = 60
SCANS_KEPT_S = 14 * 86_400
ISS, SUB, EXP, IAT, COLOUR = 1, 2, 4, 6, -70_001  # CWT claims, the last one our own
VERDICTS = {"green": "admit", "blue": "admit", "yellow": "hold", "red": "refuse"}


@app.route("/me")
def show() -> dict[str, Any]:
    """One refresh: the pass as a picture that is good for a minute."""
    session = authenticated("citizen")
    found = stored(session["sub"])
    now = int(time.time())
    claims = {ISS: ISSUER, SUB: found.person_id, EXP: now + PASS_S, IAT: now, COLOUR: found.colour}
    picture = segno.make(cwt.encode(claims, keys.PASS), error="m")
    return {
        "colour": found.colour,
        "policy_version": found.policy_version,
        "server_time": datetime.fromtimestamp(now, UTC).isoformat(),
        "picture": picture.png_data_uri(scale=6),
    }


@app.route("/scans", methods=["POST"])
def scan() -> dict[str, Any]:
    """One check at a gate, kept as a row of its own."""
    session = authenticated("guard")
    try:
        claims = cwt.decode(base64.b64decode(app.current_request.json_body["token"]), keys.PASS_PUBLIC)
    except (ValueError, KeyError, TypeError, DecodeError, VerifyError) as wrong:
        raise BadRequestError("not a valid pass") from wrong
    found = stored(str(claims[SUB]))
    now = datetime.now(UTC)
    verdict = VERDICTS[found.colour]
    Scan(
        f"{session['gate']}#{now:%Y-%m-%d}",
        now.isoformat(),
        person_id=found.person_id,
        guard=session["sub"],
        colour=found.colour,
        verdict=verdict,
        expires_at=int(now.timestamp()) + SCANS_KEPT_S,
    ).save()
    return {"verdict": verdict, "colour": found.colour}


def authenticated(role: str) -> dict[str, Any]:
    header = app.current_request.headers.get("authorization", "")
    try:
        session = jwt.decode(
            header.removeprefix("Bearer "),
            keys.SESSION_PUBLIC,
            algorithms=["EdDSA"],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": ["exp", "iat", "sub"]},
        )
    except jwt.PyJWTError as wrong:
        raise UnauthorizedError("sign in first") from wrong
    if session["role"] != role:
        raise ForbiddenError("not for this role")
    return session


def stored(person_id: str) -> Pass:
    try:
        return Pass.get(person_id, consistent_read=True)
    except Pass.DoesNotExist as absent:
        raise NotFoundError("no pass") from absent


def session_token(subject: str, role: str, gate: str = "") -> str:
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "role": role,
        "gate": gate,
        "iat": now,
        "exp": now + 900,
    }
    return jwt.encode(claims, keys.SESSION, algorithm="EdDSA")


def pass_token(person_id: str, colour: str) -> str:
    """What the picture holds, as a gate's scanner sends it."""
    now = int(time.time())
    claims = {ISS: ISSUER, SUB: person_id, EXP: now + PASS_S, IAT: now, COLOUR: colour}
    return base64.b64encode(cwt.encode(claims, keys.PASS)).decode()
