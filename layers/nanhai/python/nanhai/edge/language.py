"""The language of an answer: Chinese unless English is preferred."""

from __future__ import annotations

import re

from nanhai.texts import Language

PREFERENCE = re.compile(
    r"\s*(zh|en|\*)(?:-[A-Z0-9-]{1,35})?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?",
    re.IGNORECASE,
)
HEADER_CHARACTERS_MAX = 200


def preferred(accept_language: str) -> Language:
    """The better liked of the two languages; the first named wins a tie, and what is unreadable counts for nothing."""
    weights: dict[Language, float] = {}
    for part in accept_language[:HEADER_CHARACTERS_MAX].split(","):
        found = PREFERENCE.fullmatch(part)
        if found is not None and (weight := float(found[2] or 1)) > 0:
            weights.setdefault("en" if found[1].lower() == "en" else "zh-CN", weight)
    return max(weights, key=lambda language: weights[language], default="zh-CN")
