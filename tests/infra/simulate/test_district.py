"""A simulated district: its rows come to its truth, and whoever makes it again makes the same."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from nanhai.domain.cities import city_days
from nanhai.domain.days import day_begins, day_of
from nanhai.domain.sightings import visits
from nanhai.policies.trajectories import rule
from nanhai.vault.indexes import BlindIndex

from infra.simulate import district, trips, truth
from infra.simulate.trips import stories
from tests.infra.simulate.sample import DAYS, FIRST_DAY, KEY, OPERATORS, SMALL, make, rows, told, towers


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("district"))


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_arguments_give_the_same_bytes_and_no_file_besides(made, tmp_path):
    make(tmp_path)
    files = content(tmp_path)
    assert files == content(made.paths.towers.parent)
    signalling = {f"{operator}/1_2020-03-11_2020-03-19.parquet" for operator in OPERATORS}
    assert set(files) == {"towers.csv", "truth/stays.parquet", "truth/planted.json"} | signalling


@pytest.mark.parametrize("other", [{"seed": 4}, {"key": bytes(32)}, {"rows_per_day": 30}, {"towers_per_town": 10}])
def test_every_argument_matters(made, tmp_path, other):
    again = make(tmp_path, **other)
    assert [path.read_bytes() for path in again.paths.signalling] != [
        path.read_bytes() for path in made.paths.signalling
    ]


def test_how_many_are_made_at_a_time_matters_for_nobody(made, tmp_path, monkeypatch):
    monkeypatch.setattr(district, "CHUNK", 50)
    assert told(make(tmp_path)) == told(made)


def test_a_person_is_the_same_in_whatever_crowd(made, tmp_path):
    few = make(tmp_path, people=7)
    phones = truth.phones(few.paths.stays, 100)
    assert len(phones) == 7 + len(stories())
    assert truth.stays(few.paths.stays, phones) == truth.stays(made.paths.stays, phones)


def test_the_rows_of_each_phone_come_to_its_true_stays(made):
    found = told(made)
    true = truth.stays(made.paths.stays, truth.phones(made.paths.stays, 1_000))
    assert {phone: visits(its) for phone, its in found.items()} == true
    assert len(true) == made.counts.people


def test_files_are_sorted_by_phone_and_rows_never_overlap(made):
    for path in made.paths.signalling:
        for (phone, _, since, until), (later, _, following, _) in pairwise(rows(path)):
            assert phone < later or (phone == later and since < until <= following)


def test_rows_lie_within_the_days_asked_for(made):
    spans = [(since, until) for path in made.paths.signalling for _, _, since, until in rows(path)]
    assert day_begins(FIRST_DAY) == min(since for since, _ in spans)
    assert day_begins(FIRST_DAY + DAYS) == max(until for _, until in spans)


def test_counts_are_what_the_files_hold(made):
    counts = made.counts
    assert counts.people == 120 + len(stories())
    assert counts.rows == sum(len(rows(path)) for path in made.paths.signalling)
    assert counts.towers == len(towers(made.paths.towers))
    assert counts.stays == sum(map(len, truth.stays(made.paths.stays, truth.phones(made.paths.stays, 999)).values()))


@pytest.mark.parametrize("wanted", [20, 40, 200])
def test_so_many_rows_are_told_of_a_phone_and_day(tmp_path, wanted):
    counts = make(tmp_path, people=40, rows_per_day=wanted).counts
    assert counts.rows / counts.people / DAYS == pytest.approx(wanted, rel=0.02)


def test_a_phone_is_with_towers_of_its_own_operator_only(made):
    known = towers(made.paths.towers)
    for operator, path in zip(OPERATORS, made.paths.signalling, strict=True):
        assert {known[tower]["operator"] for _, tower, _, _ in rows(path)} == {operator}
    phones = [{phone for phone, *_ in rows(path)} for path in made.paths.signalling]
    assert phones[0].isdisjoint(phones[1])
    assert all(phones)


def test_some_phones_are_off_at_night_and_most_are_not(made):
    night = day_begins(FIRST_DAY + 1) + 3 * 3_600
    on = Counter(any(v.since <= night < v.until for v in its) for its in told(made).values())
    assert 0 < on[False] < on[True]


def test_an_operator_without_phones_has_a_file_without_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(trips, "stories", tuple)
    made = make(tmp_path, people=1)
    assert sorted(len(rows(path)) > 0 for path in made.paths.signalling) == [False, True]


def test_the_report_comes_to_everybody(tmp_path):
    reported = []
    made = make(tmp_path, people=5, report=reported.append)
    assert sum(reported) == made.counts.people


@pytest.mark.parametrize(("people", "days"), [(0, 1), (district.PEOPLE_MAX + 1, 1), (1, 0), (1, district.DAYS_MAX + 1)])
def test_neither_nobody_nor_too_many(tmp_path, people, days):
    with pytest.raises(ValueError, match="people"):
        make(tmp_path, people, days=days)
    assert not list(tmp_path.iterdir())


def test_planted_trips_are_the_true_stays_of_that_phone_in_that_county(made):
    planted = truth.planted(made.paths.planted)
    true = truth.stays(made.paths.stays, [who.phone for who in planted])
    assert [who.story for who in planted] == [story.story for story in stories()]
    for who, story in zip(planted, stories(), strict=True):
        there = [stay for stay in true[who.phone] if stay.region == story.region]
        assert (who.trip is None) == (not there) == (story.region == 0)
        if who.trip is not None:
            assert (who.trip.since, who.trip.until) == (there[0].since, there[-1].until)


def test_a_planted_day_trip_is_heard_there_for_the_hours_of_its_story(made):
    planted = {who.story: who for who in truth.planted(made.paths.planted)}
    for story in stories():
        if story.hours:
            stays = truth.stays(made.paths.stays, [planted[story.story].phone])[planted[story.story].phone]
            assert sum(s.until - s.since for s in stays if s.region == story.region) == story.hours * 3_600


def test_a_story_counts_as_a_stay_in_that_city_when_it_is_longer_than_the_rule_says(made):
    told_of = {story.story: f"{story.region:06}"[:4] for story in stories() if story.region}
    for who in truth.planted(made.paths.planted):
        stays = truth.stays(made.paths.stays, [who.phone])[who.phone]
        counted = {city_day.city for city_day in city_days(stays, rule().cities, FIRST_DAY + DAYS)}
        assert (told_of.get(who.story) in counted) == (who.story not in {"three-hours-in-wuhan", "no-trip"})


def test_a_planted_number_has_the_pseudonym_that_the_platform_finds(tmp_path):
    index = BlindIndex(KEY)
    made = make(tmp_path, people=1, key=index.key_of("phone", "trajectory"))
    planted = truth.planted(made.paths.planted)
    assert {who.phone for who in planted} == {index.of("phone", "trajectory", who.number) for who in planted}
    assert all(who.number.startswith("+8613800009") for who in planted)


def test_no_trip_is_known_of_days_that_are_not_simulated(tmp_path):
    """A story older than the first day begins with it."""
    made = make(tmp_path, people=1, days=2)
    first = day_begins(FIRST_DAY + DAYS - 2)
    assert all(who.trip is None or first <= who.trip.since for who in truth.planted(made.paths.planted))


def test_stays_of_a_phone_that_is_not_there_are_none(made):
    assert truth.stays(made.paths.stays, ["f" * 32]) == {"f" * 32: ()}


def test_too_many_phones_are_not_read_at_once(made):
    with pytest.raises(ValueError, match="at a time"):
        truth.stays(made.paths.stays, [f"{number:032x}" for number in range(truth.PHONES_MAX + 1)])


def test_the_small_district_is_one_of_the_days_it_says():
    assert day_of(SMALL["until"]) == FIRST_DAY + DAYS
