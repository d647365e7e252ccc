"""How many requests the work at the gate and on the phone takes: the figures that the cost table rests on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from nanhai.domain.colour import Colour
from nanhai.domain.identifiers import person_id
from nanhai.services import platform as composed
from nanhai.services.platform import RING_KNOWN_S, KnownRing, wrapper
from nanhai.store import audit, counters, keys, passes, people, scans, sessions, staff
from nanhai.store.connection import BOUNDS
from nanhai.store.counters import Counted
from nanhai.store.writes import commit, recall

from tests.store.builders import NOW, PERSON, once, record, register, stored_pass
from tests.store.test_audit import entry
from tests.store.test_seen import SEEN, SIGHTING, SLOT

TRANSACTION, READ, BATCH, WRITE, QUERY = "TransactWriteItems", "GetItem", "BatchGetItem", "UpdateItem", "Query"


def operations(heard: list) -> list[str]:
    return [operation for operation, _ in heard]


def test_what_each_operation_costs(durable, requests):
    register()
    passes.put_pass(stored_pass(), None)
    commit([sessions.put_challenge("c", "digest", NOW + 300)])
    fifty = [person_id(number) for number in range(50)]
    yellow = stored_pass(2, NOW + 1, colour=Colour.YELLOW)
    costs = {
        "show: head and pass": (lambda: passes.one(PERSON), {BATCH: 1}),
        "recolour: fifty people": (lambda: passes.many(fifty), {BATCH: 1}),
        "recolour: a changed pass": (lambda: passes.put_pass(yellow, stored_pass()), {TRANSACTION: 1}),
        "record": (lambda: people.write_records(PERSON, [record(1)], NOW, once=once("k")), {TRANSACTION: 1}),
        "record: three of them": (
            lambda: people.write_records(PERSON, [*map(record, (2, 3, 4))], NOW),
            {TRANSACTION: 1},
        ),
        "record: the same request again": (lambda: recall(once("k")), {READ: 1}),
        "scan": (lambda: scans.note(SEEN, SLOT, SIGHTING, NOW), {WRITE: 1}),
        "audit": (lambda: audit.append([entry(1)], NOW), {QUERY: 1, "PutItem": 1}),
        "count: a new person": (
            lambda: counters.count(PERSON, Counted("town", Colour.GREEN, (1, NOW, NOW))),
            {READ: 1, TRANSACTION: 1},
        ),
        "count: delivered twice": (
            lambda: counters.count(PERSON, Counted("town", Colour.GREEN, (1, NOW, NOW))),
            {READ: 1},
        ),
        "sign in: a try": (lambda: sessions.try_challenge("c", NOW), {WRITE: 1}),
        "sign in: a limit": (lambda: sessions.hit("code", 3, 60, NOW), {WRITE: 1}),
        "staff: who is it": (lambda: staff.get("staff-1"), {READ: 1}),
    }
    for operation, (work, cost) in costs.items():
        requests.clear()
        work()
        assert Counter(operations(requests)) == cost, operation


def test_the_ring_is_looked_up_once_a_minute_and_opened_only_when_it_has_changed(
    durable, platform, requests, monkeypatch
):
    now, opened = [1_000.0], []
    read = composed.ring_from_entries
    monkeypatch.setattr(composed.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(composed, "ring_from_entries", lambda *given: opened.append(given) or read(*given))
    known = KnownRing(wrapper(platform.settings))
    requests.clear()

    def looks(seconds: float) -> int:
        before = len(requests)
        now[0] += seconds
        for _ in range(100):
            known()
        return len(requests) - before

    assert [looks(s) for s in (0, RING_KNOWN_S - 1, 1, RING_KNOWN_S - 0.1, 0.1)] == [1, 0, 1, 0, 1]
    assert len(opened) == 1
    stored = keys.ring()
    keys.replace_ring(stored, stored.entries)
    assert (looks(RING_KNOWN_S), len(opened), known().version) == (1, 2, 2)


def test_kms_may_not_keep_a_request_waiting_for_longer_than_the_database_may(aws, platform):
    made = wrapper(replace(platform.settings, keys="kms:alias/some"))
    bounds = made.client.meta.config
    assert (bounds.connect_timeout, bounds.read_timeout) == (BOUNDS.connect_timeout_s, BOUNDS.read_timeout_s)
    assert bounds.retries["total_max_attempts"] == BOUNDS.attempts
