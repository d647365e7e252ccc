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
    Residence,
    Result,
    Source,
    Stay,
    Symptoms,
)
from nanhai.policies import shipped

from tests.strategies import DAY, PERSON

POLICIES = shipped().policies
SUBSETS = [kinds for size in range(len(KINDS) + 1) for kinds in combinations(KINDS, size)]
BASES = {Colour.GREEN: Region("440605"), Colour.BLUE: Region("430102"), Colour.NONE: None}


def began(policy: Policy) -> int:
    return policy.valid_from + DAY


def fact_record(
    policy: Policy, name: str, fact: Fact, source: Source = Source.HEALTH_AUTHORITY, days: int = 0
) -> Record:
    at = began(policy) + days * DAY
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
        fact_record(policy, "c", Clearance(places, began(policy) + DAY), Source.COMMUNITY),
    ]
    timeline = decide(records, policy, began(policy))
    assert timeline.verdict(began(policy), gate) is verdict
    assert timeline.verdict(began(policy) + DAY, gate) is Verdict.HOLD


def test_a_clearance_never_lifts_red() -> None:
    policy = POLICIES[-1]
    records = [
        *person(policy, Colour.GREEN),
        fact_record(policy, "o", evidence(policy, "isolation")),
        fact_record(policy, "c", Clearance(("GATE1",), began(policy) + DAY), Source.COMMUNITY),
    ]
    assert decide(records, policy, began(policy)).verdict(began(policy), {"GATE1"}) is Verdict.REFUSE
