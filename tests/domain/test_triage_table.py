"""A table that could mislead is refused when it is read, with every fault at its place."""

from __future__ import annotations

import copy

import pytest
from nanhai.domain.triage_table import RULES_MAX, BadTable, parse
from nanhai.policies import triage

GOOD = dict(triage.document("nanhai-2020-03-03"))
TEXTS = frozenset(triage.texts("nanhai-2020-03-03")["en"])
LAST = len(GOOD["rules"]) - 1


def changed(path: str, value: object) -> dict:
    """The good document with another value at a pointer; None takes the field away."""
    document = copy.deepcopy(GOOD)
    *parents, name = path.strip("/").split("/")
    place = document
    for part in parents:
        place = place[int(part)] if isinstance(place, list) else place[part]
    key = int(name) if isinstance(place, list) else name
    if value is None:
        del place[key]
    elif isinstance(place, list) and key == len(place):
        place.append(value)
    else:
        place[key] = value
    return document


def faults(document: dict, texts: frozenset[str] = TEXTS) -> set[tuple[str, str]]:
    with pytest.raises(BadTable) as refused:
        parse(document, texts)
    return {(fault.pointer, fault.code.removeprefix("triage.table-")) for fault in refused.value.faults}


OPEN = {"rule": "more", "outcome": "no-indication", "when": {}, "advice": ["every-day"]}
BAD = [
    ("/version", 3, {("/version", "field")}),
    ("/more", 1, {("/more", "field")}),
    ("/valid_from", "2020-03-03", {("/valid_from", "field")}),
    ("/valid_from", "2020-03-03T00:00:00", {("/valid_from", "field")}),
    ("/valid_from", None, {("/valid_from", "field")}),
    ("/temperature/fever_c", 37, {("/temperature/fever_c", "field")}),
    ("/temperature/fever_c", 99.1, {("/temperature/fever_c", "range")}),
    ("/temperature/highest_c", None, {("/temperature/highest_c", "field")}),
    ("/symptoms/11", "cough", {("/symptoms", "word")}),
    ("/symptoms/11", "sneezing", {("/symptoms", "word"), ("/symptoms", "text")}),
    ("/exposures/0", 7, {("/exposures/0", "field")}),
    ("/counselling", [], {("/counselling", "field")}),
    ("/phones/police", "110", {("/phones", "text")}),
    ("/phones/health", 12320, {("/phones/health", "field")}),
    ("/rules/0", "chest-pain", {("/rules/0", "field")}),
    ("/rules/0/rule", None, {("/rules/0/rule", "field")}),
    ("/rules/1/rule", "chest-pain", {("/rules/1/rule", "twice")}),
    ("/rules/0/outcome", "hospital", {("/rules/0/outcome", "word")}),
    ("/rules/0/advice", ["pray"], {("/rules/0/advice", "text")}),
    ("/rules/0/advice", [], {("/rules/0/advice", "field")}),
    ("/rules/0/when/age", 65, {("/rules/0/when/age", "field")}),
    ("/rules/3/when/temperature_c_from", 43.0, {("/rules/3/when/temperature_c_from", "range")}),
    ("/rules/4/when/exposures", 5, {("/rules/4/when/exposures", "range")}),
    ("/rules/2/when/risks", -1, {("/rules/2/when/risks", "range")}),
    ("/rules/0/when/symptoms/0/of", ["hiccups"], {("/rules/0/when/symptoms/0/of", "word")}),
    ("/rules/0/when/symptoms/0/at_least", 0, {("/rules/0/when/symptoms/0/at_least", "range")}),
    ("/rules/0/when/symptoms/0/at_least", 2, {("/rules/0/when/symptoms/0/at_least", "range")}),
    ("/rules/0/when/symptoms/0", 1, {("/rules/0/when/symptoms/0", "field")}),
    # what no single row shows
    (f"/rules/{LAST}", None, {("/rules", "last")}),
    (f"/rules/{LAST + 1}", OPEN, {(f"/rules/{LAST + 1}", "hidden")}),
    ("/rules/15/outcome", "emergency", {("/rules/15/outcome", "order")}),
    ("/rules/5/when/symptoms/0/of", ["fever"], {("/rules/5", "hidden")}),
    ("/rules/7/when/temperature_c_from", 41.5, {("/rules/7", "hidden")}),
    ("/rules", [OPEN], {("/rules", "outcome")}),
    ("/rules", [], {("/rules", "last"), ("/rules", "outcome")}),
    ("/rules", [OPEN] * (RULES_MAX + 1), {("/rules", "range")}),
]


@pytest.mark.parametrize(("path", "value", "expected"), BAD)
def test_a_bad_table_is_refused_and_told_where(path, value, expected):
    assert faults(changed(path, value)) == expected


def test_every_fault_is_told_at_once():
    document = changed("/version", 3) | {"more": 1, "counselling": ["pray"]}
    assert faults(document) == {("/version", "field"), ("/more", "field"), ("/counselling", "text")}


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_a_text_that_is_missing_in_one_language_makes_no_table(key):
    assert {code for _, code in faults(GOOD, TEXTS - {key})} == {"text"}


def test_what_ships_is_good():
    assert len(parse(GOOD, TEXTS).rules) == LAST + 1
