"""Policies as data: what is refused, and which one is in force."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from nanhai import policies
from nanhai.domain.policy import BadPolicy, UnknownPolicy, parse


def document(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(policies.document("nanhai-2020-03-01")), **changes}


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"colour": "pink"}, "/colour", "policy.unknown-field"),
        ({"version": 7}, "/version", "policy.type"),
        ({"valid_from": "2020-03-01T00:00:00"}, "/valid_from", "policy.instant"),
        ({"valid_from": "soon"}, "/valid_from", "policy.instant"),
        ({"fever_c": 99.0}, "/fever_c", "policy.range"),
        ({"minimum_stay_h": True}, "/minimum_stay_h", "policy.type"),
        ({"home": {}}, "/home/green_regions", "policy.required"),
        ({"affected_areas": ["42"]}, "/affected_areas/0", "policy.type"),
        (
            {"affected_areas": [{"region": "湖北", "since": "2020-01-01T00:00:00+08:00"}]},
            "/affected_areas/0/region",
            "policy.region",
        ),
        (
            {
                "affected_areas": [
                    {"region": "42", "since": "2020-02-01T00:00:00+08:00", "until": "2020-01-01T00:00:00+08:00"}
                ]
            },
            "/affected_areas/0/until",
            "policy.ends-before-it-begins",
        ),
        (
            {"affected_areas": [{"region": "42", "since": "2020-01-01T00:00:00+08:00"}] * 1_001},
            "/affected_areas",
            "policy.too-many-areas",
        ),
        ({"findings": {}}, "/findings/fever", "policy.required"),
    ],
)
def test_a_document_with_a_fault_is_refused_at_its_place(changes: dict[str, Any], pointer: str, code: str) -> None:
    with pytest.raises(BadPolicy) as refused:
        parse(document(**changes))
    assert (pointer, code) in {(fault.pointer, fault.code) for fault in refused.value.faults}


@pytest.mark.parametrize(("kind", "colour"), [("fever", "red"), ("isolation", "yellow"), ("fever", "green")])
def test_no_policy_can_make_anything_but_isolation_red(kind: str, colour: str) -> None:
    candidate = document()
    candidate["findings"][kind]["colour"] = colour
    with pytest.raises(BadPolicy) as refused:
        parse(candidate)
    assert {fault.pointer for fault in refused.value.faults} == {f"/findings/{kind}/colour"}


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(BadPolicy) as refused:
        parse({"version": 1, "extra": 2})
    assert len(refused.value.faults) > 8


def test_the_policy_in_force_is_the_latest_that_has_begun() -> None:
    book = policies.shipped()
    second = book.get("nanhai-2020-03-01").valid_from
    assert book.in_force(second).version == "nanhai-2020-03-01"
    assert book.in_force(second - 1).version == "nanhai-2020-02-17"
    assert book.in_force(0).version == "nanhai-2020-02-17"


def test_an_unknown_version_is_absent() -> None:
    with pytest.raises(UnknownPolicy):
        policies.shipped().get("nanhai-1999-01-01")
