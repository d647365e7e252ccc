"""Simulated phones are those of the seeded district; their pseudonyms are those that the platform looks up."""

from __future__ import annotations

import pytest
from nanhai.services.identity.codes import MOBILE
from nanhai.services.trajectories import phones
from nanhai.vault.indexes import BlindIndex

from infra.local import synthetic
from infra.simulate import names


@pytest.mark.parametrize("seed", [0, 1, 9, 12])
@pytest.mark.parametrize("number", [0, 7, 99_999, 2_699_999])
def test_a_person_has_the_phone_that_seeding_gives(seed, number):
    assert names.phone(seed, number) == synthetic.person(seed, number, 307).phone


def test_planted_numbers_are_mobile_numbers_of_nobody_else():
    planted = {names.phone(1, names.PLANTED_FIRST + number) for number in range(names.PLANTED_MAX)}
    assert len(planted) == names.PLANTED_MAX
    assert all(MOBILE.fullmatch(phone) and not phone.startswith("+86199") for phone in planted)


def test_an_operators_pseudonym_is_the_platforms_index():
    index = BlindIndex(bytes(range(32)))
    key = index.key_of(phones.PHONE, phones.TRAJECTORY)
    assert names.pseudonyms(key, 1, [0, 5]) == [
        index.of("phone", "trajectory", names.phone(1, number)) for number in (0, 5)
    ]


def test_the_operators_key_tells_no_other_index():
    index = BlindIndex(bytes(range(32)))
    assert len({index.key_of("phone", "trajectory"), index.key_of("phone", "lookup"), index.root}) == 3


def test_a_key_file_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "kept" / "key"
    assert names.key_from(path, bytes(32)) == bytes(32)
    assert names.key_from(path, bytes(range(32))) == bytes(32)
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "no hex", "00" * 31, "00" * 33, "é"])
def test_a_file_without_a_key_is_refused(tmp_path, text):
    (tmp_path / "key").write_text(text, "utf-8")
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        names.key_from(tmp_path / "key", bytes(32))
