"""A yellow or red is followed up: a case for each finding, opened by the stream, another when more is known later."""

from __future__ import annotations

import pytest
from nanhai.domain import cases
from nanhai.domain.records import Clearance, Result, Source, Symptoms
from nanhai.policies import casework
from nanhai.services.cases import CaseKind
from nanhai.store import casefiles
from nanhai.store.writes import send
from nanhai.streams import follow

from tests.functions.passes.world import FEVER, HERE, WELL
from tests.streams.feed import Feed

DONE = {"batchItemFailures": []}
LISTED_AREA = "420000"


@pytest.fixture
def feed(world, durable) -> Feed:
    return Feed(durable.streams["passes"])


def followed(feed) -> list:
    news = feed.news()
    assert follow.handle({"Records": news}) == DONE
    return news


def work(world, person) -> list:
    return casefiles.of_person(person, 50, world.now, None)[0]


def known(world, person, fact, **how):
    world.now += 60
    world.add(person, fact, **how)
    world.project(person)


def closed(world, case, outcome="cleared"):
    rules = casework.rules_of(case)
    step = cases.Step("closed", world.now, "officer-1", "community-officer", "c-1", "closed", {"outcome": outcome})
    send([casefiles.change(rules, case, cases.after(rules, case, step), casework.kept_s(case))])


def test_a_pass_that_becomes_yellow_is_a_case_for_its_community(world, feed):
    person = world.person()
    world.project(person)
    followed(feed)
    assert work(world, person) == []
    known(world, person, FEVER)
    followed(feed)
    (case,) = work(world, person)
    assert (case.kind, case.community, case.person) == (CaseKind.VERIFY_YELLOW, HERE, person)
    assert (case.opened_at, case.steps[0].by) == (world.now, "system")
    assert case.origin.startswith("record:")
    listed, _ = casefiles.of_community(HERE, "open", casefiles.Filters(), 10, None)
    assert [one.case_id for one in listed] == [case.case_id]


def test_delivered_again_in_any_order_it_is_one_case(world, feed):
    person = world.person(FEVER)
    world.project(person)
    known(world, person, Symptoms(38.1, ("fever", "cough")))
    known(world, person, Clearance(("GATE-1",), world.now + 86_400))
    news = followed(feed)
    for again in (news, news[::-1], news * 2):
        world.now += 60
        assert follow.handle({"Records": again}) == DONE
    assert len(work(world, person)) == 1


@pytest.mark.parametrize("fact", [WELL, Result(True, "nucleic-acid")])
def test_no_other_colour_and_no_yellow_of_the_health_authority_is_the_communitys_to_check(world, feed, fact):
    person = world.person()
    world.project(person)
    known(world, person, fact, source=Source.HEALTH_AUTHORITY)
    followed(feed)
    assert work(world, person) == []


def test_whoever_is_isolated_is_looked_after_in_the_chain_that_led_there(world, feed):
    person = world.person(FEVER)
    world.project(person)
    followed(feed)
    known(world, person, world.order(), source=Source.HEALTH_AUTHORITY)
    news = followed(feed)
    assert follow.handle({"Records": news}) == DONE
    isolation, check = work(world, person)
    assert (isolation.kind, isolation.community, isolation.open) == (CaseKind.ISOLATION, HERE, True)
    assert isolation.chain == check.case_id


def test_what_is_declared_after_a_clearance_is_looked_into_anew_in_the_same_chain(world, feed):
    person = world.person(FEVER)
    world.project(person)
    followed(feed)
    (first,) = work(world, person)
    world.now += 60
    closed(world, first)
    known(world, person, Clearance(("GATE-1",), world.now + 86_400))
    followed(feed)
    assert len(work(world, person)) == 1
    known(world, person, Symptoms(38.4, ("fever",)))
    followed(feed)
    second, before = work(world, person)
    assert (before.case_id, second.chain, second.open) == (first.case_id, first.case_id, True)
    known(world, person, Symptoms(38.2, ("fever",)))
    followed(feed)
    assert len(work(world, person)) == 2


def test_who_turns_yellow_again_after_having_been_well_is_another_case(world, feed):
    person = world.person(FEVER)
    world.project(person)
    followed(feed)
    known(world, person, Result(False, "nucleic-acid"), source=Source.HOSPITAL)
    followed(feed)
    known(world, person, FEVER)
    followed(feed)
    assert len({case.case_id for case in work(world, person)}) == 2
