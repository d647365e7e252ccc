"""A small delivery by the API: whole or not at all, every fault at its place, and told again it changes nothing."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.days import DAY_S, day_begins, local_day
from nanhai.domain.sightings import revision
from nanhai.store import loads as store
from nanhai.store import sightings

from tests.functions.checkpoints.stand import DISTRICT, rfc3339
from tests.services.trajectories import deliveries
from tests.services.trajectories.deliveries import OPERATOR, phone
from tests.store.builders import everything


@pytest.fixture
def feed(stand) -> str:
    deliveries.load_towers(stand.now)
    return stand.duty(Role.DEPARTMENT_FEED, DISTRICT, organisation=OPERATOR)


@pytest.fixture
def begins(stand) -> int:
    return day_begins(local_day(stand.now))


def tell(stand, token, rows, sequence=7, operator=OPERATOR, ago=(14, 0)):
    first, last = (sightings.date_of(local_day(stand.now) - days) for days in ago)
    body = {"operator": operator, "sequence": sequence, "first": first, "last": last, "rows": rows}
    return stand.ask("trajectories", "POST", "/sightings", body=body, token=token, once=None)


def row(since, until, who=1, **place):
    return {"phone": phone(who), "from": rfc3339(since), "to": rfc3339(until)} | (place or {"tower": "T-001"})


def test_it_is_applied_as_the_domain_says(stand, feed, begins):
    told = deliveries.rows(5, range(local_day(stand.now) - 2, local_day(stand.now)))
    rows = [row(since, until, int(who, 16), tower=where) for who, where, since, until in told]
    answer = tell(stand, feed, rows)
    wanted = deliveries.expected(told, revision(7, 1), stand.now)
    assert (answer.status, answer.json["rows"], answer.json["person_days"]) == (200, len(told), len(wanted))
    found = filter(None, map(sightings.read, everything("sightings")))
    assert sorted(found, key=deliveries.of_what) == sorted(wanted, key=deliveries.of_what)


def test_a_point_counts_as_a_tower_does(stand, feed, begins):
    assert tell(stand, feed, [row(begins, begins + 60, longitude=114.31, latitude=30.61)]).status == 200
    (found,) = sightings.days(phone(1), local_day(stand.now), local_day(stand.now), stand.now)
    assert int.from_bytes(found.visits[-4:], "big") == 420100


def test_told_again_it_changes_nothing_and_something_else_takes_another_number(stand, feed, begins):
    first = tell(stand, feed, [row(begins, begins + 60)])
    was = everything("sightings"), everything("loads")
    stand.now += 60
    again = tell(stand, feed, [row(begins, begins + 60)])
    assert (first.json, (everything("sightings"), everything("loads"))) == (again.json, was)
    other = tell(stand, feed, [row(begins, begins + 61)])
    assert (other.status, other.json["code"]) == (409, "sightings.load-differs")
    assert tell(stand, feed, [row(begins, begins + 61)], sequence=8).status == 200


def test_every_row_at_fault_is_named_and_nothing_is_applied(stand, feed, begins):
    rows = [
        row(begins, begins + 60),
        row(begins, begins),
        row(begins - 14 * DAY_S - 60, begins - 14 * DAY_S, tower="T-999"),
        row(begins + DAY_S, begins + DAY_S + 1),
        {name: value for name, value in row(begins, begins + 60).items() if name != "tower"},
        row(begins, begins + 60, longitude=100, latitude=40),
        row(begins, begins + 60, longitude=113.1),
    ]
    answer = tell(stand, feed, rows)
    faults = [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]]
    assert (answer.status, faults) == (
        422,
        [
            ("/rows/1/to", "sightings.interval"),
            ("/rows/2/to", "sightings.day"),
            ("/rows/2/tower", "sightings.tower"),
            ("/rows/3/from", "sightings.day"),
            ("/rows/4", "sightings.place"),
            ("/rows/5", "sightings.place"),
            ("/rows/6", "sightings.place"),
        ],
    )
    assert (everything("sightings"), everything("loads")) == ([], [])


@pytest.mark.parametrize("bad", [{"phone": "A" * 32}, {"phone": "+8613800138000"}, {"from": "soon"}, {"more": 1}])
def test_what_is_not_a_row_is_malformed(stand, feed, begins, bad):
    assert tell(stand, feed, [row(begins, begins + 60) | bad]).status == 400


def test_who_does_not_deliver_is_refused(stand, feed, begins):
    rows = [row(begins, begins + 60)]
    assert tell(stand, feed, rows, operator="somebody").json["code"] == "sightings.unknown-operator"
    other = tell(stand, feed, rows, operator="china-telecom")
    assert (other.status, other.json["code"]) == (403, "sightings.not-theirs")
    telecom = stand.duty(Role.DEPARTMENT_FEED, DISTRICT, organisation="china-telecom", staff_id="telecom")
    assert tell(stand, telecom, rows, operator="china-telecom").json["code"] == "sightings.no-towers"
    assert tell(stand, stand.duty(Role.HEALTH_AUTHORITY, DISTRICT), rows).status == 403
    assert tell(stand, None, rows).status == 401
    assert store.get(OPERATOR, 7) is None


def test_only_the_days_that_it_tells_are_written_and_they_have_to_be_kept_ones(stand, feed, begins):
    today, long_ago = local_day(stand.now), rfc3339(1)
    over = [row(begins - 2 * DAY_S, begins + 60) | {"from": long_ago}]
    assert tell(stand, feed, over, ago=(1, 1)).json["person_days"] == 1
    (found,) = filter(None, map(sightings.read, everything("sightings")))
    assert (found.day, found.visits[1:7]) == (today - 1, bytes((0, 0, 0, 1, 0x51, 0x80)))
    for ago in ((15, 0), (14, -1), (0, 1)):
        answer = tell(stand, feed, over, sequence=8, ago=ago)
        assert (answer.status, answer.json["code"]) == (422, "sightings.days-not-taken")
    differs = tell(stand, feed, over, ago=(2, 1))
    assert (differs.status, differs.json["code"]) == (409, "sightings.load-differs")


def test_what_was_taken_stands_in_the_audit_with_who_told_it(stand, feed, begins):
    tell(stand, feed, [row(begins, begins + 60)])
    load = store.get(OPERATOR, 7)
    noted = [entry for entry in everything("audit") if entry.get("subject", {}).get("S") == load.name]
    assert [(entry["operation"]["S"], entry["actor"]["S"]) for entry in noted] == [("sightings.write", load.by)]
