"""What a route declares about itself: enough to serve it, to check it against the matrix and to describe it."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable
from typing import Any

import msgspec

from nanhai.domain.errors import Refusal
from nanhai.edge.authority import MATRIX

View = Callable[..., Any]
ANYTHING = "*/*"
PARAMETER = re.compile(r"{(\w+)}")


class Undeclared(TypeError):
    """A route names an operation that the matrix does not know."""


class Raw(msgspec.Struct, frozen=True):
    """An answer that is not JSON; `headers` win over what every answer carries, `status` over the route's."""

    body: str | bytes
    content_type: str
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    status: int | None = None


class Endpoint(msgspec.Struct, frozen=True):
    method: str
    path: str
    operation: str
    summary: str
    view: View
    body: type | None
    query: type | None
    returns: type | None
    media_type: str
    status: int
    once: bool
    errors: tuple[type[Refusal], ...]

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.path)


def declare(
    view: View,
    method: str,
    path: str,
    *,
    operation: str,
    summary: str,
    query: type | None,
    returns: type | None,
    media_type: str,
    status: int | None,
    once: bool,
    errors: tuple[type[Refusal], ...],
) -> Endpoint:
    """The endpoint of `view`, whose second parameter's annotation is the body; raises Undeclared."""
    if operation not in MATRIX:
        raise Undeclared(f"{method} {path}: no operation {operation!r} in the matrix")
    if status is None:
        status = 204 if returns is None else 200
    return Endpoint(
        method, path, operation, summary, view, _body(view), query, returns, media_type, status, once, tuple(errors)
    )


def _body(view: View) -> type | None:
    parameters = list(inspect.signature(view).parameters)
    return typing.get_type_hints(view)[parameters[1]] if len(parameters) > 1 else None
