"""The identity register of a local platform: one file of synthetic people, in the form that services.ports reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

from infra.local.folder import write_private
from infra.local.trouble import BrokenData


class Row(TypedDict):
    name: str
    household_region: str
    permit: bool


def make(path: Path) -> None:
    """An empty register where there is none; BrokenData when the one that is there cannot be read."""
    if path.exists():
        read(path)
    else:
        write_private(path, "{}")


def read(path: Path) -> dict[str, Row]:
    try:
        rows = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as broken:
        raise BrokenData(f"the identity register {path} cannot be read: {broken}") from None
    if not isinstance(rows, dict):
        raise BrokenData(f"the identity register {path} is not a JSON object")
    return rows


def add(path: Path, rows: Mapping[str, Row]) -> None:
    """Makes the register know these as well, by "<id_type>:<number>"."""
    write_private(path, json.dumps(read(path) | dict(rows), ensure_ascii=False, indent=1))
