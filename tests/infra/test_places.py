"""An operator loads places and asks where an address leads; a file with a fault loads nothing."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from nanhai.domain.place_names import Kind, Known
from nanhai.store import places

import infra.places
from infra.cli import main

HERE = "440605011001"
HEAD = "name,kind,code,latitude,longitude"
GOOD = (
    f"万科金域华府,estate,{HERE},23.0312,113.1481",
    f"桂澜路,road,{HERE},,",
    "千灯湖,alias,440605011,,",
    f'"怡翠, 玫瑰园",building,{HERE},23.04,113.15',
)


@pytest.fixture(autouse=True)
def here(platform, monkeypatch):
    """The platform of this process."""
    monkeypatch.setattr(infra.places, "become", lambda *_: None)


@pytest.fixture
def load(tmp_path):
    def run(*lines, head=HEAD, data=None):
        file = tmp_path / "places.csv"
        file.write_bytes(data if data is not None else "\r\n".join([head, *lines]).encode())
        return CliRunner().invoke(main, ["places", "load", str(file)])

    return run


def test_places_are_loaded_and_found(load):
    result = load(*GOOD)
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "4 places, 6 entries new or corrected")
    assert places.named_in("万科金域") == [Known("万科金域华府", Kind.ESTATE, HERE, 23.0312, 113.1481)]
    found = CliRunner().invoke(main, ["places", "find", "万科金域华府 3 栋"])
    assert found.stdout.splitlines() == [f"{HERE}  0.86  桂城街道桂一社区居委会", "sure"]
    unsure = CliRunner().invoke(main, ["places", "find", "somewhere"])
    assert (unsure.exit_code, unsure.stdout) == (0, "not sure\n")


def test_loading_again_changes_nothing(load):
    load(*GOOD)
    again = load(*GOOD)
    assert (again.exit_code, again.stdout.splitlines()[-1]) == (0, "4 places, 0 entries new or corrected")


def test_a_byte_order_mark_and_no_rows_are_no_fault(load):
    assert load(data=f"\ufeff{HEAD}\n{GOOD[0]}\n".encode()).exit_code == 0
    assert load().exit_code == 0


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (f"园,estate,{HERE},,", "a name has 2 to 60 letters or digits"),
        (f"{'园' * 61},estate,{HERE},,", "a name has 2 to 60 letters or digits"),
        (f"甲园,town,{HERE},,", "kind is alias, estate, building, village or road"),
        ("甲园,estate,440605999999,,", "code is of no community of this district"),
        ("甲园,estate,440605011,,", "only an alias may be a town's"),
        (f"甲园,estate,{HERE},23.0,", "latitude and longitude are degrees, both or neither"),
        (f"甲园,estate,{HERE},a,b", "latitude and longitude are degrees, both or neither"),
        (f"甲园,estate,{HERE},113.15,23.03", "this point lies far from every town of the district"),
        (f"甲园,estate,{HERE},nan,nan", "this point lies far from every town of the district"),
        (f"甲园,estate,{HERE}", "a row has 5 columns"),
        (f"甲园,estate,{HERE},,,more", "a row has 5 columns"),
    ],
)
def test_a_row_at_fault_is_told_by_its_line_and_nothing_is_loaded(load, row, why):
    result = load(GOOD[0], row, row)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"nanhai: line 3: {why}",
        f"nanhai: line 4: {why}",
        "nanhai: 2 rows at fault, nothing was loaded",
    ]
    assert places.named_in("万科金域") == []


@pytest.mark.parametrize(
    "given",
    [{"head": "name,code"}, {"data": b"\xff\xfe"}, {"data": b""}, {"data": f'{HEAD}\n"open'.encode()}],
    ids=["columns", "encoding", "empty", "quote"],
)
def test_what_is_no_such_file_ends_with_another_code(load, given):
    result = load(**given)
    assert result.exit_code == 2
    assert result.stderr.startswith("nanhai: ")


def test_a_file_that_is_too_large_is_not_read(load, monkeypatch):
    monkeypatch.setattr(infra.places, "ROWS_MAX", 1)
    assert load(*GOOD[:2]).exit_code == 2
    monkeypatch.setattr(infra.places, "FILE_BYTES_MAX", 10)
    assert load().exit_code == 2


def test_a_full_shelf_is_told(load, monkeypatch):
    monkeypatch.setattr(places, "PLACES_PER_SHELF_MAX", 1)
    result = load(GOOD[1], GOOD[1].replace("桂澜路", "桂澜路二"))
    assert result.exit_code == 1
    assert "name#桂澜" in result.stderr
