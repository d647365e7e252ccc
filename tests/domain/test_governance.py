"""What keeps a pass from being turned red by one hand, without an epidemic reason, or without an end."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain import governance
from nanhai.domain.actors import Actor, Role
from nanhai.domain.days import DAY_S
from nanhai.domain.errors import Invalid, Refusal
from nanhai.domain.findings import AUTHORITIES, ORDERING
from nanhai.domain.governance import (
    AHEAD_S_MAX,
    BACKDATED_S_MAX,
    NotHealthAuthority,
    OnOneself,
    OrderEnded,
    SameOrganisation,
    check_isolation,
    check_proposal,
    order,
    order_to_release,
)
from nanhai.domain.records import ISOLATION_S_MAX, Isolation, Place, Reason, Record, Release, Source

from tests.strategies import EPOCH, PERSON, records

NOW = EPOCH
ORDER = {
    "kind": "home",
    "reason": "close-contact",
    "since": NOW,
    "until": NOW + ISOLATION_S_MAX,
    "place": "home",
    "now": NOW,
}


def faults(**changes) -> list[tuple[str, str]]:
    try:
        order(**(ORDER | changes))
    except Invalid as refused:
        return [(fault.pointer, fault.code) for fault in refused.faults]
    return []


def test_the_closed_list_has_six_epidemic_reasons():
    assert {reason.value for reason in Reason} == {
        "confirmed",
        "suspected",
        "close-contact",
        "contact-of-contact",
        "arrived-from-listed-area",
        "returned-case",
    }


@given(st.text())
def test_no_other_word_is_a_reason(word):
    listed = word in set(Reason)
    assert faults(reason=word) == ([] if listed else [("/reason", "casework.reason-not-listed")])


@given(st.text())
def test_no_other_word_is_a_place(word):
    assert faults(kind=word) == ([] if word in set(Place) else [("/kind", "casework.kind-not-listed")])


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"until": NOW + ISOLATION_S_MAX + 1}, [("/until", "casework.order-too-long")]),
        ({"until": NOW}, [("/until", "casework.ends-before-it-begins")]),
        ({"since": NOW - 2, "until": NOW}, [("/until", "casework.already-over")]),
        ({"since": NOW - 2, "until": NOW + 1}, []),
        ({"since": NOW - BACKDATED_S_MAX, "until": NOW}, [("/until", "casework.already-over")]),
        ({"since": NOW - BACKDATED_S_MAX + 1, "until": NOW + 1}, []),
        (
            {"since": NOW - BACKDATED_S_MAX - 1, "until": NOW - 1},
            [("/until", "casework.already-over"), ("/since", "casework.too-long-ago")],
        ),
        ({"since": NOW + AHEAD_S_MAX, "until": NOW + AHEAD_S_MAX + DAY_S}, []),
        (
            {"since": NOW + AHEAD_S_MAX + 1, "until": NOW + AHEAD_S_MAX + DAY_S},
            [("/since", "casework.too-far-ahead")],
        ),
        (
            {"kind": "prison", "reason": "petitioner", "until": NOW},
            [
                ("/kind", "casework.kind-not-listed"),
                ("/reason", "casework.reason-not-listed"),
                ("/until", "casework.ends-before-it-begins"),
            ],
        ),
    ],
)
def test_an_order_has_a_reason_a_place_and_an_end(changes, found):
    assert faults(**changes) == found


@given(*(st.integers(NOW - 40 * DAY_S, NOW + 40 * DAY_S),) * 2)
def test_no_order_is_longer_than_fourteen_days_or_over_already(since, until):
    if not faults(since=since, until=until):
        assert since < until <= since + ISOLATION_S_MAX
        assert until > NOW


# maker and checker


def refused(check, *arguments) -> type[Refusal] | None:
    try:
        check(*arguments)
    except Refusal as refusal:
        return type(refusal)
    return None


ACTORS = [
    Actor(role, id_, organisation=of, person=who)
    for role, id_, of, who in product(Role, ("a", "b"), ("", "one", "two"), ("", PERSON))
]


@pytest.mark.parametrize(
    "checker", ACTORS, ids=lambda actor: f"{actor.role} {actor.id} of {actor.organisation or '-'} is {actor.person}"
)
def test_a_decision_takes_two_people_of_two_organisations_one_of_them_the_health_authority(checker):
    """All pairs: every maker with every checker."""
    for maker in ACTORS:
        good = (
            PERSON not in {maker.person, checker.person}
            and maker.id != checker.id
            and checker.role is Role.HEALTH_AUTHORITY
            and "" not in {maker.organisation, checker.organisation}
            and maker.organisation != checker.organisation
        )
        assert (refused(check_isolation, maker, checker, PERSON) is None) == good, maker


def test_each_reason_to_refuse_has_its_name():
    maker = Actor(Role.COMMUNITY_OFFICER, "a", organisation="one")
    health = Actor(Role.HEALTH_AUTHORITY, "b", organisation="two")
    assert [
        refused(check_proposal, Actor(Role.COMMUNITY_OFFICER, "a", organisation="one", person=PERSON), PERSON),
        refused(check_proposal, Actor(Role.COMMUNITY_OFFICER, "a"), PERSON),
        refused(check_isolation, maker, Actor(Role.TOWN_OFFICER, "b", organisation="two"), PERSON),
        refused(check_isolation, maker, Actor(Role.HEALTH_AUTHORITY, "b", organisation="two", person=PERSON), PERSON),
        refused(check_isolation, maker, Actor(Role.HEALTH_AUTHORITY, "b", organisation="one"), PERSON),
        refused(check_isolation, maker, health, PERSON),
    ] == [OnOneself, SameOrganisation, NotHealthAuthority, OnOneself, SameOrganisation, None]


# releases


def record(id_: str, fact, source=Source.HEALTH_AUTHORITY, at=NOW) -> Record:
    return Record(id_, PERSON, at, at, source, "office", "evidence", "basis", fact)


RUNNING = record("r01", Isolation(Place.HOME, Reason.CONFIRMED, NOW, NOW + DAY_S, "home"))


def test_a_running_order_can_be_released_until_its_end():
    assert order_to_release([RUNNING], "r01", NOW + DAY_S - 1) == RUNNING.fact
    with pytest.raises(OrderEnded):
        order_to_release([RUNNING], "r01", NOW + DAY_S)


def test_an_order_longer_than_any_may_be_ends_after_fourteen_days():
    endless = record("r01", Isolation(Place.HOME, Reason.CONFIRMED, NOW, NOW + 99 * DAY_S, "home"))
    with pytest.raises(OrderEnded):
        order_to_release([endless], "r01", NOW + ISOLATION_S_MAX)


@pytest.mark.parametrize("source", Source)
def test_only_an_authoritys_release_counts_and_only_an_order_of_one_who_may_order(source):
    released = record("r02", Release("r01"), source, NOW + 1)
    ended = refused(order_to_release, [RUNNING, released], "r01", NOW + 2)
    assert ended is (OrderEnded if source in AUTHORITIES else None)
    ordered = refused(order_to_release, [record("r01", RUNNING.fact, source)], "r01", NOW)
    assert ordered is (None if source in ORDERING else Invalid)


@given(
    st.lists(records(), max_size=10), st.sampled_from([f"r{n:02}" for n in range(25)]), st.integers(NOW, NOW + DAY_S)
)
def test_whatever_is_released_is_an_order_that_stands_and_runs(history, order_id, at):
    try:
        found = order_to_release(history, order_id, at)
    except (Invalid, OrderEnded):
        return
    assert any(known.record_id == order_id and known.fact == found and known.source in ORDERING for known in history)
    assert at < min(found.until, found.since + ISOLATION_S_MAX)


def test_a_batch_begins_where_the_specification_says():
    assert governance.ISOLATIONS_PER_DAY_MAX == 50
