"""One record of a DynamoDB stream as a frozen value, before anything looks inside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from nanhai.domain.errors import Poison

Image = Mapping[str, Any]  # attribute values, as DynamoDB writes them
Raw = Mapping[str, Any]


class Kind(StrEnum):
    INSERT = "INSERT"
    MODIFY = "MODIFY"
    REMOVE = "REMOVE"


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one item; images are there as far as the stream carries them. `raw` is the whole record."""

    sequence: str
    kind: Kind
    keys: Image
    old: Image | None
    new: Image | None
    raw: Raw = field(repr=False, compare=False)

    def text(self, key: str) -> str:
        """A key attribute that must be text; Poison when it is not."""
        match self.keys.get(key):
            case {"S": str(value)}:
                return value
        raise Poison(f"stream record: no text in key {key}")


def parse(raw: Raw) -> Change:
    """The change that a raw record tells of; Poison when it has not the form of one."""
    match raw:
        case {"eventName": str(name), "dynamodb": {"SequenceNumber": str(sequence), "Keys": dict(keys), **more}}:
            if name in set(Kind):
                return Change(sequence, Kind(name), keys, _image(more, "OldImage"), _image(more, "NewImage"), raw)
    raise Poison("stream record: unknown form")


def sequence_of(raw: Raw) -> str:
    """How Lambda is told of this record; empty for one without a sequence number."""
    match raw:
        case {"dynamodb": {"SequenceNumber": str(sequence)}}:
            return sequence
    return ""


def _image(more: Mapping[Any, Any], name: str) -> Image | None:
    image = more.get(name)
    if image is not None and not isinstance(image, dict):
        raise Poison(f"stream record: {name} is no item")
    return image
