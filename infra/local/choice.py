"""Which engine a data folder was begun with: another one would find none of its tables."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import cast

from infra.local.engine import Kind, default_kind
from infra.local.folder import Folder, write_private
from infra.local.trouble import BrokenData


@dataclass(frozen=True, slots=True)
class Choice:
    """An engine to start, or one that runs elsewhere already."""

    kind: str = ""
    endpoint: str = ""

    @property
    def engine(self) -> Kind:
        return cast("Kind", self.kind)

    def __str__(self) -> str:
        return self.endpoint or self.kind


def choose(folder: Folder, kind: str | None, endpoint: str) -> Choice:
    """What the caller names, else what the folder was begun with, else the default; remembered from now on.

    BrokenData when the folder was begun with something else; NoEngine when there is no default on this machine.
    """
    known = _known(folder)
    if not kind and not endpoint:
        chosen = known or Choice(default_kind())
    else:
        chosen = Choice(endpoint=endpoint) if endpoint else Choice(kind or "")
    if known is not None and known != chosen:
        raise BrokenData(f"the data in {folder.path} are kept by {known}, not by {chosen}; use another --data")
    write_private(folder.choice, json.dumps(asdict(chosen)))
    return chosen


def _known(folder: Folder) -> Choice | None:
    if not folder.choice.exists():
        return None
    try:
        return Choice(**json.loads(folder.choice.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        raise BrokenData(f"{folder.choice} cannot be read") from None
