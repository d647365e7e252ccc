"""From bytes to a typed body: media type, size, encoding, depth, form, shape, in this order."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import msgspec

from nanhai.edge.incoming import Incoming
from nanhai.edge.malformed import (
    BadMediaType,
    BadUtf8,
    BodyTooLarge,
    BodyUnexpected,
    DuplicateKey,
    TooDeep,
    Unreadable,
)
from nanhai.edge.shape import refusal

BODY_BYTES_MAX = 64 * 1024
DEPTH_MAX = 16
REPLACED = "\ufffd"  # what API Gateway leaves of bytes that are no UTF-8: what was meant is lost
MEDIA_TYPE = re.compile(r"application/json\s*(?:;\s*charset\s*=\s*\"?utf-8\"?\s*)?", re.IGNORECASE)
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)


def read(asked: Incoming, into: type | None) -> Any:  # noqa: ANN401 - an instance of `into`
    """The body as `into`; None when no body is read. Raises a Malformed or BodyTooLarge."""
    if len(asked.content) > 2 * BODY_BYTES_MAX:  # not worth decoding
        raise BodyTooLarge
    data = asked.body()
    if len(data) > BODY_BYTES_MAX:
        raise BodyTooLarge
    if into is None:
        return _none(data)
    if not MEDIA_TYPE.fullmatch(asked.header("content-type").strip()):
        raise BadMediaType
    return decode(data, into)


def decode(data: bytes, into: type) -> Any:  # noqa: ANN401 - an instance of `into`
    """JSON bytes as `into`."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadUtf8 from None
    if REPLACED in text:
        raise BadUtf8
    if _depth(data) > DEPTH_MAX:
        raise TooDeep
    try:
        json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_number)
        return msgspec.json.decode(data, type=into)
    except msgspec.ValidationError as wrong:
        raise refusal(str(wrong)) from None
    except (ValueError, msgspec.DecodeError):
        raise Unreadable from None


def _none(data: bytes) -> None:
    if data:
        raise BodyUnexpected


def _depth(data: bytes) -> int:
    """How deep arrays and objects nest; brackets within texts do not count."""
    if data.count(b"[") + data.count(b"{") <= DEPTH_MAX:
        return 0
    depth = deepest = 0
    for token in TOKEN.finditer(data):
        match token[0]:
            case b"[" | b"{":
                depth += 1
                deepest = max(deepest, depth)
            case b"]" | b"}":
                depth -= 1
    return deepest


def _distinct(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        raise DuplicateKey


def _no_number(_: str) -> NoReturn:
    raise Unreadable
