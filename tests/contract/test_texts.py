"""Everything that people are told exists in both languages, with the same places to fill."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import string
from collections import Counter
from pathlib import Path

import nanhai
import pytest
from nanhai import texts
from nanhai.domain.errors import Refusal
from nanhai.edge.problems import Internal
from nanhai.texts import LANGUAGES, text

from infra.functions import ROOT

PACKAGE = Path(nanhai.__file__).parent
BOTH = {language: texts.loaded(language) for language in LANGUAGES}
GATEWAYS_OWN = {
    answer["code"] for answer in json.loads((ROOT / "infra/gateway-responses.json").read_text("utf-8")).values()
}


def refusals() -> dict[str, str]:
    """The code of every refusal of the layer, and the class that gives it."""
    for module in pkgutil.walk_packages([str(PACKAGE)], "nanhai."):
        importlib.import_module(module.name)
    return {
        refusal.code: refusal.__qualname__ for refusal in _below(Refusal) if refusal.__module__.startswith("nanhai.")
    }


def faults() -> dict[str, str]:
    """The literal code of every Fault, however deep in an expression, and the file that gives it."""
    return {
        code: str(path.relative_to(PACKAGE))
        for path in sorted(PACKAGE.rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Fault" and len(call.args) > 1
        for code in _literals(call.args[1])
    }


def _below(kind: type) -> list[type]:
    return [kind, *(found for child in kind.__subclasses__() for found in _below(child))]


def _literals(expression: ast.expr) -> list[str]:
    return [
        node.value for node in ast.walk(expression) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def _places(words: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in string.Formatter().parse(words) if name is not None)


def test_every_refusal_and_every_fault_has_a_text_in_both_languages():
    codes = refusals() | faults() | {Internal.code: "Internal"}
    missing = {
        (language, code, where) for language in LANGUAGES for code, where in codes.items() if code not in BOTH[language]
    }
    assert missing == set()


def test_both_languages_have_the_same_features_and_codes():
    by_feature = [{feature: set(told) for feature, told in texts.features(language).items()} for language in LANGUAGES]
    assert by_feature[0] == by_feature[1]


@pytest.mark.parametrize("code", sorted(BOTH["en"]))
def test_both_languages_fill_the_same_places(code):
    assert _places(BOTH["zh-CN"][code]) == _places(BOTH["en"][code])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_belongs_to_one_feature(language):
    told = Counter(code for feature in texts.features(language).values() for code in feature)
    assert [code for code, times in told.items() if times > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_are_plain_names_so_that_a_missing_param_never_fails(language):
    for code, words in BOTH[language].items():
        for _, name, form, conversion in string.Formatter().parse(words):
            assert name is None or (name.isidentifier() and not form and not conversion), code
        assert "{" not in text(code, language)


def test_a_missing_param_leaves_an_ellipsis_and_a_surplus_one_is_ignored():
    assert text("edge.length", "en") == "The length must be …."
    assert text("edge.length", "en", {"bound": "≤ 3", "more": 1}) == "The length must be ≤ 3."


def test_a_param_is_never_a_template():
    assert text("edge.length", "en", {"bound": "{bound.__class__}"}) == "The length must be {bound.__class__}."


def test_an_unknown_code_gets_a_sentence_all_the_same():
    assert text("nobody.wrote-this", "zh-CN") == BOTH["zh-CN"]["refused"]


def test_chinese_is_chinese():
    assert [
        code for code, words in BOTH["zh-CN"].items() if not any("\u4e00" <= letter <= "\u9fff" for letter in words)
    ] == []
