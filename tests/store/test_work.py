"""Gates, proposals, jobs, notices and quarantine."""

from __future__ import annotations

from functools import partial

import pytest
from msgspec.structs import replace
from nanhai.domain.colour import Colour
from nanhai.domain.notices import Channel
from nanhai.store import cases, gates, jobs, notices, quarantine
from nanhai.store.cases import APPROVED, OPEN, REJECTED, Decision, Proposal
from nanhai.store.gates import Gate
from nanhai.store.jobs import KEPT_S, SEGMENTS_MAX, Job, Segment
from nanhai.store.notices import News, Notice
from nanhai.store.quarantine import Quarantined
from nanhai.store.writes import commit, send

from tests.store.builders import COMMUNITY, DAY, NOW, OTHER, PERSON, refusal

GATE = Gate("GATE1", "东门", COMMUNITY, shows_name=True, made_at=NOW)
PROPOSAL = Proposal(
    case_id="c1",
    person_id=PERSON,
    community=COMMUNITY,
    kind="home",
    reason="close-contact",
    since=NOW,
    until=NOW + 7 * DAY,
    place="home",
    evidence="case 7",
    legal_basis="law 39",
    proposed_by="staff-1",
    role="community-officer",
    organisation="org-1",
    proposed_at=NOW,
    due_at=NOW + DAY,
)
JOB = Job("j1", "dry-run", commits=False, policy="{}", segments=4, asked_by="staff-1", asked_at=NOW)


def decision(state=APPROVED, at=NOW + 1, record="r1"):
    return Decision(state, "staff-2", "org-2", at, "checked", record)


def paged(page, limit=2):
    """Everything, page by page."""
    found, start = page(limit, None)
    while start is not None:
        more, start = page(limit, start)
        found = [*found, *more]
    return found


def test_a_gate_is_made_once_and_found_in_its_community(aws):
    more = [replace(GATE, gate_id=f"GATE{n}", shows_name=False) for n in range(2, 6)]
    for gate in (GATE, *more, replace(GATE, gate_id="GATE9", community="440605002001")):
        commit([gates.create(gate)])
    assert refusal(gates.create(GATE)) == ("gate",)
    assert (gates.get("GATE1"), gates.get("GATE8")) == (GATE, None)
    assert paged(lambda limit, start: gates.in_community(COMMUNITY, limit, start)) == [GATE, *more]


@pytest.mark.parametrize(
    ("decided", "refused"),
    [
        (decision(), ()),
        (decision(REJECTED, record=None), ()),
        (decision(at=NOW + DAY - 1), ()),
        (decision(at=NOW + DAY), ("case",)),  # lapsed
    ],
)
def test_a_proposal_is_decided_once_before_it_lapses(aws, decided, refused):
    commit([cases.propose(PROPOSAL)])
    assert refusal(cases.propose(PROPOSAL)) == ("case",)
    assert cases.get("c1") == PROPOSAL
    assert refusal(cases.decide("c1", decided)) == refused
    assert refusal(cases.decide("c1", decision(REJECTED))) == (("case",) if not refused else ())
    assert cases.get("c1").decision == (decided if not refused else decision(REJECTED))
    assert (refusal(cases.decide("c2", decided)), cases.get("c2")) == (("case",), None)


def test_proposals_wait_in_the_queue_of_their_state_soonest_due_first(aws):
    several = [replace(PROPOSAL, case_id=f"c{n}", due_at=NOW + DAY - n) for n in range(5)]
    for proposal in several:
        commit([cases.propose(proposal)])
    commit([cases.decide("c3", decision())])
    states = (OPEN, APPROVED, REJECTED)
    queues = {state: paged(lambda limit, start, s=state: cases.in_state(s, limit, start)) for state in states}
    assert [proposal.case_id for proposal in queues[OPEN]] == ["c4", "c2", "c1", "c0"]
    assert queues[APPROVED] == [replace(several[3], decision=decision())]
    assert queues[REJECTED] == []
    assert [proposal.state for proposal in queues[APPROVED]] == [APPROVED]


def test_a_job_is_made_with_its_segments_and_ends_after_thirty_days(aws):
    commit(jobs.create(JOB))
    assert refusal(*jobs.create(JOB)) == ("job",)
    made, segments = jobs.get("j1", NOW + KEPT_S - 1)
    assert (made, [segment.number for segment in segments]) == (JOB, [0, 1, 2, 3])
    assert jobs.segment("j1", 3) == segments[3] == Segment(3, 0, None, 0, 0, 0, finished=False, result="")
    assert (jobs.get("j1", NOW + KEPT_S), jobs.get("j2", NOW), jobs.segment("j1", 4)) == (None, None, None)


def test_the_largest_job_is_one_transaction(aws):
    commit(jobs.create(replace(JOB, segments=SEGMENTS_MAX)))
    assert [segment.number for segment in jobs.get("j1", NOW)[1]] == list(range(SEGMENTS_MAX))


def test_a_segment_is_advanced_from_where_it_was_and_from_nowhere_else(aws):
    commit(jobs.create(JOB))
    was = jobs.segment("j1", 2)
    cursor = {"person_id": {"S": PERSON}, "sk": {"S": "head"}}
    on = replace(was, version=1, cursor=cursor, done=500, changed=3, failed=1, result='{"green":{"yellow":3}}')
    assert [refusal(jobs.advance("j1", was, on, NOW)) for _ in range(2)] == [(), ("segment",)]
    assert jobs.segment("j1", 2) == on
    done = replace(on, version=2, cursor=None, finished=True)
    commit([jobs.advance("j1", on, done, NOW)])
    assert jobs.get("j1", NOW)[1][2] == done


def test_a_schedule_knows_up_to_when_it_has_run(aws):
    assert jobs.last_run("review") is None
    for until in (NOW, NOW + 60):
        commit([jobs.ran("review", until)])
        assert jobs.last_run("review") == until
    assert (jobs.last_run("sweep"), jobs.get("schedule#review", NOW)) == (None, None)


def test_notices_come_newest_first_for_ninety_days_and_the_same_one_once(aws):
    told = [Notice(f"n{n}", NOW + n * DAY, Colour.YELLOW, NOW, NOW + DAY if n else None, ("fever",)) for n in range(5)]
    for notice in (*told, *told):
        commit([notices.tell(PERSON, notice)])
    commit([notices.tell(OTHER, told[0])])
    assert paged(lambda limit, start: notices.page(PERSON, NOW, limit, start)) == told[::-1]
    assert paged(lambda limit, start: notices.page(PERSON, NOW + 92 * DAY, limit, start)) == told[:2:-1]


def test_news_of_any_kind_lies_among_them_and_says_when_it_was_sent(aws):
    change = Notice(f"{NOW:012d}#1", NOW, Colour.RED, NOW, None, ("isolation",))
    told = News(
        notices.news_id(NOW + 1, "masks-drawn", "round-1"), NOW + 1, "masks-drawn", {"title": "第一轮"}, "round-1"
    )
    commit([notices.tell(PERSON, change), notices.tell_news(PERSON, told)])
    assert notices.page(PERSON, NOW, 10)[0] == [told, change]
    assert (notices.get(PERSON, told.notice_id), notices.get(PERSON, "x")) == (told, None)
    sent = notices.sent(PERSON, told.notice_id, Channel.SMS, NOW + 2)
    assert [refusal(sent), refusal(notices.sent(PERSON, "x", Channel.SMS, NOW))] == [(), ("notice",)]
    assert notices.page(PERSON, NOW, 10)[0] == [told, change]


def test_what_waits_for_a_morning_is_found_on_its_day_until_it_is_released(aws):
    everybody = [f"{n:013}" for n in range(40)]
    for person in (*everybody, everybody[0]):
        send([notices.hold(person, "n1", 18_500, NOW)])

    def waiting(day):
        pages = [partial(notices.held, day, shard) for shard in range(notices.HELD_SHARDS)]
        return [held for page in pages for held in paged(page)]

    assert (sorted(waiting(18_500)), waiting(18_501)) == ([(person, "n1") for person in everybody], [])
    for held in waiting(18_500)[1:]:
        send([notices.released(held, 18_500, NOW)])
    assert len(waiting(18_500)) == 1
    assert notices.page(everybody[0], NOW, 10)[0] == []


def test_quarantine_keeps_a_record_whole_and_once_until_it_is_dropped(aws):
    kept = [Quarantined("people", f"{n:03}", bytes(range(256)) * 40, "Poison", NOW) for n in range(5)]
    for one in (*kept, *kept, replace(kept[0], stream="passes")):
        quarantine.keep(one)
    assert paged(lambda limit, start: quarantine.page("people", limit, NOW, start)) == kept
    quarantine.drop("people", "000")
    quarantine.drop("people", "000")
    assert quarantine.page("people", 9, NOW)[0] == kept[1:]
    assert len(quarantine.page("passes", 9, NOW)[0]) == 1


def test_of_quarantine_only_what_has_a_time_expires(aws):
    times = {"1": None, "2": NOW + 9}
    for_good, until = kept = [Quarantined("sightings", id_, b"payload", "Poison", NOW, at) for id_, at in times.items()]
    for one in kept:
        quarantine.keep(one)
    assert quarantine.page("sightings", 9, until.expires_at - 1)[0] == kept
    assert quarantine.page("sightings", 9, until.expires_at)[0] == [for_good]
    assert "payload" not in repr(kept[0])
