"""The counts of gates: every sighting once, whatever is delivered twice, late, or together with poison."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from nanhai.domain.colour import Colour, Verdict
from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S, local_day
from nanhai.store import counters, quarantine, scans
from nanhai.store.scans import Sighting, write
from nanhai.store.writes import StoreUnavailable
from nanhai.streams import count

from tests.functions.checkpoints.streams import records

NOW = 1_583_020_800  # eight o'clock of a local morning
TOKEN, SLOT = bytes(8), NOW
GATES = ("GATE-1", "GATE-2")


def seen(at=NOW, gate=GATES[0], verdict=Verdict.ADMIT) -> Sighting:
    return Sighting(at, gate, verdict, Colour.GREEN, online=True)


def change(old: list, new: list, *, sequence="100", kind="MODIFY") -> dict:
    """A record of the stream of `scans`, from these sightings to those."""
    images = {"OldImage": old, "NewImage": new} if kind != "REMOVE" else {"OldImage": old}
    return {
        "eventName": kind,
        "dynamodb": {
            "SequenceNumber": sequence,
            "Keys": {"day_pseudonym": {"S": f"{local_day(SLOT)}#{TOKEN.hex()}"}, "slot": {"N": str(SLOT)}},
            **{name: {"sightings": {"SS": [write(one) for one in image]}} for name, image in images.items() if image},
        },
    }


def deliver(*raw: dict) -> list[str]:
    """Delivers a batch; the sequence numbers that have to come again."""
    answer = count.handle({"Records": list(raw)})
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def counted(gate=GATES[0], at=NOW) -> dict[str, int]:
    return counters.at_gate(gate, local_day(at))


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_record_counts_once_however_often_it_comes(platform, times):
    for _ in range(times):
        assert deliver(change([], [seen()], kind="INSERT")) == []
    assert counted() == {"admit": 1}


def test_only_what_a_change_added_counts(platform):
    first, second = seen(), seen(NOW + 5, verdict=Verdict.HOLD)
    deliver(change([first], [first, second]), change([first, second], [first, second], sequence="101"))
    assert counted() == {"hold": 1}


def test_each_sighting_counts_at_its_own_gate_and_on_its_own_day(platform):
    midnight = (local_day(NOW) + 1) * DAY_S - LOCAL_OFFSET_S
    deliver(change([], [seen(midnight - 1), seen(midnight), seen(midnight, GATES[1])], kind="INSERT"))
    assert [counted(at=midnight - 1), counted(at=midnight), counted(GATES[1], midnight)] == [{"admit": 1}] * 3


def test_what_expires_was_counted_all_the_same(platform):
    deliver(change([], [seen()], kind="INSERT"), change([seen()], [], sequence="101", kind="REMOVE"))
    assert counted() == {"admit": 1}


def test_poison_is_set_aside_and_the_rest_counts(platform):
    unknown = change([], [seen()], sequence="101")
    unknown["dynamodb"]["NewImage"]["sightings"]["SS"] = ["no sighting"]
    blind, lost = change([], [], sequence="102"), change([], [seen()], sequence="103")
    del lost["dynamodb"]["Keys"]["slot"]
    good = change([], [seen()], sequence="104")
    assert deliver(unknown, blind, lost, good) == []
    assert counted() == {"admit": 1}
    kept, _ = quarantine.page("scans", 10, 0)
    assert [int(one.id) for one in kept] == [101, 102, 103]


def test_while_the_store_is_down_the_record_comes_again_with_all_behind_it(platform, monkeypatch):
    def down(*_, **__):
        raise StoreUnavailable(retry_after_s=1)

    first, second = change([], [seen()], sequence="101"), change([], [seen(NOW + 1)], sequence="102")
    with monkeypatch.context() as broken:
        broken.setattr(count, "commit", down)
        assert deliver(first, second) == ["101"]
    assert deliver(first, second) == []
    assert counted() == {"admit": 2}


def note_many(draw: random.Random, now: int) -> Counter[tuple[str, str]]:
    """Checks as they happen at two gates, some of them told twice; how often each verdict was given."""
    expected: set[tuple[bytes, Sighting]] = set()
    for _ in range(40):
        token = bytes([draw.randrange(4)]) * 8
        one = seen(now + draw.randrange(6), draw.choice(GATES), draw.choice(list(Verdict)))
        scans.note(token, now, one, now)
        expected.add((token, one))
    return Counter((one.gate, one.verdict.value) for _, one in expected)


def totals(now: int) -> Counter[tuple[str, str]]:
    found = Counter({(gate, verdict): n for gate in GATES for verdict, n in counted(gate, now).items()})
    return +found


def test_what_is_delivered_again_from_anywhere_counts_once(aws, platform):
    draw = random.Random(17)
    now = platform.now()
    expected = note_many(draw, now)
    changes = records(aws.streams["scans"])
    for _ in range(4):
        start = draw.randrange(len(changes))
        assert deliver(*changes[start : start + draw.randrange(1, 20)]) == []
    assert deliver(*changes) == []
    assert totals(now) == expected


def test_four_deliveries_of_the_same_batch_at_once_count_once(durable, platform):
    now = platform.now()
    expected = note_many(random.Random(18), now)
    changes = records(durable.streams["scans"])
    with ThreadPoolExecutor(4) as pool:
        left = [again for again in pool.map(lambda _: deliver(*changes), range(4)) if again]
    while left:
        left = [again for again in (deliver(*changes),) if again]
    assert totals(now) == expected
