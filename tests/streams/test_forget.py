"""What is over is dropped from both tables, a page at a time and once a night; whoever is killed goes on."""

from __future__ import annotations

import pytest
from nanhai.services.trajectories import forgetting, postings
from nanhai.services.trajectories.days import told as read
from nanhai.store import sightings, walks
from nanhai.store.connection import client, table_name
from nanhai.streams import forget

from tests.streams.feed import Feed
from tests.streams.sighted import Signalling, at_home, phone_of

PEOPLE = 20
HOUR_S, DAY_S = 3_600, 86_400
NEVER = "9999999999"


@pytest.fixture
def told(world, durable) -> Signalling:
    """Twenty phones on the oldest day that is kept and on the one before, and whose phone one of them is."""
    made = Signalling(world, Feed(durable.streams["sightings"]))
    days = [at_home(phone_of(n), made.today - ago) for n in range(PEOPLE) for ago in (14, 15)]
    made.load(*days)
    for day in days:
        postings.post([read(day)])
    made.link(phone_of(1), world.person())
    return made


def rows() -> list:
    """Every item of both tables, with until when it may be read."""
    found = [row for table in ("sightings", "presence") for row in client().scan(TableName=table_name(table))["Items"]]
    return sorted((int(row.get("expires_at", {"N": NEVER})["N"]), repr(sorted(row.items()))) for row in found)


def good(at: int) -> list:
    return [row for row in rows() if row[0] > at]


def plenty() -> float:
    return 240.0


def test_what_is_over_is_dropped_and_nothing_else(told):
    before, kept = rows(), good(told.world.now)
    assert len(before) - len(kept) >= 2 * PEOPLE
    forget.handle(plenty)
    assert rows() == kept
    assert sightings.links([phone_of(1)]) != {}


def test_of_a_link_the_noted_days_that_are_over_are_dropped_and_the_others_stay(told):
    kept = told.today - 14
    sightings.note_stays(phone_of(1), [kept - 1, kept - 20, kept, told.today])
    forget.handle(plenty)
    assert sightings.links([phone_of(1)])[phone_of(1)].stays == {kept, told.today}
    told.world.now += 15 * DAY_S
    forget.handle(plenty)
    assert sightings.links([phone_of(1)])[phone_of(1)].stays == frozenset()


def test_once_a_night_is_enough(told, requests):
    forget.handle(plenty)
    requests.clear()
    told.world.now += HOUR_S
    forget.handle(plenty)
    assert [operation for operation, _ in requests] == ["GetItem"] * 2


def test_the_next_night_takes_the_next_day(told):
    forget.handle(plenty)
    told.world.now += DAY_S
    forget.handle(plenty)
    assert rows() == good(told.world.now)
    assert len(rows()) == 1


def test_the_night_begins_three_hours_after_midnight(told):
    forget.handle(plenty)
    midnight = told.world.now + 14 * HOUR_S
    told.world.now = midnight + 3 * HOUR_S - 1
    forget.handle(plenty)
    assert rows() != good(told.world.now)
    told.world.now += 1
    forget.handle(plenty)
    assert rows() == good(told.world.now)


def test_when_time_is_short_the_next_run_goes_on(told, monkeypatch):
    monkeypatch.setattr(forgetting, "ITEMS_PER_REQUEST", 10)
    runs = 0
    while not _finished():
        looks = iter([240.0, 240.0])
        forget.handle(lambda looks=looks: next(looks, 0.0))
        runs += 1
        assert runs < 50
    assert runs > 2
    assert rows() == good(told.world.now)


@pytest.mark.parametrize("late", [False, True])
def test_killed_before_or_after_it_notes_how_far_it_is_it_goes_on(told, monkeypatch, late):
    """At most the one item at which it stopped stays for the next night."""
    monkeypatch.setattr(forgetting, "ITEMS_PER_REQUEST", 10)
    original, steps = forgetting.send, iter(range(3))

    def dying(writes):
        last = next(steps, None) is None
        if late or not last:
            original(writes)
        if last:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(forgetting, "send", dying)
        with pytest.raises(KeyboardInterrupt):
            forget.handle(plenty)
    forget.handle(plenty)
    assert len(rows()) - len(good(told.world.now)) <= 1


def _finished() -> bool:
    found = [walks.get(f"forget-{table}", 0) for table in forgetting.TABLES]
    return all(walk is not None and walk.finished for walk in found)
