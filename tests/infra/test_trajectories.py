"""An operator of the platform loads towers and signalling, and asks what became of them."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from nanhai.domain.days import local_day
from nanhai.domain.sightings import revision
from nanhai.services.trajectories import checksum, towers
from nanhai.services.trajectories.naming import Name
from nanhai.store import loads, sightings

import infra.trajectories
from infra.cli import main
from tests.services.trajectories import deliveries
from tests.services.trajectories.deliveries import OPERATOR, TOWERS

HEAD = "tower,longitude,latitude,region,operator"
GOOD = [f"{name},{x},{y},{region},{OPERATOR}" for name, (x, y, region) in TOWERS.items()]


@pytest.fixture(autouse=True)
def here(platform, monkeypatch):
    """The platform of this process."""
    monkeypatch.setattr(infra.trajectories, "become", lambda *_: None)
    return platform


@pytest.fixture
def run(tmp_path):
    def invoke(command, *more):
        return CliRunner().invoke(main, ["trajectories", command, "--data", str(tmp_path / "data"), *map(str, more)])

    return invoke


def of(sequence=7):
    return ["--operator", OPERATOR, "--sequence", sequence]


def days(today):
    return ["--first", sightings.date_of(today - 3), "--last", sightings.date_of(today)]


def written(folder, *lines, head=HEAD):
    file = folder / "towers.csv"
    file.write_text("\n".join([head, *lines]), "utf-8")
    return file


def test_towers_are_loaded_for_each_operator_in_the_file(run, tmp_path):
    told = run("towers", written(tmp_path, *GOOD, "X,113.1,23.0,440605,china-unicom"))
    assert told.exit_code == 0, told.output
    assert [line.split(",")[0] for line in told.output.splitlines()] == [
        "china-mobile: 31 towers",
        "china-unicom: 1 towers",
    ]
    assert towers.of(OPERATOR, towers.current(OPERATOR)).places["W-001"][1] == 420100


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (f"a b,113,23,440605,{OPERATOR}", "a tower's name has"),
        (f"a,x,23,440605,{OPERATOR}", "longitude and latitude are degrees"),
        (f"a,nan,23,440605,{OPERATOR}", "longitude and latitude are degrees"),
        (f"a,113,91,440605,{OPERATOR}", "longitude and latitude are degrees"),
        (f"a,113,23,4406,{OPERATOR}", "region is a division code"),
        ("a,113,23,440605,somebody", "nobody of this name"),
        (f"T-001,113,25,440605,{OPERATOR}", "another tower of the same name"),
        ("a,113", "a row has 5 columns"),
    ],
)
def test_a_tower_at_fault_is_told_by_its_line_and_nothing_is_loaded(run, tmp_path, line, why):
    told = run("towers", written(tmp_path, *GOOD, line))
    assert (told.exit_code, why in told.output, f"line {len(GOOD) + 2}: " in told.output) == (1, True, True)
    with pytest.raises(towers.NoTowers):
        towers.current(OPERATOR)


@pytest.mark.parametrize("head", ["", "tower,region", "a\0"])
def test_what_is_no_file_of_towers_is_said(run, tmp_path, head):
    assert run("towers", written(tmp_path, head=head)).exit_code == 2
    assert run("towers", written(tmp_path)).exit_code == 2


def test_signalling_is_loaded_and_what_became_of_it_is_told(run, tmp_path, here):
    run("towers", written(tmp_path, *GOOD))
    today = local_day(here.now())
    told = deliveries.rows(6, range(today - 2, today))
    file = deliveries.text(tmp_path / "d.csv", [*told, ("x", "T-001", 1, 2)])
    loaded = run("load", *of(), *days(today), file)
    assert loaded.exit_code == 0, loaded.output
    wanted = deliveries.expected(told, revision(7, 1), 0)
    for said in (loaded.output, run("status", *of()).output):
        assert f"1 of 1 parts, {len(told) + 1} rows, 1 refused" in said
        assert f"{len(wanted)} person-days" in said
    why = "A phone is named by the operator's pseudonym: 32 lower-case hexadecimal digits."
    assert f"1  sightings.phone: {why}" in loaded.output
    assert run("rejects", *of()).output == f"{len(told) + 2}\tsightings.phone\t{why}\n"
    found = run("checksum").stdout
    assert f"{checksum.of(wanted)}  {len(wanted)} person-days" in found
    assert "nothing is changed" not in loaded.output
    again = run("load", *of(), *days(today), file)
    assert (again.exit_code, "nothing is changed" in again.output) == (0, True)
    assert run("checksum").stdout == found


def test_what_is_not_there_or_refused_is_said_in_one_line(run, tmp_path, here):
    for command in ("status", "rejects"):
        unknown = run(command, *of())
        assert (unknown.exit_code, unknown.output) == (1, "nanhai: no such delivery\n")
    file = deliveries.text(tmp_path / "d.csv", [])
    refused = run("load", *of(), *days(local_day(here.now())), file)
    said = "nanhai: sightings.no-towers: The operator's towers have not been loaded yet."
    assert (refused.exit_code, refused.output.splitlines()[-1]) == (1, said)


def test_what_the_path_says_need_not_be_said_again(run, tmp_path, here):
    run("towers", written(tmp_path, *GOOD))
    today = local_day(here.now())
    name, told = Name(OPERATOR, 7, today - 2, today - 1), deliveries.rows(3, range(today - 2, today))
    (tmp_path / OPERATOR).mkdir()
    loaded = run("load", deliveries.text(tmp_path / name.key("csv"), told))
    assert loaded.exit_code == 0, loaded.output
    load = loads.get(OPERATOR, 7)
    assert (load.first, load.last, load.by) == (name.first, name.last, "operator")
    unnamed = run("load", *of(), deliveries.text(tmp_path / "d.csv", told))
    assert (unnamed.exit_code, "--first" in unnamed.output) == (2, True)


def test_why_a_delivery_was_refused_is_told(run, here):
    loads.refuse(OPERATOR, 7, "sightings.too-large", here.now())
    told = run("status", *of())
    why = "The file is too large for one delivery. Deliver in several, each of whole days of a phone."
    assert (told.exit_code, told.output) == (0, f"last refused: sightings.too-large: {why}\n")


def test_a_file_that_cannot_be_read_is_said_now_and_later_and_its_number_stays_free(run, tmp_path, here):
    run("towers", written(tmp_path, *GOOD))
    today = local_day(here.now())
    (tmp_path / "d.parquet").write_bytes(b"none")
    refused = run("load", *of(), *days(today), tmp_path / "d.parquet")
    assert (refused.exit_code, "nanhai: sightings.unreadable: " in refused.output) == (1, True)
    assert run("status", *of()).output.startswith("last refused: sightings.unreadable: ")
    assert run("load", *of(), *days(today), deliveries.text(tmp_path / "d.csv", [])).exit_code == 0


def test_a_load_that_was_cut_off_says_how_to_go_on(run, tmp_path, here, monkeypatch):
    run("towers", written(tmp_path, *GOOD))
    today = local_day(here.now())
    file = deliveries.text(tmp_path / "d.csv", deliveries.rows(2, range(today - 2, today)))
    with monkeypatch.context() as killed:
        killed.setattr("nanhai.services.trajectories.parts.write", lambda *_: 1 / 0)
        assert run("load", *of(), *days(today), file).exit_code == 1
    assert "load the same file again" in run("status", *of()).output
    assert run("load", *of(), *days(today), file).exit_code == 0
    assert "again" not in run("status", *of()).output


def test_a_form_that_signalling_does_not_have_is_wrong_usage(run, tmp_path, here):
    (tmp_path / "d.xlsx").touch()
    told = run("load", *of(), *days(local_day(here.now())), tmp_path / "d.xlsx")
    assert (told.exit_code, ".csv, .ndjson, .parquet" in told.output) == (2, True)


def test_a_folder_that_cannot_be_made_is_said_in_one_line(run, tmp_path, here):
    run("towers", written(tmp_path, *GOOD))
    (tmp_path / "file").touch()
    file = deliveries.text(tmp_path / "d.csv", [])
    told = run("load", *of(), *days(local_day(here.now())), "--work", tmp_path / "file" / "x", file)
    last = told.output.splitlines()[-1]
    assert (told.exit_code, last.startswith(f"nanhai: {tmp_path / 'file'}"), "Not a directory" in last) == (
        1,
        True,
        True,
    )
