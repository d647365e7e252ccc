"""What the index and the newest days tell is what a brute-force join over everybody's raw rows finds, to the second."""

from __future__ import annotations

import random
from datetime import date

import duckdb
import pytest
from nanhai.domain.copresence import CoPresenceRule, meetings
from nanhai.domain.days import day_begins, local_day
from nanhai.domain.sightings import Visit, by_day, pack, revision, visits
from nanhai.policies.trajectories import rule
from nanhai.services.trajectories import co_presence_search, postings
from nanhai.services.trajectories.days import told
from nanhai.store import presence, sightings
from nanhai.store.sightings import PersonDay

from infra.simulate import district, truth
from tests.services.trajectories import brute

REGION = 440_605
DAYS, PEOPLE = 5, 300
TODAY = date(2026, 11, 25)
LAST = (TODAY - date(1970, 1, 1)).days - 1
FIRST = LAST - DAYS + 1
NOW = day_begins(LAST + 1) + 36_000
FIELD = rule().co_presence
ANY = CoPresenceRule(together_s=0, in_cell_s=0, days=14)
LOOSE = CoPresenceRule(together_s=600, in_cell_s=3 * 3_600, days=14)


def load(rows: dict[str, list[Visit]], sequence: int = 1) -> None:
    """As ingest and index do, by the domain's own rule: in an order of its own, a part of them twice."""
    days = [
        PersonDay(phone, day, revision(sequence, 1), pack(day, found), NOW)
        for phone, visited in rows.items()
        for day, found in by_day(visits(visited)).items()
        if FIRST <= day <= LAST
    ]
    chance = random.Random(sequence)
    chance.shuffle(days)
    half = len(days) // 2
    for part in (days[half:], days[:half], days[: half // 4]):
        store(part)


def store(days: list[PersonDay]) -> None:
    presence.note_revisions({(one.day, one.revision) for one in days})
    sightings.write(days)
    postings.post([told(one) for one in days])


def ours(phone: str, kind: CoPresenceRule, days=(FIRST, LAST)) -> tuple:
    found = co_presence_search.search(phone, days, kind, NOW).meetings
    return tuple(sorted(meeting for meetings in found.values() for meeting in meetings))


def inside(found, within) -> list[Visit]:
    """Cut at the borders of the window."""
    begins, ends = within
    cut = [Visit(max(v.since, begins), min(v.until, ends), v.cell, v.region) for v in found]
    return [v for v in cut if v.since < v.until]


# a simulated district


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    return district.make(tmp_path_factory.mktemp("district"), PEOPLE, DAYS, TODAY, seed=3, key=b"k" * 32).paths


@pytest.fixture(scope="module")
def raw(simulated):
    with brute.connect(simulated.towers, simulated.signalling) as connection:
        yield connection


def delivered(raw) -> dict[str, list[Visit]]:
    found = {}
    told_rows = raw.execute('SELECT phone, "from", "to", cell, region FROM rows JOIN towers USING (tower)').fetchall()
    for phone, *row in told_rows:
        found.setdefault(phone, []).append(Visit(*row))
    return found


def test_on_a_simulated_district_it_is_what_brute_force_finds(durable, simulated, raw):
    load(delivered(raw))
    within = brute.window(FIRST, LAST)
    brute.precompute(raw, within)
    found = 0
    for phone in truth.phones(simulated.stays, PEOPLE)[::60]:
        for kind in (FIELD, LOOSE, ANY):
            expected = brute.meetings(raw, phone, within, kind)
            assert ours(phone, kind) == expected == brute.meetings_of_visits(raw, phone, kind)
            found += len(expected)
        narrow = (FIRST + 1, FIRST + 2)
        assert ours(phone, LOOSE, narrow) == brute.meetings(raw, phone, brute.window(*narrow), LOOSE)
    assert found > 300  # or nothing was compared


def test_on_a_simulated_district_brute_force_finds_what_was_true(simulated, raw):
    """Meetings of the true stays, and those that an operator's rows tell, are the same ones."""
    within = brute.window(FIRST, LAST)
    phones = truth.phones(simulated.stays, PEOPLE + 100)
    stays = truth.stays(simulated.stays, phones)
    clipped = {phone: inside(found, within) for phone, found in stays.items()}
    for phone in phones[::100]:
        others = {other: found for other, found in clipped.items() if other != phone}
        assert brute.meetings(raw, phone, within, LOOSE) == meetings(clipped[phone], others, LOOSE)


# rows as no operator should deliver them


def untidy(seed: int) -> dict[str, list[Visit]]:
    """Rows that overlap, that say nothing, that adjoin, that cross midnights and the borders of the window."""
    chance = random.Random(seed)
    found = {}
    for number in range(12):
        rows = []
        for _ in range(60):
            since = day_begins(FIRST) - 3_600 + chance.randrange(DAYS * 1_440) * 60
            until = since + chance.choice([0, 60, 600, 660, 3_600, 30_000])
            rows.append(Visit(since, until, chance.randrange(1, 5), REGION + chance.randrange(2)))
        rows += [Visit(r.until, r.until + 900, r.cell, r.region) for r in chance.sample(rows, 20)]
        found[f"{number:032x}"] = rows
    return found


@pytest.mark.parametrize("seed", range(3))
def test_of_untidy_rows_too(durable, tmp_path, seed):
    rows = untidy(seed)
    load(rows)
    with duckdb.connect() as raw:
        raw.execute('CREATE TABLE rows (phone VARCHAR, tower VARCHAR, "from" BIGINT, "to" BIGINT)')
        raw.execute("CREATE TABLE towers (tower VARCHAR, cell INTEGER, region INTEGER)")
        raw.executemany(
            "INSERT INTO rows VALUES (?, ?, ?, ?)",
            [(who, f"{v.cell}/{v.region}", v.since, v.until) for who, found in rows.items() for v in found],
        )
        places = {(v.cell, v.region) for found in rows.values() for v in found}
        raw.executemany("INSERT INTO towers VALUES (?, ?, ?)", [(f"{c}/{r}", c, r) for c, r in places])
        within = brute.window(FIRST, LAST)
        for phone in rows:
            for kind in (FIELD, LOOSE, ANY):
                assert ours(phone, kind) == brute.meetings(raw, phone, within, kind)


def test_a_corrected_day_is_what_brute_force_finds_in_the_correction_alone(durable, tmp_path):
    """The postings of what was wrong are still there."""
    load(untidy(7), sequence=1)
    corrected = untidy(8)
    load(corrected, sequence=2)
    empty = {phone: set(range(FIRST, LAST + 1)) - by_day(visits(rows)).keys() for phone, rows in corrected.items()}
    store([PersonDay(p, day, revision(2, 1), pack(day, []), NOW) for p, days in empty.items() for day in days])
    within = brute.window(FIRST, LAST)
    found = {phone: inside(visits(rows), within) for phone, rows in corrected.items()}
    for phone in found:
        others = {other: rows for other, rows in found.items() if other != phone}
        assert ours(phone, LOOSE) == meetings(found[phone], others, LOOSE)


def test_the_window_is_of_local_days():
    assert local_day(brute.window(FIRST, LAST)[0]) == FIRST
    assert local_day(brute.window(FIRST, LAST)[1] - 1) == LAST
