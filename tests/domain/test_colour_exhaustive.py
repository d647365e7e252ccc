"""Finite questions over a policy, answered by trying everything."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from nanhai.domain.colour import RANK, VERDICTS, Colour, Verdict, worst
from nanhai.domain.decide import decide
from nanhai.domain.identifiers import RecordId, Region
from nanhai.domain.policy import KINDS, Policy
from nanhai.domain.records import (
    Application,
    Arrival,
    Clearance,
    Fact,
    Holder,
    IdentityLink,
    Isolation,
    Place,
    Reason,
    Record,
    Release,
    Residence,
    Result,
    Source,
    Stay,
    Symptoms,
)
from nanhai.domain.timeline import Timeline
from nanhai.policies import shipped

from tests.strategies import DAY, PERSON

POLICIES = shipped().policies
SUBSETS = [kinds for size in range(len(KINDS) + 1) for kinds in combinations(KINDS, size)]
BASES = {Colour.GREEN: Region("440605"), Colour.BLUE: Region("430102"), Colour.NONE: None}


def began(policy: Policy) -> int:
    return policy.valid_from + DAY


def fact_record(
    policy: Policy, name: str, fact: Fact, source: Source = Source.HEALTH_AUTHORITY, days: int = 0, after_s: int = 0
) -> Record:
    at = began(policy) + days * DAY + after_s
    return Record(RecordId(name), PERSON, at, at, source, "office", "evidence", "basis", fact)


def evidence(policy: Policy, kind: str) -> Fact:
    at, hubei = began(policy), Region("420100")
    return {
        "isolation": Isolation(Place.HOME, Reason.CONFIRMED, at, at + 7 * DAY, "home"),
        "fever": Symptoms(38.0, ()),
        "positive-test": Result(True, "nucleic-acid"),
        "area-stay": Stay(hubei, at, at + DAY),
        "area-arrival": Arrival(hubei, "train", "G1"),
        "identity-link": IdentityLink(hubei),
    }[kind]


def person(policy: Policy, base: Colour) -> list[Record]:
    application = fact_record(policy, "app", Application(Holder.PERSON), Source.CITIZEN)
    region = BASES[base]
    return [application] + (
        [] if region is None else [fact_record(policy, "res", Residence(region, False), Source.POLICE)]
    )


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.version)
def test_every_set_of_findings_on_every_base_has_the_worst_of_their_colours(policy: Policy) -> None:
    reached = set()
    for base, kinds in product(BASES, SUBSETS):
        records = person(policy, base) + [fact_record(policy, kind, evidence(policy, kind)) for kind in kinds]
        segment = decide(records, policy, began(policy)).at(began(policy))
        assert {cause.finding for cause in segment.causes} == set(kinds)
        assert segment.colour is worst([base, *(policy.rules[kind].colour for kind in kinds)])
        reached.add(segment.colour)
    assert reached == set(Colour)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.version)
def test_every_reason_of_isolation_is_red_and_nothing_but_isolation_is(policy: Policy) -> None:
    for reason, place in product(Reason, Place):
        order = Isolation(place, reason, began(policy), began(policy) + DAY, "somewhere")
        timeline = decide([*person(policy, Colour.GREEN), fact_record(policy, "o", order)], policy, began(policy))
        assert timeline.at(began(policy)).colour is Colour.RED
        assert timeline.at(began(policy) + DAY - 1).colour is Colour.RED
        assert timeline.at(began(policy) + DAY).colour is Colour.GREEN
    assert {kind for kind, rule in policy.rules.items() if rule.colour is Colour.RED} == {"isolation"}


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.version)
def test_who_may_say_what(policy: Policy) -> None:
    """Which sources an isolation, a cleared fever, a proved residence and a clearance are believed from."""
    ordering, clearing, proving, permitting = set(), set(), set(), set()
    for source in Source:
        order = [*person(policy, Colour.GREEN), fact_record(policy, "o", evidence(policy, "isolation"), source)]
        cured = [
            *person(policy, Colour.GREEN),
            fact_record(policy, "f", Symptoms(38.0, ())),
            fact_record(policy, "n", Result(False, "nucleic-acid"), source, days=1),
        ]
        proved = [
            *person(policy, Colour.NONE),
            fact_record(policy, "r", Residence(Region("440605"), False), source),
        ]
        cleared = [
            *person(policy, Colour.GREEN),
            fact_record(policy, "c", Clearance(("GATE1",), began(policy) + DAY), source),
        ]
        begin = began(policy)
        ordering |= {source} if decide(order, policy, begin).at(begin).colour is Colour.RED else set()
        clearing |= {source} if decide(cured, policy, begin).at(begin + DAY).colour is Colour.GREEN else set()
        proving |= {source} if decide(proved, policy, begin).at(begin).colour is Colour.GREEN else set()
        permitting |= {source} if decide(cleared, policy, begin).permits else set()
    authorities = {Source.COMMUNITY, Source.HOSPITAL, Source.HEALTH_AUTHORITY}
    assert ordering == authorities | {Source.FEED}
    assert clearing == permitting == authorities
    assert proving == authorities | {Source.FEED, Source.OPERATOR, Source.POLICE}


def test_every_colour_has_one_verdict_and_one_rank() -> None:
    assert set(VERDICTS) == set(RANK) == set(Colour)
    assert [c for c in Colour if VERDICTS[c] is Verdict.ADMIT] == [Colour.GREEN, Colour.BLUE]
    assert VERDICTS[Colour.NONE] is Verdict.CANNOT_VERIFY


@pytest.mark.parametrize(
    ("places", "gate", "verdict"),
    [
        (("GATE1",), {"GATE1", "440605011001"}, Verdict.ADMIT_TEMPORARY),
        (("440605011",), {"GATE9", "440605011001"}, Verdict.ADMIT_TEMPORARY),
        (("440605011001",), {"GATE9", "440605011"}, Verdict.HOLD),
        (("440605012",), {"GATE9", "440605011001"}, Verdict.HOLD),
        (("GATE",), {"GATE1", "440605011001"}, Verdict.HOLD),
        ((), {"GATE1", "440605011001"}, Verdict.HOLD),
        (("GATE1",), set(), Verdict.HOLD),
    ],
)
def test_a_clearance_admits_at_its_places_only(places: tuple[str, ...], gate: set[str], verdict: Verdict) -> None:
    policy = POLICIES[-1]
    records = [
        *person(policy, Colour.GREEN),
        fact_record(policy, "f", Symptoms(38.0, ())),
        fact_record(policy, "c", Clearance(places, began(policy) + DAY), Source.COMMUNITY, after_s=1),
    ]
    timeline = decide(records, policy, began(policy))
    assert timeline.verdict(began(policy), gate) is Verdict.HOLD
    assert timeline.verdict(began(policy) + 1, gate) is verdict
    assert timeline.verdict(began(policy) + DAY, gate) is Verdict.HOLD


def test_a_clearance_never_lifts_red() -> None:
    policy = POLICIES[-1]
    records = [
        *person(policy, Colour.GREEN),
        fact_record(policy, "o", evidence(policy, "isolation")),
        fact_record(policy, "c", Clearance(("GATE1",), began(policy) + DAY), Source.COMMUNITY, after_s=1),
    ]
    assert decide(records, policy, began(policy)).verdict(began(policy) + 1, {"GATE1"}) is Verdict.REFUSE


GATE = {"GATE1"}


def cleared(evidence_after: list[Record], source: Source = Source.COMMUNITY) -> Timeline:
    """A fever, and a clearance of five days a second later; then what else is told."""
    policy = POLICIES[-1]
    clearance = Clearance(("GATE1",), began(policy) + 5 * DAY)
    told = [fact_record(policy, "f", Symptoms(38.0, ())), fact_record(policy, "c", clearance, source, after_s=1)]
    return decide([*person(policy, Colour.GREEN), *told, *evidence_after], policy, began(policy))


def test_a_clearance_that_an_order_followed_is_over_when_the_order_is_released() -> None:
    policy = POLICIES[-1]
    order = fact_record(
        policy,
        "o",
        Isolation(Place.HOME, Reason.CLOSE_CONTACT, began(policy) + DAY, began(policy) + 9 * DAY, "home"),
        days=1,
    )
    release = fact_record(policy, "x", Release(RecordId("o")), days=3)
    timeline = cleared([order, release])
    assert timeline.verdict(began(policy) + DAY, GATE) is Verdict.REFUSE
    assert timeline.verdict(began(policy) + 3 * DAY, GATE) is Verdict.HOLD


def test_evidence_of_the_same_second_ends_a_clearance() -> None:
    policy = POLICIES[-1]
    again = fact_record(policy, "a", Symptoms(38.5, ()), Source.CITIZEN, after_s=1)
    assert cleared([again]).verdict(began(policy) + 2, GATE) is Verdict.HOLD


def test_a_record_that_ends_a_finding_ends_no_clearance() -> None:
    """An area link goes on when the fever is over: the clearance was given with both in view."""
    policy = POLICIES[-1]
    arrival = fact_record(policy, "b", Arrival(Region("420100"), "train", "G1"))
    negative = fact_record(policy, "n", Result(False, "nucleic-acid"), Source.HOSPITAL, days=1)
    timeline = cleared([arrival, negative])
    assert timeline.at(began(policy) + 2 * DAY).colour is Colour.YELLOW
    assert timeline.verdict(began(policy) + 2 * DAY, GATE) is Verdict.ADMIT_TEMPORARY


@pytest.mark.parametrize(
    ("source", "verdict"),
    [(Source.COMMUNITY, Verdict.HOLD), (Source.HEALTH_AUTHORITY, Verdict.ADMIT_TEMPORARY)],
)
def test_a_positive_test_is_not_the_communitys_to_clear(source: Source, verdict: Verdict) -> None:
    policy = POLICIES[-1]
    positive = fact_record(policy, "p", Result(True, "nucleic-acid"), Source.HOSPITAL)
    assert cleared([positive], source).verdict(began(policy) + 2, GATE) is verdict


@pytest.mark.parametrize(("method", "colour"), [("nucleic-acid", Colour.GREEN), ("antibody", Colour.YELLOW)])
def test_only_a_method_that_the_policy_names_ends_a_finding(method: str, colour: Colour) -> None:
    policy = POLICIES[-1]
    positive = fact_record(policy, "p", Result(True, "nucleic-acid"), Source.HOSPITAL)
    negative = fact_record(policy, "n", Result(False, method), Source.HOSPITAL, days=1)
    timeline = decide([*person(policy, Colour.GREEN), positive, negative], policy, began(policy))
    assert timeline.at(began(policy) + DAY).colour is colour


@pytest.mark.parametrize("since_days", [-60, -5, 0, 5])
def test_whoever_has_been_here_longest_loses_a_weak_link_too(since_days: int) -> None:
    """Fourteen witnessed days from when the area was listed, in one long stay that began before or after."""
    policy = POLICIES[-1]
    listed = policy.areas[0].since
    here = Stay(Region("440605"), listed + since_days * DAY, listed + 120 * DAY)
    records = [
        *person(policy, Colour.GREEN),
        fact_record(policy, "l", IdentityLink(Region("420100")), Source.POLICE),
        fact_record(policy, "s", here, Source.OPERATOR),
    ]
    timeline = decide(records, policy, began(policy))
    assert timeline.at(listed + (max(since_days, 0) + 16) * DAY + 60 * DAY).colour is Colour.GREEN
