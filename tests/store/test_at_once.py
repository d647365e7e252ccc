"""Many at once on the durable engine: one wins, the others are told, and nothing is lost or done twice."""

from __future__ import annotations

import threading
from collections import Counter

from msgspec.structs import replace
from nanhai.domain.colour import Colour
from nanhai.domain.days import local_day
from nanhai.domain.identifiers import person_id
from nanhai.store import cases, counters, jobs, lookups, passes, people, scans, sessions, staff
from nanhai.store.counters import Counted
from nanhai.store.writes import Committed, commit

from tests.store.builders import NOW, PERSON, everything, once, outcome, record, register, stored_pass, together
from tests.store.test_access import SESSION, STAFF
from tests.store.test_seen import SEEN, SIGHTING, SLOT
from tests.store.test_work import JOB, PROPOSAL, decision

THREADS = 16


def test_sixteen_writers_on_one_person_lose_no_record_and_write_none_twice(durable):
    """128 records: on their way the head fills up, and goes on counting."""
    register()

    def write(writer: int) -> list[str]:
        mine = [record(100 * writer + number) for number in range(8)]
        for one in mine:
            people.write_records(PERSON, [one], NOW)
        return [one.record_id for one in mine]

    acknowledged = [name for mine in together(THREADS, write) for name in mine]
    head, found = people.head(PERSON), people.records(PERSON)
    assert sorted(one.record_id for one in found) == sorted(acknowledged)
    assert (head.version, len(acknowledged), head.trimmed) == (128, 128, True)
    assert len(set(head.facts)) == len(head.facts) == people.FACTS_MAX


def test_the_same_request_from_sixteen_threads_is_one_request_with_one_answer(durable):
    register()
    committed = together(
        THREADS,
        lambda number: people.write_records(PERSON, [record(number)], NOW, once=once("k"), answer=str(number).encode()),
    )
    assert len({one.answer for one in committed}) == 1
    assert Counter(one.replayed for one in committed) == {True: THREADS - 1, False: 1}
    assert (people.head(PERSON).version, len(people.records(PERSON))) == (1, 1)


def test_of_a_hundred_claims_of_one_id_one_wins(durable):
    def claim(number: int) -> Committed:
        person = person_id(number)
        return commit([lookups.claim("index", person, "id-card"), people.put_profile(person, b"sealed")])

    def claims(thread: int) -> list[tuple[int, object]]:
        return [(number, outcome(lambda n=number: claim(n))) for number in range(thread, 100, 10)]

    outcomes = [made for ten in together(10, claims) for made in ten]
    assert one_of([made for _, made in outcomes], "claim")
    (winner,) = [number for number, made in outcomes if isinstance(made, Committed)]
    assert lookups.find("index", "id-card") == person_id(winner)
    assert len(everything("people")) == 1


def one_of(outcomes, label):
    """Whether exactly one write was made and all others were refused by this label."""
    refused = Counter(outcome for outcome in outcomes if isinstance(outcome, tuple))
    made = [outcome for outcome in outcomes if not isinstance(outcome, (tuple, str))]
    return len(made) == 1 and set(refused) == {(label,)} and len(outcomes) == refused.total() + 1


def test_a_challenge_is_used_once(durable):
    commit([sessions.put_challenge("c", "digest", NOW + 300)])
    assert one_of(together(THREADS, lambda _: commit([sessions.use_challenge("c")])), "challenge")


def test_a_challenge_is_tried_five_times(durable):
    commit([sessions.put_challenge("c", "digest", NOW + 300)])
    assert Counter(together(THREADS, lambda _: sessions.try_challenge("c", NOW))) == {"digest": 5, None: 11}


def test_a_refresh_token_is_rotated_once(durable):
    commit([sessions.open_session(SESSION)])
    outcomes = together(THREADS, lambda n: commit([sessions.rotate("s1", "refresh-1", f"next-{n}")]))
    assert one_of(outcomes, "refresh")
    winner = next(number for number, outcome in enumerate(outcomes) if not isinstance(outcome, tuple))
    assert sessions.session("s1", NOW).refresh == f"next-{winner}"


def test_a_one_time_code_is_used_once_and_binds_one_device(durable):
    commit([staff.appoint(STAFF)])
    outcomes = together(THREADS, lambda n: commit([staff.use_step("staff-1", 7, f"device-{n}")]))
    assert one_of(outcomes, "step")
    winner = next(number for number, outcome in enumerate(outcomes) if not isinstance(outcome, tuple))
    assert staff.get("staff-1").device == f"device-{winner}"


def test_a_limit_lets_exactly_so_many_through(durable):
    outcomes = together(THREADS, lambda _: [sessions.hit("code", 10, 600, NOW) for _ in range(4)])
    assert [wait for waits in outcomes for wait in waits].count(None) == 10


def test_a_proposal_is_decided_once(durable):
    commit([cases.propose(PROPOSAL)])
    outcomes = together(8, lambda n: commit([cases.decide("c1", replace(decision(), by=f"staff-{n}"))]))
    assert one_of(outcomes, "case")


def test_a_segment_is_advanced_once(durable):
    commit(jobs.create(JOB))
    was = jobs.segment("j1", 0)
    on = [replace(was, version=1, done=number) for number in range(8)]
    assert one_of(together(8, lambda n: commit([jobs.advance("j1", was, on[n], NOW)])), "segment")


def test_every_sighting_is_kept_and_each_is_told_of_those_before_it(durable):
    gates = [replace(SIGHTING, gate=f"GATE{number}") for number in range(THREADS)]
    told = together(THREADS, lambda n: scans.note(SEEN, SLOT, gates[n], NOW))
    assert sorted(map(len, told)) == list(range(THREADS))
    assert scans.of_day(SEEN, local_day(SLOT), NOW, 10) == [(SLOT, seen) for seen in sorted(gates)]


def test_the_version_of_a_pass_never_goes_back_whoever_writes_and_in_whatever_order(durable):
    """Twelve writers put versions in an order of their own while somebody reads."""
    done, seen = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            found = passes.one(PERSON)[1]
            if found is not None:
                seen.append((found.record_version, found.computed_at))

    def write(writer: int) -> int:
        kept = 0
        for number in range(12):
            version, at = (7 * number + 5 * writer) % 12 + 1, NOW + 12 * number + writer
            colour = Colour.YELLOW if at % 2 else Colour.GREEN
            new = stored_pass(version, at, colour=colour, told_since=at)
            kept += passes.put_pass(new, passes.one(PERSON)[1])
        return kept

    reader = threading.Thread(target=read)
    reader.start()
    kept = sum(together(12, write))
    done.set()
    reader.join()
    assert seen == sorted(seen)
    assert passes.one(PERSON)[1].record_version == 12
    assert len([row for row in everything("passes") if row["sk"]["S"].startswith("past#")]) == kept


def test_counts_stay_exact_however_people_move_and_however_often_it_is_told(durable):
    towns, persons = ["440605001", "440605002"], [person_id(number) for number in range(5)]

    def count(worker: int) -> None:
        for step in range(12):
            number = (step * 5 + worker * 7) % 12 + 1
            for person in persons[worker % 2 :: 2]:
                colour = [*Colour][number % 5]
                counters.count(person, Counted(towns[number % 2], colour, (number, NOW, NOW)))

    assert set(together(8, count)) == {None}
    shown = counters.colours(towns)
    standing = Counter((found.town, found.colour) for found in map(counters.counted, persons))
    assert {(town, colour): n for town in towns for colour, n in shown[town].items() if n} == standing
    assert {found.version for found in map(counters.counted, persons)} == {(12, NOW, NOW)}
