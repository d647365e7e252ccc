"""One HTTP request and its answer, whole and immutable."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Incoming:
    method: str
    raw_path: str  # percent-encoded, without the query
    query: str
    headers: Headers  # names in lower case, repeated ones kept
    body: bytes
    address: str

    def header(self, name: str) -> str:
        """The last value under `name`, or an empty text."""
        return next((value for key, value in reversed(self.headers) if key == name), "")


@dataclass(frozen=True, slots=True)
class Outgoing:
    status: int
    headers: Headers
    body: bytes = b""


def json_answer(document: object, status: int = 200) -> Outgoing:
    body = json.dumps(document, ensure_ascii=False).encode()
    return Outgoing(status, (("content-type", "application/json"), ("cache-control", "no-store")), body)


def json_body(request: Incoming) -> dict[str, Any] | None:
    """The body when it is a JSON object."""
    try:
        document = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
