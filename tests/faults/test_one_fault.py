"""One fault at a time: what is acknowledged is there once, what is not answered is refused and never guessed."""

from __future__ import annotations

import pytest
from nanhai.domain.colour import Colour
from nanhai.domain.errors import Unavailable
from nanhai.edge.problems import as_refusal
from nanhai.store import audit, counters, keys, lookups, passes, people, scans, sessions, staff, writes
from nanhai.store.counters import Counted
from nanhai.store.writes import StoreUnavailable, commit, recall

from tests.faults.proxy import ANSWERED, DONE, Fault, always, first, never
from tests.store.builders import COMMUNITY, NOW, PERSON, everything, once, outcome, record, register, stored_pass
from tests.store.test_access import SESSION, STAFF
from tests.store.test_audit import TODAY, entry
from tests.store.test_seen import SEEN, SIGHTING, SLOT

SILENT = [fault for fault in Fault if fault not in ANSWERED]
WRITING = "TransactWriteItems"
LOST = 3  # as many as boto3 sends before it tells us


def write(number: int, key: str = "k"):
    return people.write_records(PERSON, [record(number)], NOW, once=once(key), answer=b"done")


def written() -> tuple[int, int]:
    return people.head(PERSON).version, len(people.records(PERSON))


@pytest.mark.parametrize("fault", Fault)
def test_whoever_reads_a_pass_gets_the_true_one_or_is_told_that_there_is_no_answer(proxy, fault):
    """Never a colour by default: the pass is yellow, and a green one would be a lie."""
    register()
    passes.put_pass(stored_pass(colour=Colour.YELLOW), None)
    proxy.plan = always(fault)
    if fault in ANSWERED:
        assert passes.one(PERSON)[1].colour_told is Colour.YELLOW
        return
    with pytest.raises(StoreUnavailable) as refused:
        passes.one(PERSON)
    assert refused.value.retry_after_s


def test_with_nobody_there_at_all_every_reader_and_writer_says_so(proxy):
    register()
    proxy.stop()
    work = {
        "pass": lambda: passes.one(PERSON),
        "passes": lambda: passes.many([PERSON]),
        "head": lambda: people.head(PERSON),
        "records": lambda: people.records(PERSON),
        "past": lambda: passes.past(PERSON, 5),
        "paper": lambda: passes.paper(PERSON, NOW),
        "session": lambda: sessions.session("s1", NOW),
        "staff": lambda: staff.get("staff-1"),
        "ring": keys.ring,
        "look-up": lambda: lookups.find("i", "id-card"),
        "counts": lambda: counters.colours(["440605001"]),
        "repeated request": lambda: recall(once("k")),
        "record": lambda: write(1),
        "put": lambda: passes.put_pass(stored_pass(), None),
        "scan": lambda: scans.note(SEEN, SLOT, SIGHTING, NOW),
        "limit": lambda: sessions.hit("code", 1, 60, NOW),
        "audit": lambda: audit.append([entry(1)], NOW),
    }
    for name, one in work.items():
        assert isinstance(as_refusal(raised(one)), Unavailable), name


def test_half_an_answer_is_never_taken_for_nothing_there(proxy):
    """boto3 alone reads a cut answer as an empty one: no session, no such member of staff, a request never seen."""
    commit(
        [sessions.open_session(SESSION), staff.appoint(STAFF), lookups.claim("i", PERSON, "id-card")], once=once("k")
    )
    keys.save_ring({"core": b"wrapped"})
    audit.append([entry(1)], NOW)
    (chain,) = audit.heads(TODAY)
    proxy.plan = always(Fault.CUT)
    readers = {
        "session": lambda: sessions.session("s1", NOW),
        "staff": lambda: staff.get("staff-1"),
        "look-up": lambda: lookups.find("i", "id-card"),
        "ring": keys.ring,
        "repeated request": lambda: recall(once("k")),
        "audit": lambda: audit.head(chain),
    }
    for name, read in readers.items():
        assert isinstance(as_refusal(raised(read)), Unavailable), name


@pytest.mark.parametrize("fault", SILENT)
def test_a_request_that_failed_at_every_try_took_effect_once_or_never_and_the_same_request_again_settles_it(
    proxy, fault
):
    register()
    proxy.plan = always(fault)
    with pytest.raises(StoreUnavailable):
        write(1)
    proxy.plan = never
    done = fault in DONE
    assert written() == ((1, 1) if done else (0, 0))
    again = write(1)
    assert (again.answer, again.replayed) == (b"done", done)
    assert written() == (1, 1)


@pytest.mark.parametrize("fault", SILENT)
def test_a_write_whose_answers_are_all_lost_is_acknowledged_by_its_row(proxy, fault):
    """Only the reads get through, and they tell that it was done, or that it was not."""
    register()
    proxy.plan = always(fault, WRITING)
    if fault in DONE:
        assert not write(1).replayed
    else:
        with pytest.raises(StoreUnavailable):
            write(1)
    proxy.plan = never
    assert written() == ((1, 1) if fault in DONE else (0, 0))


@pytest.mark.parametrize("fault", [fault for fault in SILENT if fault in DONE])
def test_without_a_key_too_a_lost_answer_is_looked_up(proxy, fault):
    register()
    proxy.plan = always(fault, WRITING)
    people.write_records(PERSON, [record(1)], NOW)
    assert written() == (1, 1)


def test_a_claim_that_was_taken_by_the_lost_request_itself_is_no_conflict(proxy):
    proxy.plan = first(LOST, Fault.DROP_AFTER, WRITING)
    commit([lookups.claim("i", PERSON, "id-card"), people.new_person(PERSON, COMMUNITY, NOW)], once=once("k"))
    assert outcome(lambda: commit([lookups.claim("i", "another", "id-card")], once=once("other"))) == ("claim",)
    assert lookups.find("i", "id-card") == PERSON


def test_a_person_is_counted_once_though_answers_are_lost(proxy):
    for colour, version in [(Colour.GREEN, 1), (Colour.RED, 2), (Colour.RED, 2), (Colour.GREEN, 1)]:
        proxy.plan = first(LOST, Fault.DROP_AFTER, WRITING)
        counters.count(PERSON, Counted("town", colour, (version, NOW, NOW)))
    counts = counters.colours(["town"])["town"]
    assert counts == dict.fromkeys(Colour, 0) | {Colour.RED: 1}
    assert proxy.injected[Fault.DROP_AFTER] == 2 * LOST


def test_a_pass_whose_answer_was_lost_is_found_at_the_next_look(proxy):
    proxy.plan = first(LOST, Fault.DROP_AFTER, WRITING)
    assert not passes.put_pass(stored_pass(), None)
    assert passes.one(PERSON)[1] == stored_pass()
    assert len(passes.past(PERSON, 9)[0]) == 1


def test_an_audit_entry_is_there_though_its_answer_was_lost_and_its_chain_holds(proxy):
    proxy.plan = first(LOST, Fault.DROP_AFTER, "PutItem")
    audit.append([entry(1)], NOW)
    chains = [audit.page(chain, 10)[0] for chain in audit.chains(TODAY)]
    assert sum(map(len, chains)) == 2  # rather too much than too little
    assert [audit.broken(chain) for chain in chains] == [None] * len(chains)


def test_a_try_at_a_code_counts_though_its_answer_was_lost(proxy):
    """Rather a try too few than an endless guess."""
    commit([sessions.put_challenge("c", "digest", NOW + 300)])
    proxy.plan = always(Fault.DROP_AFTER, "UpdateItem")
    for _ in range(5):
        assert isinstance(as_refusal(raised(lambda: sessions.try_challenge("c", NOW))), Unavailable)
    proxy.plan = never
    assert sessions.try_challenge("c", NOW) is None


def raised(work) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the caller judges what it is
        work()
    return caught.value


def test_what_was_refused_while_nobody_answered_left_nothing_behind(proxy):
    proxy.plan = always(Fault.DROP_BEFORE)
    assert outcome(lambda: commit([people.new_person(PERSON, COMMUNITY, NOW)])) == StoreUnavailable.code
    proxy.plan = never
    assert everything("people") == everything("idempotency") == []


def test_nobody_is_kept_waiting_for_a_database_that_does_not_answer(proxy, monkeypatch):
    """No try begins once patience has ended: the gateway cuts a request off after 29 s."""
    monkeypatch.setattr(writes, "PATIENCE_S", 0)
    proxy.plan = always(Fault.DROP_BEFORE, WRITING)
    for refused in (lambda: commit([people.new_person(PERSON, COMMUNITY, NOW)]), register_with_profile):
        proxy.injected.clear()
        assert outcome(refused) == StoreUnavailable.code
        assert proxy.injected.total() == LOST


def register_with_profile() -> None:
    writes.send([people.new_person(PERSON, COMMUNITY, NOW), people.put_profile(PERSON, b"sealed")])
