"""A delivery comes to what the domain makes of its rows, whatever form it has and however often it is begun."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from nanhai.domain.days import day_begins, local_day
from nanhai.domain.sightings import revision
from nanhai.services.trajectories import checksum, loads, parts, reading, staging, towers
from nanhai.services.trajectories.faults import RowFault
from nanhai.services.trajectories.loads import BeingLoaded, Delivery
from nanhai.services.trajectories.naming import DaysNotTaken, Name
from nanhai.services.trajectories.numbering import LoadDiffers, UnknownOperator
from nanhai.services.trajectories.reading import Unreadable
from nanhai.services.trajectories.staging import TooManyRows
from nanhai.services.trajectories.towers import NoTowers
from nanhai.store import loads as store
from nanhai.store import sightings
from nanhai.store.loads import Reject
from nanhai.store.writes import StoreUnavailable

from tests.services.trajectories import deliveries
from tests.services.trajectories.deliveries import FORMS, OPERATOR, phone
from tests.store.builders import NOW, everything

TODAY = local_day(NOW)
DAYS = range(TODAY - 3, TODAY + 1)
FIRST, LAST = day_begins(TODAY - 14), day_begins(TODAY + 1)


@pytest.fixture
def here(aws, tmp_path):
    deliveries.load_towers(NOW)
    return tmp_path


def run(folder, file, sequence=7, now=NOW, operator=OPERATOR, first=TODAY - 14, last=TODAY):
    name, form = Name(operator, sequence, first, last), file.suffix.removeprefix(".")
    return loads.run(Delivery(name, file, form, "test"), now, folder / "parts", lambda *_: None)


def stored():
    return sorted(filter(None, map(sightings.read, everything("sightings"))), key=deliveries.of_what)


def rejected(sequence=7):
    return store.rejects(OPERATOR, sequence)[0]


def all_rejected():
    found, start = store.rejects(OPERATOR, 7)
    while start is not None:
        more, start = store.rejects(OPERATOR, 7, start)
        found += more
    return found


def refused(load) -> dict[str, int]:
    found = Counter()
    for part in store.finished(load).values():
        found.update(part.rejected)
    return dict(found)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("per_part", [40, 1_000_000])
def test_it_comes_to_what_the_domain_makes_of_its_rows(here, monkeypatch, form, per_part):
    monkeypatch.setattr(staging, "ROWS_PER_PART", per_part)
    told = deliveries.rows(9, DAYS)
    load = run(here, FORMS[form](here / f"d.{form}", told))
    wanted = sorted(deliveries.expected(told, revision(7, 1), NOW), key=deliveries.of_what)
    assert stored() == wanted
    assert (load.staged.rows, refused(load)) == (len(told), {})
    parts = store.finished(load).values()
    assert (len(parts), sum(part.days for part in parts)) == (load.staged.parts, len(wanted))
    assert list((here / "parts").iterdir()) == []


def test_a_file_that_comes_phone_by_phone_is_loaded_where_it_lies(here, monkeypatch):
    monkeypatch.setattr(staging, "ROWS_PER_PART", 2_000)
    monkeypatch.setattr(staging, "stage", None)
    who = [phone(number << 100) for number in range(40)]
    told = [(one, "T-001", FIRST + 900 * at, FIRST + 900 * at + 60) for one in who for at in range(210)]
    told += [("", "T-001", LAST - 9, LAST), ("z" * 32, "T-001", LAST - 9, LAST), (None, "T-001", LAST - 9, LAST)]
    told.sort(key=lambda row: row[0] or "")
    load = run(here, deliveries.parquet(here / "d.parquet", told, rows_per_group=2_048))
    assert load.staged.parts == 5
    assert stored() == sorted(
        deliveries.expected([row for row in told if row[0] in who], revision(7, 1), NOW), key=deliveries.of_what
    )
    assert refused(load) == {RowFault.PHONE.value: 3}
    assert sorted(reject.line for reject in all_rejected()) == [1, 2, len(told)]


BAD = {
    "phone": ((phone(1).upper().replace("0", "A"), "T-001", LAST - 9, LAST), RowFault.PHONE),
    "short phone": (("abc", "T-001", LAST - 9, LAST), RowFault.PHONE),
    "no phone": (("", "T-001", LAST - 9, LAST), RowFault.PHONE),
    "tower": ((phone(1), "T-999", LAST - 9, LAST), RowFault.TOWER),
    "no place": ((phone(1), "", LAST - 9, LAST), RowFault.PLACE),
    "time": ((phone(1), "T-001", "soon", LAST), RowFault.TIME),
    "time without an offset": ((phone(1), "T-001", "2020-03-01T00:00:00", LAST), RowFault.TIME),
    "empty": ((phone(1), "T-001", LAST - 9, LAST - 9), RowFault.INTERVAL),
    "backwards": ((phone(1), "T-001", LAST - 9, LAST - 10), RowFault.INTERVAL),
    "an offset beyond any": ((phone(1), "T-001", "2020-03-01T00:00:00+14:01", LAST), RowFault.TIME),
    "no such offset": ((phone(1), "T-001", "2020-03-01T00:00:00+99:99", LAST), RowFault.TIME),
    "beyond 32 bits": ((phone(1), "T-001", LAST - 9, 1 << 32), RowFault.TIME),
    "too early": ((phone(1), "T-001", FIRST - 9, FIRST), RowFault.DAY),
    "too late": ((phone(1), "T-001", LAST, LAST + 9), RowFault.DAY),
}
GOOD = [(phone(1), "T-001", FIRST, FIRST + 9), (phone(2), "T-001", LAST - 9, LAST)]


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_rows_at_fault_are_told_by_line_and_the_others_are_applied(here, form):
    told = [GOOD[0], *(row for row, _ in BAD.values()), GOOD[1]]
    first = 3 if form == "csv" else 2  # a CSV has a header
    load = run(here, FORMS[form](here / f"d.{form}", told))
    assert rejected() == [Reject(first + at, code.value) for at, (_, code) in enumerate(BAD.values())]
    assert sum(refused(load).values()) == len(BAD)
    assert stored() == sorted(deliveries.expected(GOOD, revision(7, 1), NOW), key=deliveries.of_what)


def test_rows_at_fault_in_parquet_are_told_by_their_number(here):
    whole = [(row, code) for row, code in BAD.values() if not isinstance(row[2], str)]
    load = run(here, deliveries.parquet(here / "d.parquet", [GOOD[0], *(row for row, _ in whole), GOOD[1]]))
    wanted = [code.value if row[1] else RowFault.TOWER.value for row, code in whole]
    assert [(reject.line, reject.code) for reject in rejected()] == list(enumerate(wanted, 2))
    assert load.staged.rows == len(whole) + 2
    assert len(stored()) == 2


def test_a_broken_line_is_one_fault_and_moves_no_other_line(here):
    good = f"{phone(1)},T-001,{LAST - 9},{LAST}".encode()
    lines = [
        b'\xef\xbb\xbf"phone",tower,from,to\r',
        good,
        b"",
        b"\xff\xfe\x00",
        b'"a,b',
        good + b",more",
        good[:-1] + b"x",
    ]
    (here / "d.csv").write_bytes(b"\n".join([*lines, good.replace(b"T-001", b'"T-002"')]))
    run(here, here / "d.csv")
    form, time = RowFault.FORM.value, RowFault.TIME.value
    assert rejected() == [Reject(4, form), Reject(5, form), Reject(6, form), Reject(7, time)]
    assert [len(day.visits) for day in stored()] == [1 + 14]


@pytest.mark.parametrize("line", ["{", "[1]", "7", "null", '"x"', '{"phone": {"a": 1}}', "{}"])
def test_a_broken_line_of_ndjson_is_one_fault(here, line):
    file = deliveries.ndjson(here / "d.ndjson", GOOD)
    file.write_text(line + "\n" + file.read_text())
    run(here, file)
    assert [reject.line for reject in rejected()] == [1]
    assert len(stored()) == 2


def test_times_are_seconds_or_iso_8601_with_an_offset(here):
    since, until = (datetime.fromtimestamp(at, UTC) for at in (LAST - 3_600, LAST - 60))
    told = [
        (phone(1), "T-001", since.isoformat(), until.isoformat().replace("+00:00", "Z")),
        (phone(2), "T-001", LAST - 3_600, until.isoformat()),
    ]
    run(here, deliveries.text(here / "d.csv", told))
    same = [(who, "T-001", LAST - 3_600, LAST - 60) for who in (phone(1), phone(2))]
    wanted = sorted(deliveries.expected(same, revision(7, 1), NOW), key=deliveries.of_what)
    assert stored() == wanted
    run(here, deliveries.parquet(here / "d.parquet", told[:1], "VARCHAR, VARCHAR, TIMESTAMPTZ, VARCHAR"), 8)
    assert [day.visits for day in stored() if day.revision == revision(8, 1)] == [wanted[0].visits]


def test_a_point_lies_in_its_own_cell_and_in_the_region_of_the_nearest_tower(here):
    columns = ("phone", "longitude", "latitude", "from", "to")
    told = [(phone(n), *at, LAST - 9, LAST) for n, at in enumerate([(113.1052, 23.0233), (114.31, 30.61), (100, 40)])]
    for number, form in enumerate(FORMS):
        types = "VARCHAR, DOUBLE, DOUBLE, BIGINT, BIGINT"
        file = here / f"d.{form}"
        FORMS[form](file, told, types, columns) if form == "parquet" else FORMS[form](file, told, columns)
        run(here, file, 10 + number)
        assert [reject.code for reject in rejected(10 + number)] == [RowFault.PLACE.value]
        found = [day for day in stored() if day.revision == revision(10 + number, 1)]
        assert [int.from_bytes(day.visits[-4:], "big") for day in found] == [440605, 420100]


def test_a_point_far_from_every_tower_is_known_for_far_after_few_cells(here):
    looked = []

    class Counted(dict):
        def __contains__(self, cell):
            looked.append(cell)
            return super().__contains__(cell)

    known = towers.of(OPERATOR, towers.current(OPERATOR))
    far = towers.Towers(known.version, known.places)
    far._regions = Counted(far._regions)
    assert far.at(100, 40) is None
    assert len(looked) <= 150


def test_the_same_again_changes_nothing_and_another_file_under_its_number_is_refused(here):
    told = deliveries.rows(4, DAYS)
    file = deliveries.text(here / "d.csv", told)
    run(here, file)
    was = [everything(table) for table in ("sightings", "loads")]
    run(here, file, now=NOW + 86_400)
    assert [everything(table) for table in ("sightings", "loads")] == was
    file.write_text(file.read_text() + "\n")
    with pytest.raises(LoadDiffers):
        run(here, file)


@pytest.mark.parametrize("form", FORMS)
def test_a_delivery_writes_the_days_that_it_tells_and_no_other_one_whatever_its_rows_reach_into(here, form):
    days = {day: day_begins(day) for day in range(TODAY - 3, TODAY)}
    told = [(phone(1), f"T-{at:03d}", begins, begins + 86_400) for at, begins in enumerate(days.values())]
    run(here, FORMS[form](here / f"d.{form}", told))
    before = {day.day: day for day in stored()}
    corrected = TODAY - 2
    rows = [
        (phone(1), "T-009", days[corrected] - 3_600, days[corrected] + 60),
        (phone(1), "W-001", days[corrected] + 60, days[corrected] + 90_000),
        (phone(1), "W-001", days[corrected] - 60, days[corrected]),  # touches the day no more
    ]
    load = run(here, FORMS[form](here / f"e.{form}", rows), 8, first=corrected, last=corrected)
    wanted = deliveries.expected(rows[:2], revision(8, 1), NOW, corrected, corrected)
    assert [day for day in stored() if day.revision == revision(8, 1)] == wanted
    assert refused(load) == {RowFault.DAY.value: 1}
    counted = {day.day: day for day in sightings.days(phone(1), TODAY - 3, TODAY, NOW)}
    assert counted == before | {corrected: wanted[0]}


def test_days_are_of_those_that_are_kept_and_part_of_what_a_number_stands_for(here):
    file = deliveries.text(here / "d.csv", GOOD)
    for first, last in ((TODAY - 15, TODAY), (TODAY - 14, TODAY + 1), (TODAY, TODAY - 1)):
        with pytest.raises(DaysNotTaken):
            run(here, file, first=first, last=last)
    assert everything("loads") == []
    run(here, file)
    with pytest.raises(LoadDiffers):
        run(here, file, first=TODAY - 13)
    run(here, file, now=NOW + 86_400)  # begun while they were kept


def test_whole_numbers_that_are_no_time_are_rows_at_fault(here):
    told = [(phone(1), "T-001", LAST - 9, LAST), (phone(1), "T-001", 2**64 - 2, 2**64 - 1)]
    load = run(here, deliveries.parquet(here / "d.parquet", told, "VARCHAR, VARCHAR, UBIGINT, UBIGINT"))
    assert refused(load) == {RowFault.TIME.value: 1}
    assert len(stored()) == 1


def test_what_is_no_pseudonym_is_spread_over_the_parts(here, monkeypatch):
    monkeypatch.setattr(staging, "ROWS_PER_PART", 100)
    who = ["", "13800138000", "z" * 32, None]
    told = [(who[at % len(who)], "T-001", LAST - 9, LAST) for at in range(1_000)]
    for form in FORMS:
        with reading.session(here / "work") as connection:
            reading.tell(connection, FORMS[form](here / f"d.{form}", told), form)
            planned = staging.plan(connection, here / f"d.{form}", form)
            staging.stage(connection, planned, here / "staged")
            for number in range(planned.parts):
                reading.tell_again(connection, staging.part_of(here / "staged", number))
                (rows,) = connection.execute("SELECT count(*) FROM told").fetchone()
                assert rows == 100


@pytest.mark.parametrize("form", FORMS)
def test_interrupted_it_goes_on_with_parts_of_another_size(here, monkeypatch, form):
    told = sorted(deliveries.rows(40, DAYS))
    options = {"rows_per_group": 2_048} if form == "parquet" else {}
    file = FORMS[form](here / f"d.{form}", told, **options)
    write, left = loads.parts.write, iter(range(2))

    def failing(*asked):
        if next(left, None) is None:
            raise StoreUnavailable(retry_after_s=1)
        return write(*asked)

    monkeypatch.setattr(staging, "ROWS_PER_PART", 100)
    with monkeypatch.context() as broken:
        broken.setattr(loads.parts, "write", failing)
        with pytest.raises(StoreUnavailable):
            run(here, file)
    monkeypatch.setattr(staging, "ROWS_PER_PART", 60)
    run(here, file)
    assert stored() == sorted(deliveries.expected(told, revision(7, 1), NOW), key=deliveries.of_what)


def test_a_part_that_is_gone_is_an_error_and_an_empty_one_is_not(here):
    with reading.session(here / "work") as connection:
        reading.tell(connection, deliveries.text(here / "d.csv", GOOD), "csv")
        staging.stage(connection, staging.Plan(len(GOOD), 3), here / "staged")
        reading.tell_again(connection, staging.part_of(here / "staged", 2))
        assert connection.execute("SELECT count(*) FROM told").fetchone() == (0,)
        for file in staging.part_of(here / "staged", 0).iterdir():
            file.unlink()
        for number in (0, 9):
            with pytest.raises(reading.PartMissing):
                reading.tell_again(connection, staging.part_of(here / "staged", number))


def test_a_plan_of_so_many_parts_is_one_and_the_same_whatever_made_it_so_many(here, monkeypatch):
    told = sorted((phone(number << 100), "T-001", FIRST + at, LAST) for number in range(40) for at in range(500))
    file, plans = deliveries.parquet(here / "d.parquet", told, rows_per_group=2_048), {}
    for rows in range(2_000, 9_000, 250):
        monkeypatch.setattr(staging, "ROWS_PER_PART", rows)
        with reading.session(here / "work") as connection:
            reading.tell(connection, file, "parquet")
            planned = staging.plan(connection, file, "parquet")
        assert planned.ranges
        assert plans.setdefault(planned.parts, planned) == planned
        assert len(planned.ranges) == planned.parts


def test_a_correction_counts_and_the_day_before_it_stays(here):
    yesterday = LAST - 86_400
    told = [(phone(1), "T-001", yesterday - 9, yesterday), (phone(1), "T-001", LAST - 9, LAST)]
    run(here, deliveries.text(here / "d.csv", told), 7)
    (before,) = sightings.days(phone(1), TODAY - 1, TODAY - 1, NOW)
    for name, tower, sequence in (("e.csv", "W-001", 8), ("f.csv", "T-002", 6)):
        file = deliveries.text(here / name, [(phone(1), tower, LAST - 9, LAST)])
        run(here, file, sequence, first=TODAY, last=TODAY)
    day, counted = sightings.days(phone(1), TODAY - 1, TODAY, NOW)
    assert (day, counted.revision, len(stored())) == (before, revision(8, 1), 4)


def test_interrupted_it_goes_on_by_the_towers_and_the_day_that_it_began_with(here, monkeypatch):
    monkeypatch.setattr(staging, "ROWS_PER_PART", 30)
    told = deliveries.rows(9, DAYS)
    file = deliveries.text(here / "d.csv", told)
    write, left = loads.parts.write, iter(range(2))

    def failing(*asked):
        if next(left, None) is None:
            raise StoreUnavailable(retry_after_s=1)
        return write(*asked)

    monkeypatch.setattr(loads.parts, "write", failing)
    with pytest.raises(StoreUnavailable):
        run(here, file)
    monkeypatch.setattr(loads.parts, "write", write)
    towers.load(OPERATOR, [towers.Tower("T-001", 5, 420100)], NOW + 9)
    (here / "parts").rename(here / "lost")
    run(here, file, now=NOW + 20 * 86_400)
    assert stored() == sorted(deliveries.expected(told, revision(7, 1), NOW), key=deliveries.of_what)


def test_who_does_not_deliver_has_no_towers_or_sends_something_else_is_refused(here, monkeypatch):
    file = deliveries.text(here / "d.csv", GOOD)
    with pytest.raises(UnknownOperator):
        run(here, file, operator="somebody")
    with pytest.raises(NoTowers):
        run(here, file, operator="china-telecom")
    for number, (name, held) in enumerate(
        {"a.csv": b"", "b.csv": b"phone,from,to\n", "c.csv": b"a,b\n1,2", "d.parquet": b"PAR1", "e.txt": b"x"}.items(),
        20,
    ):
        (here / name).write_bytes(held)
        with pytest.raises(Unreadable):
            run(here, here / name, number)
    monkeypatch.setattr(staging, "ROWS_MAX", 1)
    with pytest.raises(TooManyRows):
        run(here, file)
    assert [everything(table) for table in ("sightings", "loads")] == [[], []]
    assert list((here / "parts").iterdir()) == []


def test_a_file_that_cannot_be_read_does_not_take_its_number(here):
    (here / "d.csv").write_bytes(b"")
    with pytest.raises(Unreadable):
        run(here, here / "d.csv")
    told = deliveries.rows(2, DAYS)
    assert refused(run(here, deliveries.text(here / "d.csv", told))) == {}
    assert stored() == sorted(deliveries.expected(told, revision(7, 1), NOW), key=deliveries.of_what)


def test_two_processes_do_not_load_the_same_delivery_at_once(here, monkeypatch):
    file = deliveries.text(here / "d.csv", deliveries.rows(2, DAYS))
    original, seconds = parts.write, []

    def meanwhile(*about):
        with pytest.raises(BeingLoaded) as second:
            run(here, file)
        seconds.append(second)
        return original(*about)

    monkeypatch.setattr(parts, "write", meanwhile)
    run(here, file)
    assert len(seconds) == 1
    assert list((here / "parts").iterdir()) == []


def test_a_line_without_an_end_is_refused_before_memory_ends(here, monkeypatch):
    monkeypatch.setattr(reading, "CHUNK_BYTES", 100)
    monkeypatch.setattr(reading, "LINE_BYTES_MAX", 200)
    (here / "d.ndjson").write_bytes(b"x" * 1_000)
    with pytest.raises(Unreadable):
        run(here, here / "d.ndjson")


def test_a_checksum_is_of_the_contents_alone(durable, tmp_path):
    deliveries.load_towers(NOW)
    told = deliveries.rows(5, DAYS)
    run(tmp_path, deliveries.text(tmp_path / "d.csv", told))
    found = checksum.of_table()
    assert found == checksum.of(deliveries.expected(told, revision(7, 1), NOW + 99))
    assert found != checksum.of(deliveries.expected(told, revision(8, 1), NOW))
