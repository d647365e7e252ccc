"""What keeps a batch from being one hand's work, over all combinations of approvers."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.domain import batches
from nanhai.domain.actors import Actor, Role
from nanhai.domain.batches import (
    HOLD_S,
    Approver,
    NotApprover,
    NotMakerOrApprover,
    State,
    check_approver,
    check_stopper,
    common_division,
    lapses_at,
    outlook,
    record_id,
    row_faults,
    state_at,
)
from nanhai.domain.colour import RANK, Colour
from nanhai.domain.errors import Refusal
from nanhai.domain.governance import OnOneself, SameOrganisation
from nanhai.domain.records import Isolation, Place, Reason
from nanhai.policies import shipped

from tests.strategies import DAY, EPOCH, PERSON, histories, isolations

POLICY = shipped().in_force(EPOCH)
MAKER = Actor(Role.COMMUNITY_OFFICER, "maker", organisation="one")
ACTORS = [
    Actor(role, id_, organisation=of, person=who)
    for role, id_, of, who in product(Role, ("maker", "b", "c"), ("", "one", "two", "three"), ("", PERSON))
]


def refused(check, *arguments) -> type[Refusal] | None:
    try:
        check(*arguments)
    except Refusal as refusal:
        return type(refusal)
    return None


def approver(actor) -> Approver:
    return Approver(actor.id, actor.organisation, actor.role, EPOCH)


def test_two_of_two_organisations_one_of_them_of_the_health_authority_and_neither_the_makers():
    """Every pair that gets as far as two approvals, and every one that should."""
    for first, second in product(ACTORS, ACTORS):
        got = (
            refused(check_approver, MAKER, [], first, {PERSON}) is None
            and refused(check_approver, MAKER, [approver(first)], second, {PERSON}) is None
        )
        good = (
            {first.role, second.role} <= {Role.HEALTH_AUTHORITY, Role.DISTRICT_COMMAND}
            and Role.HEALTH_AUTHORITY in {first.role, second.role}
            and "" not in {first.organisation, second.organisation}
            and len({"one", first.organisation, second.organisation}) == 3
            and len({"maker", first.id, second.id}) == 3
            and PERSON not in {first.person, second.person}
        )
        assert got == good, (first, second)


def test_each_reason_to_refuse_has_its_name():
    health = Actor(Role.HEALTH_AUTHORITY, "b", organisation="two")
    command = Actor(Role.DISTRICT_COMMAND, "c", organisation="three")
    other = Actor(Role.DISTRICT_COMMAND, "d", organisation="four")
    own = Actor(Role.HEALTH_AUTHORITY, "b", organisation="two", person=PERSON)
    assert [
        refused(check_approver, MAKER, [], own, {PERSON}),
        refused(check_approver, MAKER, [], Actor(Role.TOWN_OFFICER, "b", organisation="two"), {PERSON}),
        refused(check_approver, MAKER, [approver(command)], other, {PERSON}),
        refused(check_approver, MAKER, [], Actor(Role.HEALTH_AUTHORITY, "b", organisation="one"), {PERSON}),
        refused(check_approver, MAKER, [approver(health)], health, {PERSON}),
        refused(check_approver, MAKER, [approver(command)], health, {PERSON}),
    ] == [OnOneself, NotApprover, NotApprover, SameOrganisation, SameOrganisation, None]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("id_", ["maker", "b"])
def test_it_is_stopped_by_its_maker_or_an_approving_office(role, id_):
    allowed = id_ == "maker" or role in {Role.HEALTH_AUTHORITY, Role.DISTRICT_COMMAND}
    told = refused(check_stopper, "maker", Actor(role, id_, organisation="x"))
    assert told is (None if allowed else NotMakerOrApprover)


@pytest.mark.parametrize("stored", State)
def test_time_alone_ends_proposal_and_hold_at_their_second(stored):
    late = {State.PROPOSED: State.LAPSED, State.HOLD: State.TAKING_EFFECT}.get(stored, stored)
    assert [state_at(stored, EPOCH, EPOCH - 1), state_at(stored, EPOCH, EPOCH)] == [stored, late]


def test_the_hold_is_a_quarter_of_an_hour_and_a_batch_has_five_hundred_rows_at_most():
    assert (HOLD_S, batches.ROWS_MAX, batches.APPROVALS) == (900, 500, 2)


@given(st.integers(EPOCH, EPOCH + 20 * DAY))
def test_whatever_is_approved_in_time_is_in_force_for_a_while_after_the_hold(until):
    order = Isolation(Place.HOME, Reason.CLOSE_CONTACT, EPOCH, until, "home")
    last = lapses_at(EPOCH, order) - 1
    assert last + HOLD_S < until
    assert last < EPOCH + DAY


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", " x", "z"])), max_size=6))
def test_nobody_is_there_twice_and_no_evidence_stands_for_two(rows):
    found = list(row_faults(rows))
    distinct = len({person for person, _ in rows}) == len(rows) == len({shown.strip() for _, shown in rows})
    assert (not found) == distinct
    assert all(int(fault.pointer.split("/")[2]) > 0 for fault in found)


communities = st.sampled_from(["440605011001", "440605011004", "440605122002", "440604001001"])


@given(st.lists(communities, min_size=1))
def test_the_common_division_holds_everybody_and_no_smaller_one_does(found):
    common = common_division(found)
    assert all(community.startswith(common) for community in found)
    smaller = {12: (), 9: (12,), 6: (9, 12), 0: (6, 9, 12)}[len(common)]
    assert all(len({community[:digits] for community in found}) > 1 for digits in smaller)


@settings(max_examples=300)
@given(histories, isolations, st.integers(EPOCH - 20 * DAY, EPOCH + 40 * DAY))
def test_a_preview_never_shows_a_better_colour_and_red_while_the_order_runs(history, order, at):
    before, after = outlook(history, PERSON, order, POLICY, at)
    assert RANK[after] >= RANK[before]
    if before is not Colour.NONE and order.since <= at < min(order.until, order.since + 14 * DAY):
        assert after is Colour.RED


@given(st.text(max_size=26), st.integers(0, 499), st.integers(0, 499))
def test_a_row_has_one_record_id_of_its_own(batch, one, other):
    ids = record_id(batch, one, EPOCH), record_id(batch, other, EPOCH)
    assert ids[0] == record_id(batch, one, EPOCH)
    assert (ids[0] == ids[1]) == (one == other)
    assert len(ids[0]) == 26
