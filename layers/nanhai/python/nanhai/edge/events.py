"""One JSON line per request: the route, never the URL; what went wrong, never with whose data."""

from __future__ import annotations

import sys
import traceback
from typing import Any

import msgspec

from nanhai.domain.actors import Role
from nanhai.edge.endpoint import Endpoint

FRAMES_MAX = 12


def served(endpoint: Endpoint, role: Role, status: int, elapsed_ms: float, correlation_id: str) -> None:
    _line(
        event="request",
        correlation_id=correlation_id,
        method=endpoint.method,
        route=endpoint.path,
        operation=endpoint.operation,
        role=role.value,
        status=status,
        ms=round(elapsed_ms, 1),
    )


def refused(code: str, correlation_id: str) -> None:
    _line(event="refusal", correlation_id=correlation_id, code=code)


def failed(failure: Exception, correlation_id: str) -> None:
    """The kind of a failure and where it happened. Its message is left out: it may quote what was stored or sent."""
    frames = traceback.extract_tb(failure.__traceback__)[-FRAMES_MAX:]
    where = [f"{frame.name}:{frame.lineno}" for frame in frames]
    _line(event="failure", correlation_id=correlation_id, failure=type(failure).__qualname__, where=where)


def _line(**said: Any) -> None:  # noqa: ANN401 - whatever JSON can say
    sys.stdout.write(msgspec.json.encode(said).decode("utf-8") + "\n")
