"""msgspec's one complaint as a refusal: its sentence becomes a class with a stable code, its path a JSON pointer."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from nanhai.edge.malformed import (
    Malformed,
    OutOfRange,
    Required,
    UnknownChoice,
    UnknownField,
    WrongLength,
    WrongPattern,
    WrongType,
)

STEP = re.compile(r"\.(\w+)|\[(\d+)\]|\[(\.\.\.)\]")
PLACE = re.compile(r" - at `(?:key` in `)?\$(?P<path>[^`]*)`$")
NAMED = (  # the sentence names a field of the object at the path
    (re.compile(r"Object contains unknown field `(.*)`", re.DOTALL), UnknownField),
    (re.compile(r"Object missing required field `(.*)`"), Required),
)
BOUNDED = (  # the sentence ends in a bound
    (re.compile(r"Expected `\w+` of length (.+)"), WrongLength),
    (re.compile(r"Expected `\w+` ((?:[<>]=?|that's a multiple of) .+)"), OutOfRange),
)
PLAIN: tuple[tuple[str, type[Malformed]], ...] = (
    ("Expected `str` matching regex", WrongPattern),
    ("Invalid enum value", UnknownChoice),
    ("Invalid value", UnknownChoice),
)
SIGNS = {">=": "≥", "<=": "≤"}


def convert(fields: dict[str, str], into: type) -> Any:  # noqa: ANN401 - an instance of `into`
    """Texts, as a query has them, as the struct `into`."""
    try:
        return msgspec.convert(fields, type=into, strict=False)
    except msgspec.ValidationError as wrong:
        raise refusal(str(wrong)) from None


def refusal(sentence: str) -> Malformed:
    """The refusal that says what msgspec's `sentence` says; never what was sent, but for the name of a field."""
    place = PLACE.search(sentence)
    at = pointer(place["path"]) if place else ""
    said = sentence[: place.start()] if place else sentence
    for pattern, named in NAMED:
        if (found := pattern.fullmatch(said)) is not None:
            return named(f"{at}/{escape(found[1])}")
    for pattern, bounded in BOUNDED:
        if (found := pattern.fullmatch(said)) is not None:
            return bounded(at, bound=_readable(found[1]))
    return next((plain for beginning, plain in PLAIN if said.startswith(beginning)), WrongType)(at)


def pointer(path: str) -> str:
    """`.a[0].b` as /a/0/b (RFC 6901); the key of a map is not known and becomes an asterisk."""
    return "".join(f"/{name or index or '*'}" for name, index, _ in STEP.findall(path))


def escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _readable(bound: str) -> str:
    sign, _, limit = bound.partition(" ")
    return f"{SIGNS.get(sign, sign)} {limit}"
