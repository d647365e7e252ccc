"""Which stays in affected areas days tell of: as laws, and where the edges are."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.domain.area_stays import PIECES_PER_DAY_MAX, Affected, differences, told_by, withdrawn
from nanhai.domain.days import DAY_S, HOUR_S, day_begins, local_day
from nanhai.domain.decide import decide, effective
from nanhai.domain.findings import findings
from nanhai.domain.identifiers import PersonId, RecordId, Region
from nanhai.domain.policy import AREA_STAY, Area
from nanhai.domain.records import Application, Clearance, Correction, Holder, Record, Source, Stay
from nanhai.domain.sightings import Visit, by_day, visits
from nanhai.policies import shipped

LAW = settings(max_examples=300, deadline=None)
POLICY = shipped().get("nanhai-2020-03-01")
SILENCE_S, MINIMUM_S = 2 * HOUR_S, POLICY.minimum_stay_s
FIRST = 18_323  # 2020-03-02
FOSHAN, WUHAN, JIANGAN, HUANGGANG, WENZHOU = 440605, 420100, 420102, 421100, 330300
PERSON, FEED = PersonId("0000000000001"), "signalling"

regions = st.sampled_from([FOSHAN, WUHAN, JIANGAN, HUANGGANG, WENZHOU])
rows = st.lists(
    st.builds(
        lambda since, lasts, region: Visit(since, since + lasts, region % 7, region),
        st.integers(day_begins(FIRST) // 600, day_begins(FIRST + 4) // 600).map(lambda slot: 600 * slot),
        st.integers(1, 100).map(lambda slots: 600 * slots),
        regions,
    ),
    max_size=20,
)


def days_of(found):
    return by_day(visits(found))


def told(days, policy=POLICY, minimum_s=MINIMUM_S):
    return told_by(days, Affected.of(policy), minimum_s=minimum_s, silence_s=SILENCE_S)


def at(day, since_h, until_h, region=WUHAN, cell=1) -> Visit:
    begins = day_begins(FIRST + day)
    return Visit(int(begins + since_h * HOUR_S), int(begins + until_h * HOUR_S), cell, region)


def record(number, fact, source=Source.OPERATOR, recorded=0, supersedes=None) -> Record:
    id_ = RecordId(f"r{number:03}")
    return Record(id_, PERSON, 0, recorded, source, FEED, "evidence", "basis", fact, supersedes)


def hours(stays) -> list:
    begins = day_begins(FIRST)
    return [(stay.region, (stay.since - begins) / HOUR_S, (stay.until - begins) / HOUR_S) for stay in stays]


CASES = {
    "a stay of the minimum counts": ([at(0, 8, 12)], [("4201", 8, 12)]),
    "a shorter one does not": ([at(0, 8, 11.9)], []),
    "two hours of silence are bridged": ([at(0, 8, 10), at(0, 12, 13)], [("4201", 8, 13)]),
    "longer silence is not": ([at(0, 8, 10), at(0, 12.1, 14)], []),
    "another place between ends a stay": ([at(0, 8, 10), at(0, 10, 10.5, FOSHAN, 2), at(0, 10.5, 13)], []),
    "districts of a city are the city": ([at(0, 8, 10), at(0, 10, 13, JIANGAN, 2)], [("4201", 8, 13)]),
    "cities are told apart": (
        [at(0, 8, 10), at(0, 11, 13, HUANGGANG, 2)],
        [("4201", 8, 11), ("4211", 11, 13)],
    ),
    "midnight cuts a stay in two that adjoin": ([at(0, 20, 30)], [("4201", 20, 24), ("4201", 24, 30)]),
    "short at the end of a day may go on": ([at(0, 22, 24)], [("4201", 22, 24)]),
    "with silence after it, too": ([at(0, 21, 22.5)], [("4201", 21, 22.5)]),
    "but not when the phone is elsewhere before midnight": ([at(0, 21, 22.5), at(0, 23, 24, FOSHAN, 2)], []),
    "silence over midnight belongs to the day before": (
        [at(0, 20, 23.5), at(1, 0.5, 3)],
        [("4201", 20, 24.5), ("4201", 24.5, 27)],
    ),
    "an area that is not affected is none": ([at(0, 0, 24, WENZHOU)], []),
}


@pytest.mark.parametrize(("found", "expected"), CASES.values(), ids=CASES)
def test_case(found, expected):
    assert hours(told(days_of(found))) == expected


def test_a_district_that_is_listed_by_itself_is_told_by_its_own_code():
    policy = replace(POLICY, areas=(Area(Region("420102"), 0, None),))
    days = days_of([at(0, 8, 12), at(0, 12, 18, JIANGAN, 2)])
    assert hours(told(days, policy)) == [("420102", 12, 18)]


def test_only_what_lies_in_the_time_of_the_area_is_told():
    ends = day_begins(FIRST + 1)
    policy = replace(POLICY, areas=(Area(Region("42"), 0, ends),))
    days = days_of([at(0, 8, 12), at(1, 8, 12)])
    assert hours(told(days, policy)) == [("4201", 8, 12)]


def test_of_many_cities_in_one_stretch_the_area_alone_is_told():
    found = [at(0, n, n + 1, (WUHAN, HUANGGANG)[n % 2], n) for n in range(4, 4 + PIECES_PER_DAY_MAX + 1)]
    assert hours(told(days_of(found))) == [("42", 4, 4 + PIECES_PER_DAY_MAX + 1)]


@LAW
@given(rows)
def test_stays_ascend_do_not_overlap_and_hold_within_what_their_day_can_tell(found):
    days = days_of(found)
    stays = told(days)
    for one, following in pairwise(stays):
        assert one.until <= following.since
    for stay in stays:
        assert stay.since < stay.until <= day_begins(local_day(stay.since) + 1) + SILENCE_S
        assert any(visit.since == stay.since for visit in days[local_day(stay.since)])


@LAW
@given(rows)
def test_every_second_that_is_told_was_heard_in_an_affected_area_or_bridges_silence_between_two(found):
    heard = [v for v in visits(found) if str(v.region).startswith("42")]
    others = [v for v in visits(found) if not str(v.region).startswith("42")]
    for stay in told(days_of(found)):
        assert not any(v.since < stay.until and stay.since < v.until for v in others)
        inside = sum(
            min(v.until, stay.until) - max(v.since, stay.since)
            for v in heard
            if v.since < stay.until and stay.since < v.until
        )
        pieces = sum(1 for v in heard if v.since < stay.until and stay.since < v.until)
        assert stay.until - stay.since - inside <= pieces * SILENCE_S


@LAW
@given(rows, st.integers(0, 5))
def test_what_is_told_of_a_day_does_not_change_when_those_before_it_are_forgotten(found, forgotten):
    days = days_of(found)
    kept = {day: visits_ for day, visits_ in days.items() if day >= FIRST + forgotten}
    assert told(kept) == [stay for stay in told(days) if local_day(stay.since) >= FIRST + forgotten]


@LAW
@given(rows)
def test_what_is_left_out_can_be_no_finding(found):
    days = days_of(found)
    all_, some = ([record(n, stay) for n, stay in enumerate(told(days, minimum_s=m))] for m in (0, MINIMUM_S))
    assert _found(all_) == _found(some)


def _found(records) -> list:
    return [(c.since, c.until) for c in findings(records, POLICY) if c.finding == AREA_STAY]


@LAW
@given(rows, rows)
def test_after_the_differences_are_recorded_there_are_none(before, after):
    days = range(FIRST - 1, FIRST + 7)
    known = [record(n, stay) for n, stay in enumerate(told(days_of(before)))]
    wanted = told(days_of(after))
    differ = differences(wanted, known, FEED, days)
    fresh = [record(500 + n, stay) for n, stay in enumerate(differ.missing)]
    gone = [
        record(900 + n, Correction("x"), recorded=1, supersedes=wrong.record_id) for n, wrong in enumerate(differ.wrong)
    ]
    records = [*known, *fresh, *gone]
    again = differences(wanted, records, FEED, days)
    assert (again.missing, again.wrong) == ((), ())
    standing = [r.fact for r in effective(records) if isinstance(r.fact, Stay)]
    assert sorted(standing, key=lambda stay: stay.since) == wanted


def test_days_that_are_not_looked_at_keep_their_records():
    known = [record(1, Stay(Region("4201"), day_begins(FIRST), day_begins(FIRST) + 5 * HOUR_S))]
    assert differences([], known, FEED, range(FIRST + 1, FIRST + 9)).wrong == ()
    assert differences([], known, FEED, range(FIRST, FIRST + 9)).wrong == tuple(known)


def test_only_the_feeds_own_stays_are_taken_back():
    stay = Stay(Region("4201"), day_begins(FIRST), day_begins(FIRST) + DAY_S)
    known = [
        record(1, stay, Source.CITIZEN),
        replace(record(2, stay), source_id="another"),
        record(3, stay, Source.COMMUNITY),
    ]
    assert differences([], known, FEED, range(FIRST, FIRST + 9)).wrong == ()


WITHDRAWN = {
    "the same again": ([at(0, 12, 23.5)], []),
    "less": ([at(0, 13, 20)], []),
    "its end runs to the first visit of the next day": ([at(0, 12, 23.5), at(1, 0.33, 1)], [("4201", 24.33, 25)]),
    "an hour more before it": ([at(0, 11, 23.5)], []),
    "more than the minimum before it": ([at(0, 7, 23.5)], [("4201", 7, 12)]),
    "another district of the city": ([at(0, 12, 23.5, JIANGAN)], []),
    "another city at the same time": ([at(0, 12, 20, HUANGGANG)], [("4211", 12, 20)]),
    "silence within it joins nothing": ([at(0, 8, 11.9), at(0, 12.1, 12.2), at(0, 23.6, 24)], [("4201", 23.6, 24)]),
    "what may go on in the next day": ([at(0, 12, 24), at(1, 0, 5)], [("4201", 23.5, 24), ("4201", 24, 29)]),
}


@pytest.mark.parametrize(("found", "expected"), WITHDRAWN.values(), ids=WITHDRAWN)
@pytest.mark.parametrize("region", ["4201", "42"])
def test_of_what_an_authority_withdrew_only_the_rest_is_told(found, expected, region):
    """And only when it would be told by itself. What was withdrawn is 12:00 to 23:30."""
    begins = day_begins(FIRST)
    taken = Stay(Region(region), begins + 12 * HOUR_S, begins + int(23.5 * HOUR_S))
    judged = [
        record(1, taken),
        record(2, Correction("wrong-person"), Source.COMMUNITY, recorded=1, supersedes=RecordId("r001")),
        record(3, replace(taken, since=begins)),
        record(4, Correction("not-told"), recorded=1, supersedes=RecordId("r003")),
    ]
    if region == "42" and found[0].region == HUANGGANG:
        expected = []
    rest = told_by(
        days_of(found),
        Affected.of(POLICY),
        minimum_s=MINIMUM_S,
        silence_s=SILENCE_S,
        withdrawn=withdrawn(judged, FEED),
    )
    assert hours(rest) == [
        (name, pytest.approx(since, abs=0.01), pytest.approx(until, abs=0.01)) for name, since, until in expected
    ]


@LAW
@given(rows, rows)
def test_whatever_is_told_later_nothing_of_what_was_withdrawn_is_told_again(before, after):
    taken = told(days_of(before))
    again = told_by(days_of(after), Affected.of(POLICY), minimum_s=MINIMUM_S, silence_s=SILENCE_S, withdrawn=taken)
    same = [(a, b) for a in again for b in taken if a.since < b.until and b.since < a.until]
    assert not any(a.region.startswith(b.region) or b.region.startswith(a.region) for a, b in same)


@pytest.mark.parametrize(
    ("by", "office", "target", "stands"),
    [
        (Source.OPERATOR, FEED, Source.OPERATOR, False),
        (Source.OPERATOR, "another", Source.OPERATOR, True),
        (Source.OPERATOR, FEED, Source.COMMUNITY, True),
        (Source.OPERATOR, FEED, Source.CITIZEN, True),
        (Source.CITIZEN, FEED, Source.CITIZEN, True),
        (Source.FEED, FEED, Source.FEED, True),
        (Source.HEALTH_AUTHORITY, "office", Source.OPERATOR, False),
    ],
)
def test_an_operators_feed_withdraws_what_it_told_itself_and_nothing_else(by, office, target, stands):
    stay = record(1, Stay(Region("4201"), 0, DAY_S), target)
    withdrawn = replace(record(2, Correction("x"), by, recorded=1, supersedes=RecordId("r001")), source_id=office)
    assert (stay in effective([stay, withdrawn])) is stands


def stay_of(since_h, until_h, region="4201") -> Stay:
    begins = day_begins(FIRST)
    return Stay(Region(region), begins + since_h * HOUR_S, begins + until_h * HOUR_S)


TOLD_LATER = {  # what is recorded after the clearance of second 5, and whether it ends that
    "nothing": ([], False),
    "less, in place of it": ([(1, 8, stay_of(9, 20))], False),
    "less, twice": ([(1, 8, stay_of(9, 20)), (8, 9, stay_of(9, 19))], False),
    "two parts of it": ([(1, 8, stay_of(8, 13)), (1, 8, stay_of(14, 20))], False),
    "more": ([(1, 8, stay_of(8, 21))], True),
    "less, then more": ([(1, 8, stay_of(9, 20)), (8, 9, stay_of(8, 20))], True),
    "less of another region": ([(1, 8, stay_of(9, 20, "4211"))], True),
    "less, after it was taken back": ([(1, 7, None), (7, 8, stay_of(9, 20))], True),
}


@pytest.mark.parametrize(("later", "ends"), TOLD_LATER.values(), ids=TOLD_LATER)
def test_a_clearance_ends_by_what_is_told_beyond_what_was_known(later, ends):
    """Each: the second in which what it replaces was recorded, its own, what is told."""
    records = [
        replace(record(0, Application(Holder.PERSON), Source.CITIZEN), happened_at=day_begins(FIRST)),
        record(1, stay_of(8, 20), recorded=1),
        replace(
            record(5, Clearance(("44",), day_begins(FIRST + 9)), Source.COMMUNITY, recorded=5),
            happened_at=day_begins(FIRST + 1),
        ),
    ]
    for number, (replaced, at_, stay) in enumerate(later, 10):
        records += [] if stay is None else [record(number * 10, stay, recorded=at_)]
        gone = [r.record_id for r in records if isinstance(r.fact, Stay) and r.recorded_at == replaced]
        records += [record(500 + number, Correction("x"), recorded=at_, supersedes=id_) for id_ in gone]
    for order in (records, records[::-1]):
        timeline = decide(order, POLICY, day_begins(FIRST + 1))
        assert (timeline.permits == ()) is ends


def test_what_another_feed_tells_is_news():
    known = [record(1, stay_of(8, 20), recorded=1), replace(record(2, stay_of(9, 20), recorded=8), source_id="another")]
    cleared = replace(
        record(5, Clearance(("44",), day_begins(FIRST + 9)), Source.COMMUNITY, recorded=5),
        happened_at=day_begins(FIRST + 1),
    )
    applied = replace(record(0, Application(Holder.PERSON), Source.CITIZEN), happened_at=day_begins(FIRST))
    assert decide([applied, *known, cleared], POLICY, day_begins(FIRST + 1)).permits == ()
