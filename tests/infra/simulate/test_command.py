"""`nanhai simulate` says what it wrote, under a key of its own, of a file or of a running platform."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from infra.cli import main
from infra.simulate import commands, truth

FEW = ("--people", "3", "--days", "2", "--towers-per-town", "4", "--rows-per-day", "20")


def simulate(out, *more):
    return CliRunner().invoke(main, ["simulate", "--out", str(out), *FEW, *map(str, more)])


def test_it_tells_how_much_it_wrote_and_where(tmp_path):
    result = simulate(tmp_path / "new", "--until", "2020-03-20")
    assert result.exit_code == 0, result.output
    assert "10 phones, 96 towers, " in result.output
    told = [line for line in result.output.splitlines() if line.startswith(str(tmp_path))]
    assert [line.removeprefix(f"{tmp_path}/new/") for line in told] == [
        "towers.csv",
        "china-mobile/1_2020-03-18_2020-03-19.parquet",
        "truth/stays.parquet",
        "truth/planted.json",
    ]


def test_without_a_key_it_makes_one_and_keeps_to_it(tmp_path):
    simulate(tmp_path)
    before = truth.planted(tmp_path / "truth" / "planted.json")
    simulate(tmp_path)
    simulate(tmp_path / "other", "--key-file", tmp_path / commands.KEY_FILE)
    simulate(tmp_path / "another")
    phones = [
        [who.phone for who in truth.planted(folder / "truth" / "planted.json")]
        for folder in (tmp_path, tmp_path / "other", tmp_path / "another")
    ]
    assert [who.phone for who in before] == phones[0] == phones[1] != phones[2]


def test_each_operator_named_has_a_delivery_of_that_number(tmp_path):
    simulate(
        tmp_path, "--operator", "china-unicom", "--operator", "china-telecom", "--sequence", 17, "--until", "2020-03-20"
    )
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.glob("china-*/*")) == [
        "china-telecom/17_2020-03-18_2020-03-19.parquet",
        "china-unicom/17_2020-03-18_2020-03-19.parquet",
    ]


def test_a_platforms_key_and_another_one_are_not_both_taken(tmp_path):
    told = simulate(tmp_path, "--platform", "--key-file", tmp_path / "k")
    assert (told.exit_code, "--key-file" in told.output) == (2, True)


def test_with_the_key_of_a_platform_its_own_index_finds_the_rows(tmp_path, platform, monkeypatch):
    monkeypatch.setattr(commands, "become", lambda *_: None)
    assert simulate(tmp_path, "--platform").exit_code == 0
    for who in truth.planted(tmp_path / "truth" / "planted.json"):
        assert who.phone == platform.blind("phone", "trajectory", who.number)
    assert not (tmp_path / commands.KEY_FILE).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        ("--operator", "nobody"),
        ("--people", "0"),
        ("--days", "61"),
        ("--until", "tomorrow"),
        ("--rows-per-day", "1441"),
        ("--towers-per-town", "1"),
    ],
)
def test_what_it_cannot_make_is_wrong_usage(tmp_path, wrong):
    assert simulate(tmp_path, *wrong).exit_code == 2


def test_a_key_file_without_a_key_is_wrong_usage(tmp_path):
    (tmp_path / "key").write_text("00")
    result = simulate(tmp_path, "--key-file", tmp_path / "key")
    assert (result.exit_code, "32 bytes" in result.output) == (2, True)


def test_without_a_platform_there_is_no_key_of_one(tmp_path):
    assert simulate(tmp_path, "--platform", "--data", tmp_path / "none").exit_code == 8
