"""Later revisions of a day, appeals and clearances: what is told newest and what was judged both hold."""

from __future__ import annotations

import pytest
from nanhai.domain.days import day_begins
from nanhai.domain.decide import decide, effective
from nanhai.domain.records import Clearance, Correction, Source
from nanhai.store import people
from nanhai.streams import index

from tests.functions.passes.world import HERE
from tests.streams.sighted import (
    DONE,
    WUHAN,
    WUHAN_CELL,
    at_home,
    away,
    candidates,
    person_day,
    phone_of,
    recoloured,
    stays,
    there,
    visit,
)

ONE = phone_of(1)


def test_a_corrected_day_takes_the_stay_back_and_the_pass_turns_green_again(told, people_feed):
    person = told.linked(ONE)
    day = told.today - 3
    told.load(away(ONE, day))
    told.indexed()
    recoloured(people_feed)
    assert told.world.colour(person) == "yellow"
    told.world.now += 60
    told.load(at_home(ONE, day, sequence=2))
    told.indexed()
    recoloured(people_feed)
    assert stays(person) == []
    told.world.now += 60
    assert told.world.colour(person) == "green"
    (taken_back,) = [r for r in people.records(person) if isinstance(r.fact, Correction)]
    assert taken_back.supersedes in {r.record_id for r in people.records(person) if r.fact.name == "stay"}
    earlier = told.world.ask("GET", f"/me/explanation?at={_rfc3339(told.world.now - 100)}", person).json
    assert (earlier["colour"], earlier["reasons"][0]["code"]) == ("yellow", "area-stay")


def test_an_older_revision_that_comes_late_changes_nothing(told):
    person = told.linked(ONE)
    day = told.today - 3
    told.load(at_home(ONE, day, sequence=7))
    told.load(away(ONE, day, sequence=3))
    told.indexed()
    assert stays(person) == []
    told.load(away(ONE, day, 6, 22, sequence=8))
    told.indexed()
    told.load(away(ONE, day, 1, 2, sequence=5))
    told.indexed()
    assert [(s - day_begins(day), u - day_begins(day)) for _, s, u in stays(person)] == [(6 * 3_600, 22 * 3_600)]
    assert {phone for phone, *_ in candidates(day, WUHAN_CELL, told.world.now)} == {ONE}
    assert len(there(day, WUHAN_CELL, told.world.now)) == 3


def test_the_stay_comes_back_when_a_third_revision_says_so(told):
    person = told.linked(ONE)
    day = told.today - 3
    for revision, of_day in enumerate((away, at_home, away), 1):
        told.load(of_day(ONE, day, sequence=revision))
        told.indexed()
        told.world.now += 1
    assert len(stays(person)) == 1


def test_within_one_second_too(told):
    person = told.linked(ONE)
    day = told.today - 3
    for revision, of_day in enumerate((away, at_home, away, at_home), 1):
        told.load(of_day(ONE, day, sequence=revision))
        told.indexed()
        assert len(stays(person)) == (of_day is away)


def test_what_an_appeal_took_away_does_not_come_back_and_more_is_told_without_it(told):
    person = told.linked(ONE)
    day = told.today - 3
    told.load(away(ONE, day, 8, 20))
    told.indexed()
    appealed(told, person)
    assert index.handle({"Records": told.told}) == DONE
    for sequence, since_h in ((2, 9), (3, 6)):
        told.load(away(ONE, day, since_h, 20, sequence=sequence))
        told.indexed()
        assert stays(person) == []
    told.load(away(ONE, day, 3, 20, sequence=4))
    told.indexed()
    assert stays(person) == [("4201", day_begins(day) + 3 * 3_600, day_begins(day) + 8 * 3_600)]


def test_the_next_days_delivery_does_not_undo_an_appeal(told):
    """It shows that the stay ran over midnight: until the next day's first visit, in the same area."""
    person = told.linked(ONE)
    day = told.today - 3
    told.load(person_day(ONE, day, visit(day, 12, 23.5, WUHAN, WUHAN_CELL)))
    told.indexed()
    assert len(stays(person)) == 1
    appealed(told, person)
    begins = day_begins(day + 1)
    told.load(
        person_day(ONE, day + 1, visit(day + 1, 0.5, 1, WUHAN, WUHAN_CELL), visit(day + 1, 1, 24)),
    )
    told.indexed()
    assert stays(person) == [("4201", begins + 1_800, begins + 3_600)]  # too short for any finding


@pytest.mark.parametrize(("until_h", "cleared"), [(19.9, True), (20.1, False)])
def test_a_correction_ends_a_clearance_only_when_it_tells_more(told, until_h, cleared):
    person = told.linked(ONE)
    day = told.today - 3
    told.load(away(ONE, day, 8, 20))
    told.indexed()
    told.world.now += 60
    told.world.add(person, Clearance((HERE,), told.world.now + 7 * 86_400))
    told.world.now += 60
    told.load(away(ONE, day, 8, until_h, sequence=2))
    told.indexed()
    assert [until - day_begins(day) for *_, until in stays(person)] == [int(until_h * 3_600)]
    timeline = decide(people.records(person), told.world.here.policies.in_force(told.world.now), told.world.now)
    assert [permit.until > told.world.now for permit in timeline.permits] == [True] * cleared


def test_stays_that_others_recorded_are_not_touched(told):
    from nanhai.domain.records import Stay

    person = told.linked(ONE)
    day = told.today - 3
    theirs = Stay("420106", day_begins(day), day_begins(day + 1))
    told.world.add(person, theirs, source=Source.COMMUNITY)
    told.world.add(person, theirs, source=Source.OPERATOR)
    told.load(away(ONE, day))
    told.indexed()
    told.load(at_home(ONE, day, sequence=2))
    told.indexed()
    assert [r.fact for r in effective(people.records(person)) if r.fact.name == "stay"] == [theirs, theirs]


def _rfc3339(at: int) -> str:
    from tests.functions.passes.world import rfc3339

    return rfc3339(at)


def appealed(told, person) -> None:
    """The one stay of `person` is found to be wrong by the community."""
    (wrong,) = [r.record_id for r in people.records(person) if r.fact.name == "stay"]
    told.world.now += 60
    judged = told.world.record(person, Correction("wrong-person"), source=Source.COMMUNITY)
    people.write_records(person, [_superseding(judged, wrong)], told.world.now)


def _superseding(record, target):
    from dataclasses import replace

    return replace(record, supersedes=target)
