"""The line goes dead between the commit and the answer: what was done is done once, whatever the endpoint."""

from __future__ import annotations

import pytest

from tests.contract.good import EVERY, GRANTED, good
from tests.contract.test_bad_input import stored
from tests.faults.conftest import proxy
from tests.faults.proxy import Fault

__all__ = ["proxy"]

ONCE = [served for served in EVERY if served.endpoint.once]
WRITING = "TransactWriteItems"
# Several transactions for one request, each of which takes effect once: the repeated request goes on with the rest.
IN_PARTS: frozenset[str] = frozenset({"enterprises.import_roster", "arrivals.import_arrivals"})
# What lies there without a head is seen by nobody (tests/functions/casework/test_batches.py), and is found again.
ROWS_FIRST: frozenset[str] = frozenset({"casework.propose_batch"})


class DeadLine:
    """From the first transaction on nothing is heard any more; that one was, or was not, carried out."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.is_dead = False

    def __call__(self, operation: str) -> Fault | None:
        if self.is_dead:
            return Fault.DROP_BEFORE
        if operation != WRITING:
            return None
        self.is_dead = True
        return self.fault


@pytest.mark.parametrize("served", ONCE, ids=lambda served: served.name)
@pytest.mark.parametrize("fault", [Fault.DROP_AFTER, Fault.DROP_BEFORE])
def test_a_request_whose_answer_was_lost_takes_effect_once_however_often_it_is_sent(proxy, district, served, fault):
    sent = good(district, served)
    before = stored(district)
    proxy.plan = line = DeadLine(fault)
    lost = district.send(sent)
    proxy.plan = lambda _: None
    assert line.is_dead
    assert (lost.status, lost.headers.get("retry-after") is not None) == (503, True)
    after = stored(district)
    assert served.name in ROWS_FIRST or (after == before) is (fault is Fault.DROP_BEFORE)
    first = district.send(sent)
    assert first.status in GRANTED, first.body
    settled = stored(district)
    if fault is Fault.DROP_AFTER and served.name not in IN_PARTS:
        assert settled == after
    second = district.send(sent)
    assert (second.status, second.body) == (first.status, first.body)
    assert stored(district) == settled
