"""What everybody may read: taken once a day, no number below ten, and none that others give away."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.colour import Colour
from nanhai.domain.days import DAY_S, local_date, local_day
from nanhai.domain.figures import bucket
from nanhai.domain.identifiers import person_id
from nanhai.domain.records import Release
from nanhai.policies.divisions import divisions
from nanhai.services.casework import figures
from nanhai.store import counters
from nanhai.store import figures as store
from nanhai.store.counters import Counted
from nanhai.store.writes import commit
from nanhai.streams import follow, recolour

from tests.functions.casework.test_appeals import answered as judged
from tests.functions.casework.test_appeals import filed, holder
from tests.functions.checkpoints.stand import DISTRICT, FEVER
from tests.streams.feed import Feed, head_changed

TOWNS = [*divisions(DISTRICT).towns]


@pytest.fixture
def counted(stand):
    """Passes by town and colour."""
    made = 0

    def count(town: int, colour: Colour, passes: int, reason: str = "") -> None:
        nonlocal made
        for _ in range(passes):
            made += 1
            counters.count(person_id(made), Counted(TOWNS[town], colour, (1, stand.now, stand.now), reason))

    return count


def read(stand, asked=""):
    return stand.ask("casework", "GET", f"/figures{asked}")


def answered(stand, took_s: int, *, upheld: bool, times: int = 1) -> None:
    for _ in range(times):
        commit(store.count_answer(stand.now, bucket(took_s), upheld=upheld))


def test_anybody_reads_the_figures_of_the_day_once_they_are_taken(stand, counted):
    assert read(stand).status == 404
    counted(0, Colour.GREEN, 12)
    assert [figures.take(stand.here, stand.now) for _ in range(2)] == [True, False]
    told = read(stand).json
    assert (told["day"], told["passes"]["green"], told["smallest"]) == (local_date(stand.now).isoformat(), 12, 10)
    assert told["towns"][0]["passes"] == {"green": 12, "blue": 0, "yellow": 0, "red": 0, "none": 0}


def test_what_changes_within_the_day_is_not_told_before_the_next(stand, counted):
    counted(0, Colour.GREEN, 12)
    figures.take(stand.here, stand.now)
    counted(0, Colour.GREEN, 1)
    figures.take(stand.here, stand.now)
    assert read(stand).json["passes"]["green"] == 12
    stand.now += DAY_S
    assert read(stand).json["passes"]["green"] == 12
    figures.take(stand.here, stand.now)
    assert read(stand).json["passes"]["green"] == 13
    yesterday = datetime.fromtimestamp(stand.now - DAY_S, UTC).date().isoformat()
    assert read(stand, f"?day={yesterday}").json["passes"]["green"] == 12


def test_a_small_cell_hides_its_row_and_another_one_that_would_give_it_away(stand, counted):
    counted(0, Colour.RED, 3)
    counted(1, Colour.RED, 11)
    counted(2, Colour.RED, 20)
    figures.take(stand.here, stand.now)
    told = read(stand).json
    assert told["passes"]["red"] == 34
    rows = [town["passes"] and town["passes"]["red"] for town in told["towns"]]
    assert rows[:3] == [None, None, 20]


def test_reds_are_told_by_reason_and_no_total_gives_a_few_away(stand, counted):
    for reason, passes in (("confirmed", 4), ("close-contact", 15), ("suspected", 30)):
        counted(0, Colour.RED, passes, reason)
    figures.take(stand.here, stand.now)
    told = read(stand).json
    assert (told["passes"]["red"], told["reds"]) == (
        49,
        {
            "confirmed": None,
            "suspected": 30,
            "close-contact": None,
            "contact-of-contact": None,
            "arrived-from-listed-area": None,
            "returned-case": None,
        },
    )


def test_appeals_of_whole_days_are_told_as_a_share_and_a_median(stand):
    answered(stand, 3_600, upheld=True, times=12)
    answered(stand, 7_200, upheld=False, times=24)
    figures.take(stand.here, stand.now)
    assert read(stand).json["appeals"] == {
        "days": 30,
        "answered": 0,
        "upheld_share": None,
        "median_answer_minutes": None,
    }
    stand.now += DAY_S
    figures.take(stand.here, stand.now)
    assert read(stand).json["appeals"] == {
        "days": 30,
        "answered": 36,
        "upheld_share": 0.33,
        "median_answer_minutes": 135,
    }


def test_of_a_few_appeals_nothing_is_told(stand):
    answered(stand, 60, upheld=True, times=9)
    stand.now += DAY_S
    figures.take(stand.here, stand.now)
    assert set(read(stand).json["appeals"].values()) == {30, None}


def test_an_answered_appeal_counts(stand, town):
    appeal = filed(stand, holder(stand, FEVER))
    stand.now += 1_000
    assert judged(stand, stand.token_of("town-officer-1", Role.TOWN_OFFICER), appeal).status == 200
    today = [local_day(stand.now)]
    assert (store.answers(today), store.answer_times(today)) == ((1, 0), {1: 1})


def test_a_red_pass_counts_for_its_reason_until_it_is_red_no_more(stand, aws):
    person = stand.person()
    order = stand.add(person, stand.order())
    feed, told = Feed(aws.streams["passes"]), []
    for number, fact in enumerate((None, Release(order))):
        stand.now += 60
        if fact is not None:
            stand.add(person, fact)
        recolour.handle({"Records": [head_changed(person, str(number))]})
        news = feed.news()
        for _ in range(2):  # delivered twice
            follow.handle({"Records": news})
        told.append(counters.reasons(["close-contact", "suspected"]))
    assert told == [{"close-contact": 1, "suspected": 0}, {"close-contact": 0, "suspected": 0}]
