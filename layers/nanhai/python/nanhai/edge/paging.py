"""Cursors: where a list goes on, sealed, so that a client can neither read nor forge one nor carry it elsewhere."""

from __future__ import annotations

import base64
import os
from typing import Annotated, Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from nanhai.domain.identifiers import Instant
from nanhai.edge.call import Call
from nanhai.edge.malformed import BadCursor
from nanhai.services.platform import platform
from nanhai.services.schemas import Request

LIMIT_MAX = 100
CURSOR_S = 900
CURSOR_CHARACTERS_MAX = 2_048
NONCE_BYTES = 12
PAGING = frozenset({"limit", "cursor"})

Start = dict[str, Any]  # a store's own position: JSON values by name
Cursor = Annotated[str, msgspec.Meta(min_length=1, max_length=CURSOR_CHARACTERS_MAX)]


class Page(Request, frozen=True):
    """What every list is asked with; subclasses add filters."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=LIMIT_MAX)] = 20
    cursor: Cursor | None = None


class _Position(msgspec.Struct, frozen=True):
    until: Instant
    start: Start


def start(call: Call) -> Start | None:
    """Where the asked page begins, None for the first; raises BadCursor when the cursor is not this actor's, was made
    for another operation or other filters, or is older than 15 minutes."""
    if call.query.cursor is None:
        return None
    return open_(platform().ring.cursor, call.query.cursor, _context(call), call.now)


def cursor(call: Call, following: Start | None) -> str | None:
    """The cursor of the page after this one; None on the last."""
    if following is None:
        return None
    return seal(platform().ring.cursor, following, _context(call), call.now)


def seal(key: bytes, following: Start, context: str, now: Instant) -> str:
    nonce = os.urandom(NONCE_BYTES)
    position = msgspec.json.encode(_Position(now + CURSOR_S, following))
    sealed = nonce + AESGCM(key).encrypt(nonce, position, context.encode())
    return base64.urlsafe_b64encode(sealed).decode("ascii").rstrip("=")


def open_(key: bytes, sealed: str, context: str, now: Instant) -> Start:
    try:
        data = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
        opened = AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], context.encode())
    except (ValueError, InvalidTag):
        raise BadCursor("/cursor") from None
    position = msgspec.json.decode(opened, type=_Position)
    if now >= position.until:
        raise BadCursor("/cursor")
    return position.start


def _context(call: Call) -> str:
    filters = {name: value for name, value in msgspec.structs.asdict(call.query).items() if name not in PAGING}
    who = call.actor.id or call.actor.session
    path = sorted(call.path.items())
    return msgspec.json.encode(["nhpass/v1/cursor", call.operation, call.actor.role, who, path, filters]).decode()
