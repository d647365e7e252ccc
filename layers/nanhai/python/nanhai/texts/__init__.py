"""What people read, as data: one flat JSON file per feature and language, `{code: "text with {param}"}`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal, get_args

from nanhai.domain.errors import Param

Language = Literal["zh-CN", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
GENERIC = "refused"
UNKNOWN = "…"  # stands where a param is missing


def text(code: str, language: Language, params: Mapping[str, Param] | None = None) -> str:
    """The text of `code`; a generic sentence when there is none. Never raises for what is missing."""
    texts = loaded(language)
    return texts.get(code, texts[GENERIC]).format_map(_Lenient(params or {}))


@cache
def loaded(language: Language) -> Mapping[str, str]:
    """Every text of a language, from all features."""
    return {code: words for texts in features(language).values() for code, words in texts.items()}


def features(language: Language) -> dict[str, dict[str, str]]:
    """The texts of a language by feature, as they lie in this folder."""
    folder = resources.files(__name__).joinpath(language)
    return {
        entry.name.removesuffix(".json"): json.loads(entry.read_text("utf-8"))
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".json")
    }


class _Lenient(dict[str, Param]):
    def __missing__(self, _: str) -> str:
        return UNKNOWN
