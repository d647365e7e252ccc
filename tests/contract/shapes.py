"""What a body may look like, read from the structs that routes declare: every field, and what it is not."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from msgspec import inspect

LENGTH, PATTERN, RANGE = "edge.length", "edge.pattern", "edge.range"
Steps = tuple[str | int, ...]
NOT_A: dict[type[inspect.Type], list[Any]] = {
    inspect.StrType: [5, True, ["x"], {}],
    inspect.IntType: ["3", 1.5, True, [1]],
    inspect.FloatType: ["37.6", True, [36.5]],
    inspect.BoolType: ["true", 1, []],
    inspect.ListType: ["x", {}, 5],
    inspect.DictType: ["x", [], 5],
    inspect.StructType: ["x", [], 5],
    inspect.LiteralType: [5, True, []],
    inspect.EnumType: [5, True, []],
    inspect.DateType: [5, True, [], "yesterday", "2020-06-24T10:00:00", "2020-02-30"],
    inspect.DateTimeType: [5, True, [], "yesterday", "2020-06-24", "2020-06-24T10:00:00"],
}


@dataclass(frozen=True)
class Place:
    """A field of a body, or an item of a list in it."""

    steps: Steps
    kind: inspect.Type
    required: bool
    nullable: bool

    @property
    def pointer(self) -> str:
        return "".join(f"/{step}" for step in self.steps)

    @property
    def wrong(self) -> list[Any]:
        return NOT_A[type(self.kind)]

    @property
    def out_of_bounds(self) -> list[tuple[Any, str]]:
        """Values of the right type, and what they are called."""
        match self.kind:
            case inspect.StrType(min_length=least, max_length=most, pattern=pattern):
                beyond = [("x" * (most + 1), LENGTH)] if most else []
                return beyond + ([("", LENGTH)] if least else []) + ([(" " * (least or 1), PATTERN)] if pattern else [])
            case inspect.IntType(ge=least, le=most):
                return [(value, RANGE) for value in (least - 1, most + 1, -(2**63), 2**64 - 1)]
            case inspect.ListType(min_length=least):
                return [([], LENGTH)] * bool(least)
            case inspect.LiteralType() | inspect.EnumType():
                return [("no-such", "edge.choice"), ("", "edge.choice")]
        return []


@cache
def places(body: type) -> tuple[Place, ...]:
    return tuple(_fields(inspect.type_info(body), ()))


def objects(body: type) -> Iterator[Steps]:
    """Where the body itself and the objects within it are that have declared fields."""
    yield ()
    for place in places(body):
        if isinstance(place.kind, inspect.StructType):
            yield place.steps


def with_(body: Any, steps: Steps, value: Any) -> Any:
    """The body with another value in that place."""
    changed = copy.deepcopy(body)
    at(changed, steps[:-1])[steps[-1]] = value
    return changed


def without(body: Any, steps: Steps) -> Any:
    changed = copy.deepcopy(body)
    del at(changed, steps[:-1])[steps[-1]]
    return changed


def at(body: Any, steps: Steps) -> Any:
    for step in steps:
        body = body[step]
    return body


def is_there(body: Any, steps: Steps) -> bool:
    try:
        at(body, steps)
    except (KeyError, IndexError):
        return False
    return True


def _fields(struct: inspect.StructType, steps: Steps) -> Iterator[Place]:
    for field in struct.fields:
        yield from _place(field.type, (*steps, field.encode_name), required=field.required)


def _place(kind: inspect.Type, steps: Steps, *, required: bool) -> Iterator[Place]:
    parts = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    (plain,) = [part for part in parts if not isinstance(part, inspect.NoneType)]
    yield Place(steps, plain, required, nullable=len(parts) > 1)
    if isinstance(plain, inspect.ListType):
        yield from _place(plain.item_type, (*steps, 0), required=False)
    if isinstance(plain, inspect.StructType):
        yield from _fields(plain, steps)
