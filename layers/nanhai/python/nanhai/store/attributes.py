"""Kinds of attributes that PynamoDB has not got as we need them."""

from __future__ import annotations

from typing import Any, TypeVar

from pynamodb.attributes import DESERIALIZE_CLASS_MAP, Attribute
from pynamodb.constants import MAP, NUMBER

V = TypeVar("V")


class WholeNumberAttribute(Attribute[int]):
    """Exact to the last of DynamoDB's 38 digits; PynamoDB's own numbers may be fractions."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        return f"{value:d}"

    def deserialize(self, value: str) -> int:
        return int(value)


class PlainMapAttribute(Attribute[dict[str, V]]):
    """A map of plain values, as a dict: PynamoDB's own wraps it, and cannot take every name."""

    attr_type = MAP

    def serialize(self, value: dict[str, V]) -> Any:  # noqa: ANN401 - attribute values
        return DESERIALIZE_CLASS_MAP[MAP].serialize(value)

    def deserialize(self, value: dict[str, Any]) -> dict[str, V]:
        plain: dict[str, V] = DESERIALIZE_CLASS_MAP[MAP].deserialize(value)
        return plain
