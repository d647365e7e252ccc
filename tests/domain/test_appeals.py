"""Who may judge an appeal, over all combinations; what may be appealed against; which sights were wrong."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.domain import appeals
from nanhai.domain.actors import Actor, Role
from nanhai.domain.appeals import Against, NotIndependent, NotReviewer, Standing, check_reviewer
from nanhai.domain.colour import Colour
from nanhai.domain.errors import Refusal
from nanhai.domain.explain import explain
from nanhai.domain.findings import AUTHORITIES
from nanhai.domain.governance import OnOneself
from nanhai.domain.records import Clearance, Isolation, Release, Residence, Result, Symptoms
from nanhai.policies import shipped

from tests.strategies import EPOCH, PERSON, histories, instants, records

BOOK = shipped()
OTHER = "0000000000002"
HANDS = {
    "isolation": ("one/maker", "two/checker"),
    "test-result": ("three/lab",),
    "symptoms": (PERSON,),
    "arrival": ("one/maker",),
    "stay": ("operator",),
    "identity-link": ("register",),
}
REVIEWERS = [
    Actor(role, id_, organisation=of, person=who)
    for role, id_, of, who in product(
        Role, ("maker", "checker", "lab", "judge", "fresh"), ("", "one", "two"), ("", PERSON, OTHER)
    )
]


def refused(*arguments, **more) -> type[Refusal] | None:
    try:
        check_reviewer(*arguments, **more)
    except Refusal as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize("kind", HANDS)
@pytest.mark.parametrize("escalated", [False, True])
def test_only_an_office_with_clean_hands_and_of_the_right_kind_judges(kind, escalated):
    """Every actor there can be, with an appeal that a guardian filed and that was dismissed once before."""
    appeal = Against(PERSON, OTHER, kind, HANDS[kind], frozenset({"judge"}))
    for reviewer in REVIEWERS:
        desk = Role.HEALTH_AUTHORITY if kind in {"isolation", "test-result"} else Role.TOWN_OFFICER
        touched = {hand.split("/")[-1] for hand in HANDS[kind]} | {"judge"}
        good = (
            (reviewer.role is desk or (escalated and reviewer.role is Role.DISTRICT_COMMAND))
            and reviewer.person not in {PERSON, OTHER}
            and reviewer.organisation != ""
            and reviewer.id not in touched
            and not (kind == "isolation" and reviewer.organisation == "one")
        )
        assert (refused(appeal, reviewer, escalated=escalated) is None) == good, reviewer


def test_each_reason_to_refuse_has_its_name():
    appeal = Against(PERSON, PERSON, "isolation", HANDS["isolation"])
    assert [
        refused(appeal, Actor(Role.HEALTH_AUTHORITY, "x", organisation="two", person=PERSON), escalated=False),
        refused(appeal, Actor(Role.TOWN_OFFICER, "x", organisation="two"), escalated=True),
        refused(appeal, Actor(Role.DISTRICT_COMMAND, "x", organisation="two"), escalated=False),
        refused(appeal, Actor(Role.HEALTH_AUTHORITY, "checker", organisation="two"), escalated=False),
        refused(appeal, Actor(Role.HEALTH_AUTHORITY, "x", organisation="one"), escalated=False),
        refused(appeal, Actor(Role.HEALTH_AUTHORITY, "x", organisation="two"), escalated=False),
    ] == [OnOneself, NotReviewer, NotReviewer, NotIndependent, NotIndependent, None]


def test_all_hands_of_a_batch_are_its_orders_hands():
    appeal = Against(PERSON, PERSON, "isolation", ("one/maker", "two/first", "three/second"))
    for staff, of in (("first", "two"), ("second", "three"), ("colleague", "one")):
        assert refused(appeal, Actor(Role.HEALTH_AUTHORITY, staff, organisation=of), escalated=False) is NotIndependent


@pytest.mark.parametrize(
    ("now", "standing"),
    [(7, Standing.OPEN), (8, Standing.ESCALATED), (23, Standing.ESCALATED), (24, Standing.OVERDUE)],
)
def test_time_alone_makes_an_appeal_late(now, standing):
    assert appeals.standing(8, 24, now) is standing


@given(records())
def test_what_only_improves_a_colour_is_not_appealed_against(record):
    fact = record.fact
    improves = isinstance(fact, (Release, Clearance, Residence)) or (isinstance(fact, Result) and not fact.positive)
    if improves:
        assert not appeals.is_appealable(record)
    if isinstance(fact, (Isolation, Symptoms)):
        assert appeals.is_appealable(record)


@settings(max_examples=300)
@given(histories, instants)
def test_what_is_appealed_against_stands_behind_the_colour(history, at):
    now = explain(history, BOOK, at)
    found = appeals.behind(now)
    assert set(found) <= {record.record_id for record in now.records}
    if now.colour in {Colour.YELLOW, Colour.RED}:
        assert found


@settings(max_examples=300)
@given(histories, instants, st.sampled_from([f"r{n:02}" for n in range(25)]), st.sampled_from(Colour))
def test_a_sight_was_wrong_only_where_the_colour_rested_on_the_record_and_would_have_been_another(
    history, at, withdrawn, seen
):
    if appeals.was_wrong(history, BOOK, seen, at, withdrawn):
        assert explain(history, BOOK, at).colour is seen
        assert explain([r for r in history if r.record_id != withdrawn], BOOK, at).colour is not seen


@pytest.mark.parametrize("role", [Role.TOWN_OFFICER, Role.HEALTH_AUTHORITY, Role.DISTRICT_COMMAND])
def test_the_word_of_every_reviewer_withdraws(role):
    assert appeals.source(role) in AUTHORITIES
    assert EPOCH
