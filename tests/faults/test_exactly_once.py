"""Under faults of every kind and from four threads: what was acknowledged is there once, what was refused is not."""

from __future__ import annotations

import pytest

from tests.faults.ledger import Found, begin, compare, work
from tests.faults.proxy import Fault, Often, never

THREADS = 4
NOTHING_WRONG = Found([], [], [], [])


def hold(proxy, directly, operations: int, faults: int) -> None:
    begin()
    proxy.plan = Often(seed=operations, share=0.3)
    ledger = work(operations, THREADS)
    proxy.plan = never
    directly()
    found = compare(ledger)
    told = (
        f"{ledger.operations()} operations, {proxy.injected.total()} faults {dict(proxy.injected)}: "
        f"lost {len(found.lost)}, duplicated {len(found.twice)}, torn {len(found.torn)}, "
        f"there though refused {len(found.intruders)}; {dict(ledger.counted)}, "
        f"{len(ledger.claimed)} indexes claimed, {len(ledger.refused)} claims refused"
    )
    print(told)
    assert found == NOTHING_WRONG, told
    assert ledger.operations() == operations, told
    assert proxy.injected.total() >= faults, told
    assert set(proxy.injected) == set(Fault), told
    assert ledger.counted["found done"] > 0, told
    assert len(ledger.refused) > 0, told


def test_in_five_hundred_operations_under_two_hundred_faults_nothing_is_lost_and_nothing_done_twice(proxy, directly):
    hold(proxy, directly, 500, 200)


@pytest.mark.nightly
def test_in_five_thousand_operations_under_two_thousand_faults_nothing_is_lost_and_nothing_done_twice(proxy, directly):
    hold(proxy, directly, 5_000, 2_000)
