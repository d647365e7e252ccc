"""DynamoDB's attribute values to and from plain ones, for the low-level client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Item = dict[str, Any]


def attribute(value: object) -> dict[str, Any]:
    """A plain value as an attribute value: text, whole number, truth, bytes, list, or nothing."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case list() | tuple():
            return {"L": [attribute(part) for part in value]}
        case dict():
            return {"M": {name: attribute(part) for name, part in value.items()}}
    raise TypeError(f"no attribute value for {type(value).__name__}")


def item(**values: object) -> Item:
    """An item of the values that are not None."""
    return {name: attribute(value) for name, value in values.items() if value is not None}


def plain(value: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever was stored
    """The plain value of an attribute value; numbers are whole."""
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return int(content)
        case "L":
            return [plain(part) for part in content]
        case "M":
            return {name: plain(part) for name, part in content.items()}
        case "NULL":
            return None
        case _:
            return content


def row(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A stored item as plain values."""
    return {name: plain(value) for name, value in stored.items()}
