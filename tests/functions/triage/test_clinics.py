"""Fever clinics: none ship, an operator loads them, and the nearest are told first."""

from __future__ import annotations

import json

import pytest
from nanhai.services.triage import clinics
from nanhai.services.triage.clinics import BadClinics

from tests.functions.checkpoints.stand import DISTRICT, HERE, NEXT_DOOR, OTHER_TOWN, TOWN
from tests.functions.triage.phones import FEVERISH, WELL, check


def clinic(name, division, **other):
    return {"name": name, "division": division, "address": "某路 1 号", "phone": "0757-00000000"} | other


def file(*listed, **other) -> bytes:
    told = {"district": DISTRICT, "as_of": "2020-03-03", "source": "区卫生健康局", "clinics": list(listed)} | other
    return json.dumps(told, ensure_ascii=False).encode()


def near(stand, division=None) -> list[tuple[str, str]]:
    body = FEVERISH | ({} if division is None else {"division": division})
    return [(found["name"], found["near"]) for found in check(stand, body).json["clinics"]]


@pytest.fixture
def loaded(stand):
    listed = [clinic("丁", OTHER_TOWN), clinic("丙", TOWN), clinic("乙", NEXT_DOOR), clinic("甲", HERE)]
    assert clinics.load(DISTRICT, file(*listed), local=False) == 4
    return stand


@pytest.mark.parametrize(
    ("division", "expected"),
    [
        (HERE, [("甲", "community"), ("丙", "town"), ("乙", "town"), ("丁", "district")]),
        (TOWN, [("丙", "town"), ("乙", "town"), ("甲", "town"), ("丁", "district")]),
        (OTHER_TOWN, [("丁", "community"), ("丙", "district"), ("乙", "district"), ("甲", "district")]),
        (None, [("丁", "district"), ("丙", "district"), ("乙", "district"), ("甲", "district")]),
    ],
)
def test_the_nearest_comes_first(loaded, division, expected):
    assert near(loaded, division) == expected


def test_a_clinic_is_told_with_phone_and_hours_and_only_to_who_needs_a_doctor(loaded):
    clinics.load(DISTRICT, file(clinic("甲", HERE, hours="24 小时")), local=False)
    (told,) = check(loaded, FEVERISH | {"division": HERE}).json["clinics"]
    assert told == {
        "name": "甲",
        "address": "某路 1 号",
        "phone": "0757-00000000",
        "hours": "24 小时",
        "near": "community",
        "sample": False,
    }
    assert check(loaded, WELL | {"division": HERE}).json["clinics"] == []


def test_five_at_most_are_told_and_a_new_list_replaces_the_old_one(loaded):
    clinics.load(DISTRICT, file(*(clinic(f"{number}", HERE) for number in range(9))), local=False)
    assert len(near(loaded, HERE)) == 5
    clinics.load(DISTRICT, file(), local=False)
    assert near(loaded, HERE) == []


def test_a_sample_is_told_as_one_and_exists_on_a_local_stage_only(stand):
    listed = file(clinic("示例", HERE, sample=True))
    with pytest.raises(BadClinics, match="sample"):
        clinics.load(DISTRICT, listed, local=False)
    clinics.load(DISTRICT, listed, local=True)
    assert check(stand, FEVERISH | {"division": HERE}).json["clinics"][0]["sample"] is True


BAD = {
    "not JSON": b"{",
    "of another district": file(district="440604"),
    "a clinic of another district": file(clinic("甲", "440604001")),
    "no phone": file({"name": "甲", "division": HERE, "address": "某路 1 号"}),
    "a phone that is none": file(clinic("甲", HERE, phone="call us")),
    "more than it should say": file(clinic("甲", HERE, beds=12)),
    "no date": json.dumps({"district": DISTRICT, "source": "x", "clinics": []}).encode(),
}


@pytest.mark.parametrize("told", BAD.values(), ids=BAD)
def test_a_bad_list_is_refused_whole(loaded, told):
    with pytest.raises(BadClinics):
        clinics.load(DISTRICT, told, local=True)
    assert len(near(loaded, HERE)) == 4
