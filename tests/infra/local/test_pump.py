"""A pump brings every change to its consumer, in order, and after a kill goes on where it was."""

from __future__ import annotations

import json
from collections import Counter

import boto3
import pytest
from nanhai.store.connection import client, table_name

from infra.local import progress, queues
from infra.local.consumers import Consumer, StreamConsumer
from infra.local.deliver import TRIES_MAX
from infra.local.journal import Journal
from infra.local.pump import Pump
from tests.items import item

FAILURES = "nanhai-local-recolour-failures"


@pytest.fixture
def journal(tmp_path) -> Journal:
    return Journal(tmp_path)


class Killed(BaseException):
    """What a consumer raises would count as its failure; a killed process leaves no time for that."""


class Seen:
    """What a consumer was given; it names poison as failed, and is killed after so many records."""

    def __init__(self, poison=frozenset(), dies_after=10**9):
        self.persons: list[str] = []
        self.poison = poison
        self.dies_after = dies_after

    def __call__(self, event, _context):
        for place, record in enumerate(event["Records"]):
            person = record["dynamodb"]["Keys"]["person_id"]["S"]
            if len(self.persons) >= self.dies_after:
                raise Killed
            if person in self.poison:
                failed = event["Records"][place]["dynamodb"]["SequenceNumber"]
                return {"batchItemFailures": [{"itemIdentifier": failed}]}
            self.persons.append(person)
        return None


def pump(durable, journal, call, batch_size=10) -> Pump:
    source = StreamConsumer(Consumer("recolour", 60, FAILURES, call), durable.streams["people"], batch_size)
    return Pump(source, journal, boto3.client("dynamodbstreams"), lambda _seconds: None)


def write(*persons):
    for person in persons:
        client().put_item(TableName=table_name("people"), Item=item(person_id=person, sk="head"))


def drain(running: Pump) -> None:
    while running.step() == 0.0:
        pass


def names(count, start=0):
    return [f"p{n:03}" for n in range(start, start + count)]


def test_every_change_arrives_once_and_in_order(durable, journal):
    seen = Seen()
    running = pump(durable, journal, seen)
    write(*names(25))
    drain(running)
    write(*names(5, 25))
    drain(running)
    assert seen.persons == names(30)


def test_a_killed_pump_repeats_at_most_its_last_batch_and_skips_nothing(durable, journal):
    write(*names(30))
    with pytest.raises(Killed):
        drain(pump(durable, journal, Seen(dies_after=13)))
    again = Seen()
    drain(pump(durable, journal, again))
    assert again.persons == names(20, 10)  # the batch in which it was killed comes again, whole


def test_what_was_delivered_is_remembered_by_another_process(durable, journal, tmp_path):
    write(*names(7))
    drain(pump(durable, journal, Seen()))
    later = Seen()
    write("p900")
    drain(pump(durable, Journal(tmp_path), later))
    assert later.persons == ["p900"]


def test_a_poison_record_holds_up_nobody_behind_it_and_is_kept_whole(durable, journal):
    seen = Seen(poison={"p003"})
    write(*names(6))
    drain(pump(durable, journal, seen))
    assert Counter(seen.persons) == Counter(name for name in names(6) if name != "p003")
    (kept,) = queues.receive(journal, FAILURES, 10, 2e9)
    (record,) = json.loads(kept.body)["Records"]
    assert record["dynamodb"]["Keys"]["person_id"] == {"S": "p003"}


def test_a_function_that_raises_gets_smaller_batches_until_only_the_bad_record_is_left(durable, journal):
    sizes = []

    def call(event, _context):
        sizes.append(len(event["Records"]))
        if any(record["dynamodb"]["Keys"]["person_id"]["S"] == "p002" for record in event["Records"]):
            raise RuntimeError("a bug")

    write(*names(4))
    drain(pump(durable, journal, call))
    assert sizes[:2] == [4, 2]
    assert sizes.count(1) >= TRIES_MAX
    assert queues.waiting(journal) == {FAILURES: 1}


def test_progress_says_how_much_was_delivered_and_given_up(durable, journal):
    write(*names(3))
    drain(pump(durable, journal, Seen(poison={"p001"})))
    (row,) = progress.read(journal)
    assert (row["consumer"], row["delivered"], row["failed"]) == ("recolour", 3, 1)
    assert row["caught_up_at"] > 0


def test_a_record_reaches_the_function_as_lambda_shows_it(durable, journal):
    events = []
    client().put_item(
        TableName=table_name("passes"), Item=item(person_id="p", sk="now", timeline=b"\x00\xff", record_version=1)
    )
    source = StreamConsumer(
        Consumer("follow", 60, FAILURES, lambda event, _: events.append(event)), durable.streams["passes"], 10
    )
    drain(Pump(source, journal, boto3.client("dynamodbstreams"), lambda _: None))
    (record,) = events[0]["Records"]
    assert (record["eventName"], record["eventSourceARN"]) == ("INSERT", durable.streams["passes"])
    assert record["dynamodb"]["NewImage"]["timeline"] == {"B": "AP8="}
    assert isinstance(record["dynamodb"]["ApproximateCreationDateTime"], float)
