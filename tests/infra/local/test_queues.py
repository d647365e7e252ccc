"""Queues keep SQS's promises: at least once, hidden meanwhile, set aside after five tries, and nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from infra.local import queues, worker
from infra.local.consumers import Consumer, QueueConsumer
from infra.local.journal import Journal
from infra.local.worker import Worker

QUEUE = "nanhai-local-q"
LATER = 2_000_000_000.0


@pytest.fixture
def journal(tmp_path) -> Journal:
    return Journal(tmp_path)


def consumer(call) -> QueueConsumer:
    return QueueConsumer(Consumer("sweep", 60, f"{QUEUE}-failures", lambda event, _context: call(event)), QUEUE, 10)


def test_messages_come_oldest_first_and_are_hidden_from_others_meanwhile(journal):
    queues.send(journal, QUEUE, ["one", "two", "three"])
    first = queues.receive(journal, QUEUE, 2, LATER)
    assert [message.body for message in first] == ["one", "two"]
    assert [message.body for message in queues.receive(journal, QUEUE, 9, LATER)] == ["three"]
    assert queues.receive(journal, QUEUE, 9, LATER) == []


def test_a_message_that_was_not_deleted_comes_again(journal):
    queues.send(journal, QUEUE, ["again"])
    (before,) = queues.receive(journal, QUEUE, 1, LATER, hidden_s=30)
    (after,) = queues.receive(journal, QUEUE, 1, LATER + 31)
    assert (after.id, after.receives) == (before.id, 2)


def test_whoever_was_too_slow_cannot_delete_what_another_now_works_on(journal):
    queues.send(journal, QUEUE, ["shared"])
    (slow,) = queues.receive(journal, QUEUE, 1, LATER, hidden_s=30)
    (quick,) = queues.receive(journal, QUEUE, 1, LATER + 31)
    queues.delete(journal, slow)
    assert queues.waiting(journal) == {QUEUE: 1}
    queues.delete(journal, quick)
    assert queues.waiting(journal) == {}


def test_two_who_receive_at_once_never_get_the_same_message(journal):
    queues.send(journal, QUEUE, [str(n) for n in range(60)])
    with ThreadPoolExecutor(4) as pool:
        got = [m.id for batch in pool.map(lambda _: queues.receive(journal, QUEUE, 5, LATER), range(12)) for m in batch]
    assert len(got) == len(set(got)) == 60


def test_a_delayed_message_waits_its_time(journal):
    queues.send(journal, QUEUE, ["later"], delay_s=LATER)
    assert queues.receive(journal, QUEUE, 1, LATER) == []


def test_what_a_function_did_is_gone_and_what_it_named_as_failed_comes_again(journal):
    queues.send(journal, QUEUE, ["good", "bad"])

    def call(event):
        failed = [record["messageId"] for record in event["Records"] if record["body"] == "bad"]
        return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in failed]}

    Worker(consumer(call), journal).step()
    assert queues.waiting(journal) == {QUEUE: 1}


def test_what_failed_five_times_waits_in_the_failure_queue_whole(journal):
    queues.send(journal, QUEUE, ["poison"])

    def call(_event):
        raise RuntimeError("it never works")

    for _ in range(queues.RECEIVES_MAX):
        journal.write("UPDATE message SET visible_at = 0")
        Worker(consumer(call), journal).step()
    (kept,) = queues.receive(journal, f"{QUEUE}-failures", 1, LATER)
    assert (kept.body, queues.waiting(journal)) == ("poison", {f"{QUEUE}-failures": 1})


def test_what_a_killed_worker_held_is_visible_to_the_next_one(journal):
    queues.send(journal, QUEUE, ["held"])
    assert len(queues.receive(journal, QUEUE, 1, LATER, hidden_s=1e9)) == 1
    worker.release(journal)
    assert len(queues.receive(journal, QUEUE, 1, LATER)) == 1


def test_messages_survive_the_process(journal, tmp_path):
    queues.send(journal, QUEUE, ["kept"])
    assert queues.waiting(Journal(tmp_path)) == {QUEUE: 1}
