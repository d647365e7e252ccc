"""A yellow or red is followed up: a case for each finding, opened by the stream, another when more is known later."""

from __future__ import annotations

import pytest
from nanhai.domain import cases
from nanhai.domain.records import Clearance, Release, Result, Source, Symptoms
from nanhai.policies import casework
from nanhai.services import cases as services
from nanhai.services.cases import CaseKind
from nanhai.store import casefiles, people
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


def newest(person) -> str:
    return max(people.records(person), key=lambda record: record.recorded_at).record_id


def ended(world, one, outcome="cleared", **more):
    rules = casework.rules_of(one)
    details = {"outcome": outcome} | more
    step = cases.Step("closed", world.now, "officer-1", "community-officer", "c-1", "closed", details)
    send([casefiles.change(rules, one, cases.after(rules, one, step), casework.kept_s(one))])


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
    known(world, person, Clearance(("GATE-1",), world.now + 86_400))
    world.now += 60
    ended(world, first, record=newest(person))
    world.project(person)
    followed(feed)
    assert len(work(world, person)) == 1
    known(world, person, Symptoms(38.4, ("fever",)))
    followed(feed)
    second, before = work(world, person)
    assert (before.case_id, second.chain, second.open) == (first.case_id, first.case_id, True)
    known(world, person, Symptoms(38.2, ("fever",)))
    followed(feed)
    assert len(work(world, person)) == 2


def test_what_is_recorded_in_the_very_second_of_the_closing_is_looked_into_anew(world, feed):
    person = world.person(FEVER)
    world.project(person)
    followed(feed)
    known(world, person, Symptoms(38.4, ("fever",)))
    ended(world, work(world, person)[0])
    followed(feed)
    assert [case.open for case in work(world, person)] == [True, False]


def test_what_goes_on_in_another_case_is_not_opened_beside_it(world, feed):
    """Until that one is closed, too; then the next goes on from there."""
    person = world.person(FEVER)
    world.project(person)
    followed(feed)
    (first,) = work(world, person)
    new = services.NewCase(CaseKind.VERIFY_YELLOW, HERE, f"case:{first.case_id}", person, chain=first.chain)
    world.now += 60
    onward = services.opened(world.here, world.now, new)
    send(list(onward.writes))
    ended(world, first, "not-reached", case=onward.case_id)
    known(world, person, Symptoms(38.4, ("fever",)))
    followed(feed)
    assert [case.open for case in work(world, person)] == [True, False]
    ended(world, work(world, person)[0])
    known(world, person, Symptoms(38.6, ("fever",)))
    followed(feed)
    cases_now = work(world, person)
    assert [case.open for case in cases_now] == [True, False, False]
    assert {case.chain for case in cases_now} == {first.chain}


def test_who_is_released_and_still_feverish_is_looked_into_anew(world, feed):
    """An order answers a yellow for as long as it is in force."""
    person = world.person(FEVER)
    world.project(person)
    followed(feed)
    known(world, person, world.order(), source=Source.HEALTH_AUTHORITY)
    followed(feed)
    order = newest(person)
    world.now += 60
    (check,) = [case for case in work(world, person) if case.kind is CaseKind.VERIFY_YELLOW]
    ended(world, check, "isolated", record=order)
    world.project(person)
    followed(feed)
    assert [case.open for case in work(world, person)] == [True, False]
    known(world, person, Release(order), source=Source.HEALTH_AUTHORITY)
    news = followed(feed)
    open_ = [case for case in work(world, person) if case.open]
    assert sorted(case.kind for case in open_) == [CaseKind.ISOLATION, CaseKind.VERIFY_YELLOW]
    world.now += 60
    assert follow.handle({"Records": news}) == DONE
    assert len([case for case in work(world, person) if case.open]) == 2


def test_a_pass_of_before_that_is_delivered_again_opens_nothing(world, feed):
    person = world.person()
    world.project(person)
    known(world, person, FEVER)
    news = followed(feed)
    (case,) = work(world, person)
    known(world, person, Result(False, "nucleic-acid"), source=Source.HOSPITAL)
    followed(feed)
    world.now += 60
    ended(world, case, "cause-over")
    world.now += 60
    assert follow.handle({"Records": news}) == DONE
    assert len(work(world, person)) == 1


def test_who_turns_yellow_again_after_having_been_well_is_another_case(world, feed):
    person = world.person(FEVER)
    world.project(person)
    followed(feed)
    known(world, person, Result(False, "nucleic-acid"), source=Source.HOSPITAL)
    followed(feed)
    known(world, person, FEVER)
    followed(feed)
    assert len({case.case_id for case in work(world, person)}) == 2
