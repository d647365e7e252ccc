"""The laws of colouring, for any records whatever."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st
from nanhai.domain.colour import RANK, Colour
from nanhai.domain.decide import decide, effective
from nanhai.domain.explain import explain
from nanhai.domain.identifiers import PersonId, RecordId, Region
from nanhai.domain.policy import ISOLATION
from nanhai.domain.records import Application, Correction, Fact, Holder, Record, Residence, Source, Stay, can_matter
from nanhai.domain.timeline import Timeline, pack, unpack
from nanhai.policies import shipped

from tests.strategies import DAY, EPOCH, histories, instants, records, worsening

LAW = settings(max_examples=1_000, deadline=None)
POLICY = shipped().get("nanhai-2020-03-01")
policies = st.sampled_from(shipped().policies)
LONG_AGO = -(2**41)


def whole(history: list[Record], at: int = LONG_AGO) -> Timeline | None:
    return decide(history, POLICY, at)


def told(record_id: str, fact: Fact, *, at: int, supersedes: RecordId | None = None) -> Record:
    who = PersonId("0000000000001")
    return Record(RecordId(record_id), who, at, at, Source.COMMUNITY, "office", "e", "basis", fact, supersedes)


@LAW
@given(histories, policies, instants)
def test_any_records_give_contiguous_half_open_segments_that_never_end(history, policy, at):
    timeline = decide(history, policy, at)
    if timeline is None:
        assert not any(isinstance(r.fact, Application) for r in effective(history))
        return
    for one, next_one in zip(timeline.segments, timeline.segments[1:], strict=False):
        assert one.since < (one.until or 0) == next_one.since
        assert (one.colour, one.causes) != (next_one.colour, next_one.causes)
    assert timeline.segments[-1].until is None


@LAW
@given(histories, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(history, shuffler: random.Random):
    shuffled = history[:]
    shuffler.shuffle(shuffled)
    assert whole(shuffled) == whole(history)


@LAW
@given(histories, st.integers(0, 13))
def test_a_record_seen_twice_is_one(history, index):
    assert whole(history + history[index : index + 1]) == whole(history)


@LAW
@given(histories)
@example(
    [
        told("r00", Correction("entered wrongly"), at=1),
        told("r01", Application(Holder.PERSON), at=1),
        told("r00", Residence(Region("42"), permit=False), at=2, supersedes=RecordId("r01")),
    ]
)
def test_what_stands_is_told_by_time_even_where_two_claim_one_id(history):
    standing = effective(history)
    assert standing == sorted(standing, key=lambda record: (record.recorded_at, record.record_id))


@LAW
@given(histories, instants, instants)
def test_a_later_look_shows_the_same_future(history, at, later):
    early, late = decide(history, POLICY, min(at, later)), decide(history, POLICY, max(at, later))
    if early is not None and late is not None:
        assert early.since(max(at, later)) == late
        assert early.at(max(at, later)) == late.at(max(at, later))


@LAW
@given(histories, records(worsening, supersede=False), instants)
def test_one_more_finding_never_improves_the_colour(history, extra, at):
    if isinstance(extra.fact, Stay) and extra.fact.region.startswith(POLICY.presence_regions):
        extra = replace(extra, source=Source.CITIZEN)  # a witnessed stay here is presence: evidence in favour
    extra = replace(extra, record_id=RecordId("zz"))
    before, after = whole(history), whole([*history, extra])
    if before is None:
        assert after is None
    else:
        assert RANK[after.at(at).colour] >= RANK[before.at(at).colour]


@LAW
@given(histories, records(supersede=True), instants)
def test_nothing_that_a_citizen_declares_improves_the_colour(history, extra, at):
    if isinstance(extra.fact, Application):
        return  # to apply is what makes a pass; it declares nothing about the person
    extra = replace(extra, record_id=RecordId("zz"), source=Source.CITIZEN)
    before, after = whole(history), whole([*history, extra])
    if before is not None:
        assert RANK[after.at(at).colour] >= RANK[before.at(at).colour]


@LAW
@given(histories, policies, instants)
def test_red_always_rests_on_an_order_in_force(history, policy, at):
    timeline = decide(history, policy, LONG_AGO)
    if timeline is None or timeline.at(at).colour is not Colour.RED:
        return
    orders = [cause for cause in timeline.at(at).causes if cause.finding == ISOLATION]
    assert orders
    for cause in orders:
        assert cause.since <= at < cause.until <= cause.since + 14 * DAY
        assert all(any(r.record_id == behind for r in history) for behind in cause.records)


@LAW
@given(histories, policies, instants)
def test_yellow_and_red_always_name_their_records_and_the_others_none(history, policy, at):
    timeline = decide(history, policy, LONG_AGO)
    if timeline is None:
        return
    segment = timeline.at(at)
    assert bool(segment.causes) == (segment.colour in {Colour.YELLOW, Colour.RED})
    assert all(cause.records for cause in segment.causes)


@LAW
@given(histories, policies)
def test_a_packed_timeline_reads_back_the_same(history, policy):
    timeline = decide(history, policy, EPOCH)
    if timeline is not None:
        assert unpack(pack(timeline)) == timeline


@LAW
@given(histories, instants)
def test_an_explanation_of_the_past_ignores_what_was_recorded_later(history, at):
    known = [record for record in history if record.recorded_at <= at]
    assert explain(history, shipped(), at) == explain(known, shipped(), at)


@LAW
@given(histories, policies, instants)
def test_what_cannot_matter_changes_no_timeline(history, policy, at):
    kept = [record for record in history if can_matter(record) or _names(history, record.record_id)]
    assert decide(kept, policy, at) == decide(history, policy, at)


def _names(history: list[Record], record_id: RecordId) -> bool:
    """Whether two records claim one id: a fault that the store's conditions exclude."""
    return [record.record_id for record in history].count(record_id) > 1
