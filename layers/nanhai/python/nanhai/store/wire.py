"""Stored items as plain values: where a model would cost too much, and in the images of a stream."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

Item = dict[str, Any]


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


def with_bytes(image: Mapping[str, Any]) -> Item:
    """An image as a stream hands it over, where bytes are base64, as the item that it shows; ValueError for others."""
    return {name: _bytes(value) for name, value in image.items()}


def _bytes(value: Mapping[str, Any]) -> dict[str, Any]:
    match value:
        case {"B": str(text)}:
            return {"B": base64.b64decode(text, validate=True)}
    return dict(value)
