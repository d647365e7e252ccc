"""The query string as the struct that the route declares: no unknown, no repeated parameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nanhai.edge.malformed import Repeated, UnknownField, WrongLength
from nanhai.edge.shape import convert, escape

VALUE_CHARACTERS_MAX = 4_096


def read(query: Mapping[str, list[str]], into: type | None) -> Any:  # noqa: ANN401 - an instance of `into`
    """An instance of `into`, or None when the route takes no query."""
    for name, values in query.items():
        _one(f"/{escape(name)}", values)
        if into is None:
            raise UnknownField(f"/{escape(name)}")
    return None if into is None else convert({name: values[0] for name, values in query.items()}, into)


def _one(at: str, values: list[str]) -> None:
    if len(values) != 1:
        raise Repeated(at)
    if len(values[0]) > VALUE_CHARACTERS_MAX:
        raise WrongLength(at, bound=f"≤ {VALUE_CHARACTERS_MAX}")
