"""The request as it came, and the language it asks for."""

from __future__ import annotations

import pytest
from nanhai.edge.incoming import Incoming
from nanhai.edge.language import preferred


def came(headers=None, content="", **parameters: str) -> Incoming:
    return Incoming("POST", "/x", parameters, {}, headers or {}, "c", "192.0.2.7", content, False)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh-CN"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("en;q=0.5, zh;q=0.7", "zh-CN"),
        ("zh;q=0.1, EN-us;q=0.7", "en"),
        ("fr, en;q=0.3", "en"),
        ("fr-FR", "zh-CN"),
        ("*", "zh-CN"),
        ("en;q=0", "zh-CN"),
        ("en;q=7;;,", "zh-CN"),
        ("en," * 100_000, "en"),
    ],
)
def test_chinese_unless_english_is_liked_better(header, language):
    assert preferred(header) == language
