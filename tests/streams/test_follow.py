"""The stream of passes: the holder is told, the audit, the gates and the counters too; again is harmless."""

from __future__ import annotations

import pytest
from botocore.exceptions import ReadTimeoutError
from nanhai.domain.colour import Colour
from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S, local_day
from nanhai.domain.pseudonym import day_key, pseudonym
from nanhai.domain.records import Clearance, Result, Source
from nanhai.services.sweep import quarantine
from nanhai.store import counters, denylist, notices, passes, people
from nanhai.store.notices import Notice
from nanhai.store.passes import Paper
from nanhai.store.writes import send
from nanhai.streams import follow
from nanhai.streams.rebuild import rebuild

from tests.functions.passes.world import FEVER, HERE, OTHER_TOWN, WELL
from tests.streams.feed import Feed

DONE = {"batchItemFailures": []}
TOWN = HERE[:9]


@pytest.fixture
def feed(world, durable) -> Feed:
    return Feed(durable.streams["passes"])


def followed(feed) -> list:
    news = feed.news()
    assert follow.handle({"Records": news}) == DONE
    return news


def inbox(world, person) -> list:
    return [notice.colour.value for notice in told(world, person)]


def told(world, person) -> list:
    """Of their pass."""
    return [notice for notice in notices.page(person, world.now, 100)[0] if isinstance(notice, Notice)]


def counted(town=TOWN) -> dict:
    return {colour.value: n for colour, n in counters.colours([town])[town].items() if n}


def denied(world) -> set:
    return {entry.pseudonym for entry in denylist.since(0, world.now)}


def pseudonyms(world, person, *times) -> set:
    days = {local_day(at) for at in times or (world.now,)}
    return {pseudonym(day_key(world.here.ring.days, day), person) for day in days}


def changed(world, person, fact, **how):
    world.now += 60
    world.add(person, fact, **how)
    world.project(person)


def test_a_change_of_colour_is_told_counted_and_audited(world, feed):
    person = world.person()
    world.project(person)
    changed(world, person, FEVER)
    followed(feed)
    assert inbox(world, person) == ["yellow", "green"]
    assert counted() == {"yellow": 1}
    assert world.audited("pass.changed") == [(person, ">green"), (person, "green>yellow fever")]


def test_a_notice_says_why_and_how_long(world, feed):
    person = world.person(FEVER)
    world.project(person)
    followed(feed)
    (notice,) = told(world, person)
    assert (notice.at, notice.since, notice.until) == (world.now, world.now, world.now + 14 * DAY_S)
    assert (notice.colour, notice.reasons) == (Colour.YELLOW, ("fever",))


def test_everything_delivered_again_in_any_order_changes_nothing(world, feed):
    person = world.person()
    world.project(person)
    changed(world, person, FEVER)
    changed(world, person, world.order())
    news = followed(feed)
    before = inbox(world, person), counted(), world.audited("pass.changed"), denied(world)
    for again in (news, news[::-1], news * 2):
        assert follow.handle({"Records": again}) == DONE
    assert (inbox(world, person), counted(), world.audited("pass.changed"), denied(world)) == before


def test_what_arrives_too_late_is_told_and_not_counted(world, feed):
    person = world.person()
    world.project(person)
    changed(world, person, FEVER)
    news = feed.news()
    assert follow.handle({"Records": news[::-1]}) == DONE
    assert inbox(world, person) == ["yellow", "green"]
    assert counted() == {"yellow": 1}


def test_a_change_that_is_none_of_the_colour_is_counted_and_not_told(world, feed):
    person = world.person(FEVER)
    world.project(person)
    changed(world, person, Clearance(("GATE-1",), world.now + DAY_S))
    followed(feed)
    assert (inbox(world, person), counted()) == (["yellow"], {"yellow": 1})
    assert counters.counted(person).version[0] == 2


def test_who_moves_is_counted_where_they_are(world, feed):
    person = world.person()
    world.project(person)
    followed(feed)
    world.now += 60
    send([people.move(person, OTHER_TOWN, world.now)])
    world.project(person)
    followed(feed)
    assert (counted(), counted(OTHER_TOWN[:9])) == ({}, {"green": 1})


@pytest.mark.parametrize(
    ("facts", "denies"),
    [
        ((FEVER,), True),
        ((WELL,), False),
        (("order",), True),
        ((FEVER, "order"), True),
        (("unreadable",), True),
    ],
)
def test_tokens_that_would_still_admit_are_denied_to_the_gates(world, feed, facts, denies):
    person = world.person()
    world.project(person)
    followed(feed)
    for fact in facts:
        world.now += 60
        if fact == "unreadable":
            world.spoil(person)
            rebuild(world.here, [person])
        else:
            world.add(person, world.order() if fact == "order" else fact)
            world.project(person)
    followed(feed)
    assert (pseudonyms(world, person) == denied(world)) is denies


def test_a_better_or_an_admitting_colour_denies_nothing(world, feed):
    person = world.person(FEVER)
    world.project(person)
    followed(feed)
    before = denied(world)
    changed(world, person, Result(False, "nucleic-acid"), source=Source.HOSPITAL)
    world.project(world.person(region="430102"))
    followed(feed)
    assert denied(world) == before


def test_a_first_pass_that_does_not_admit_denies_what_its_reader_may_have_shown_before(world, feed):
    person = world.person(FEVER)
    world.project(person)
    followed(feed)
    assert denied(world) == pseudonyms(world, person)


@pytest.mark.parametrize("off_s", [-599, 599])
def test_near_midnight_both_days_are_denied(world, feed, off_s):
    person = world.person()
    world.project(person)
    midnight = (local_day(world.now) + 1) * DAY_S - LOCAL_OFFSET_S
    world.now = midnight + off_s - 60
    changed(world, person, FEVER)
    followed(feed)
    assert denied(world) == pseudonyms(world, person, midnight - 1, midnight)


def test_an_old_change_denies_nobody_today(world, feed):
    person = world.person()
    world.project(person)
    changed(world, person, FEVER)
    news = feed.news()
    world.now += 600
    assert follow.handle({"Records": news}) == DONE
    assert denied(world) == set()
    assert inbox(world, person) == ["yellow", "green"]


def test_papers_and_the_past_are_nobodys_news(world, feed):
    person = world.person()
    send([passes.put_paper(Paper(person, world.now, world.now + DAY_S))])
    world.project(person)
    told = followed(feed)
    assert len(told) == 3
    assert inbox(world, person) == ["green"]


def test_an_unreadable_pass_is_set_aside_and_its_successor_is_told(world, feed):
    person = world.person()
    world.project(person)
    world.garble(person)
    changed(world, person, FEVER)
    followed(feed)
    assert inbox(world, person) == ["yellow", "green"]
    assert counted() == {"yellow": 1}
    assert [kept.why for kept in quarantine.listed("passes", 10, 0)[0]] == ["Poison"]


@pytest.mark.parametrize(("module", "name"), [(counters, "count"), (follow.audit, "append"), (follow, "commit")])
@pytest.mark.parametrize("late", [True, False])
def test_dying_anywhere_on_the_way_loses_nothing(world, feed, monkeypatch, module, name, late):
    person = world.person()
    world.project(person)
    followed(feed)
    changed(world, person, FEVER)
    news = feed.news()
    original = getattr(module, name)

    def dies(*arguments, **more):
        if late:
            original(*arguments, **more)
        raise ReadTimeoutError(endpoint_url="https://dynamodb.invalid")

    with monkeypatch.context() as patched:
        patched.setattr(module, name, dies)
        assert follow.handle({"Records": news})["batchItemFailures"]
    assert follow.handle({"Records": news}) == DONE
    assert (inbox(world, person), counted()) == (["yellow", "green"], {"yellow": 1})
    assert (person, "green>yellow fever") in world.audited("pass.changed")
    assert denied(world) == pseudonyms(world, person)
