"""A batch takes effect on the durable engine: once for everybody, wherever it is killed, and however many run it."""

from __future__ import annotations

import threading

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.batches import HOLD_S
from nanhai.domain.records import Isolation
from nanhai.services.casework import batch_effect
from nanhai.store import batch_rows, people, writes
from nanhai.store import batches as store
from nanhai.store.transport import Transport

from tests.functions.casework.desk import get, post
from tests.functions.casework.test_batches import PLENTY, body, held, proposed
from tests.functions.checkpoints.stand import DISTRICT
from tests.store.builders import together


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def offices(durable, stand) -> tuple[str, str, str]:
    return (
        stand.duty(Role.HEALTH_AUTHORITY, DISTRICT, organisation="health-0", staff_id="maker"),
        stand.duty(Role.DISTRICT_COMMAND, DISTRICT, organisation="command-1"),
        stand.duty(Role.HEALTH_AUTHORITY, DISTRICT, organisation="health-1"),
    )


def orders(persons) -> list[int]:
    return [sum(isinstance(record.fact, Isolation) for record in people.records(person)) for person in persons]


def told(stand, batch) -> dict:
    return get(stand, stand.token_of("maker", Role.HEALTH_AUTHORITY), f"/batches/{batch}").json


def test_killed_before_or_after_any_of_its_requests_it_orders_everybody_once(stand, offices, monkeypatch):
    maker, *approvers = offices
    persons = [stand.person() for _ in range(3)]
    batch = held(stand, maker, approvers, persons)
    stand.now += HOLD_S
    kills = 0
    for at in range(60):
        if killed_at(at, stand, monkeypatch):
            kills += 1
        if told(stand, batch)["state"] == "done":
            break
    assert (orders(persons), [people.head(person).version for person in persons]) == ([1, 1, 1], [2, 2, 2])
    assert kills > 3


def killed_at(number: int, stand, monkeypatch) -> bool:
    """Whether a run was killed at a write of it: before it was sent at even numbers, after it was done at odd ones."""
    place, after = divmod(number, 2)
    seen = -1

    def dying(send):
        def call(transport, **asked):
            nonlocal seen
            seen += 1
            if seen == place and not after:
                raise Killed
            given = send(transport, **asked)
            if seen == place:
                raise Killed
            return given

        return call

    with monkeypatch.context() as patched:
        for name in ("transact_write_items", "update_item", "put_item"):
            patched.setattr(Transport, name, dying(getattr(Transport, name)))
        try:
            batch_effect.run(stand.here, PLENTY)
        except Killed:
            return True
    return False


def test_four_runs_at_once_order_everybody_once(stand, offices):
    maker, *approvers = offices
    persons = [stand.person() for _ in range(6)]
    batch = held(stand, maker, approvers, persons)
    stand.now += HOLD_S
    settled = together(4, lambda _: batch_effect.run(stand.here, PLENTY))
    assert (orders(persons), sum(settled)) == ([1] * 6, 6)
    batch_effect.run(stand.here, PLENTY)
    assert told(stand, batch)["state"] == "done"


@pytest.mark.parametrize("round_", range(4))
def test_who_stops_it_and_what_begins_it_exclude_each_other(stand, offices, round_):
    """At the second at which the hold ends, whatever the clocks of both say."""
    maker, *approvers = offices
    person = stand.person()
    batch = held(stand, maker, approvers, [person])
    end = stand.now + HOLD_S
    stand.now = end

    def stop():
        ended = store.Ended("maker", "health-0", end - 1, "wrong-people")
        return writes.commit([store.stop(batch, ended)])

    together(2, lambda number: stop() if number == round_ % 2 else batch_effect.run(stand.here, PLENTY))
    batch_effect.run(stand.here, PLENTY)
    state = store.get(batch, stand.now).state
    assert (state, orders([person])) in [("stopped", [0]), ("done", [1])]


def test_two_approvals_in_one_moment_are_one_first_and_one_second(stand, offices):
    maker, *approvers = offices
    batch = proposed(stand, maker, [stand.person()])
    answers = together(
        2, lambda n: post(stand, approvers[n], f"/batches/{batch}/decisions", {"decision": "approve"}).json["state"]
    )
    assert sorted(answers) == ["hold", "proposed"]


def test_more_people_than_a_transaction_holds_are_one_batch_and_all_are_ordered(stand, offices):
    maker, *approvers = offices
    persons = [stand.person() for _ in range(120)]
    batch = held(stand, maker, approvers, persons)
    before = told(stand, batch)
    assert (before["size"], before["preview"]["worsened"], before["progress"]["waiting"]) == (120, 120, 120)
    stand.now += HOLD_S
    assert batch_effect.run(stand.here, PLENTY) == 120
    assert (told(stand, batch)["state"], set(orders(persons))) == ("done", {1})


def test_nobody_sees_half_a_batch_whoever_looks_while_it_is_stored(stand, offices):
    maker, *_ = offices
    asked = body(stand, [stand.person() for _ in range(150)])
    seen, ended = [], threading.Event()

    def watch():
        while not ended.is_set():
            page, _ = store.in_queue("proposed", stand.now, 10)
            seen.extend(sum(1 for _ in batch_rows.every_row(batch.batch_id)) for batch in page)

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert post(stand, maker, "/batches", asked).status == 201
    ended.set()
    watcher.join()
    assert set(seen) <= {150}
