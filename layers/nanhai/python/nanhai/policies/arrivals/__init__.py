"""The sheet of arrivals as it is filled in: what its columns and cells may be called in either language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def sheet() -> Mapping[str, Mapping[str, str]]:
    """`columns`, `id_types` and `symptoms`: {what stands in the sheet: what it means}; '' in `symptoms` says: none."""
    loaded: dict[str, dict[str, str]] = json.loads(resources.files(__name__).joinpath("sheet.json").read_text("utf-8"))
    return loaded
