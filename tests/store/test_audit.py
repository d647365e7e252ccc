"""The audit is append-only: an edit, a deletion, a reordering or a cut tail shows."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace
from nanhai.domain.days import local_day
from nanhai.store import audit
from nanhai.store.audit import BEGINNING, ENTRIES_AT_ONCE_MAX, SHARDS, Anchor, AuditEntry, Chained
from nanhai.store.connection import client, table_name
from nanhai.store.writes import ConditionFailed, StoreUnavailable, send

from tests.items import item
from tests.store.builders import DAY, NOW, together

TODAY = local_day(NOW)


def entry(number: int) -> AuditEntry:
    return AuditEntry(
        actor=f"staff-{number}",
        role="guard",
        operation="scan.check",
        subject="GATE1",
        outcome="admit",
        correlation_id=f"{number:032}",
    )


@pytest.fixture
def one_chain(monkeypatch):
    monkeypatch.setattr(audit, "SHARDS", 1)
    return audit.chain_of(TODAY, 0)


def whole(chain: str) -> list[Chained]:
    found, start = audit.page(chain, 7)
    while start is not None:
        more, start = audit.page(chain, 7, start)
        found += more
    return found


def test_entries_are_chained_and_read_page_by_page_in_order(aws, one_chain):
    audit.append([entry(1)], NOW)
    audit.append([entry(number) for number in range(2, 20)], NOW + 1)
    found = whole(one_chain)
    assert [chained.entry for chained in found] == [entry(number) for number in range(1, 20)]
    assert [chained.sequence for chained in found] == list(range(1, 20))
    assert audit.broken(found) is None
    assert audit.head(one_chain) == (19, found[-1].hash)
    assert audit.broken(found[7:], (7, found[6].hash)) is None


def test_an_empty_chain_begins_with_nothing_before_it(aws):
    assert audit.head(audit.chain_of(TODAY, 3)) == (0, BEGINNING)
    assert audit.heads(TODAY) == {}
    assert audit.broken([]) is None


@pytest.fixture
def kept(aws, one_chain):
    audit.append([entry(number) for number in range(1, 13)], NOW)
    return whole(one_chain)


EDITS = {
    "where": lambda c: replace(c, chain=audit.chain_of(TODAY, 1)),
    "who": lambda c: replace(c, entry=replace(c.entry, actor="somebody else")),
    "as what": lambda c: replace(c, entry=replace(c.entry, role="auditor")),
    "did what": lambda c: replace(c, entry=replace(c.entry, operation="scan.other")),
    "about whom": lambda c: replace(c, entry=replace(c.entry, subject="GATE2")),
    "with what outcome": lambda c: replace(c, entry=replace(c.entry, outcome="refuse")),
    "in which request": lambda c: replace(c, entry=replace(c.entry, correlation_id="")),
    "when": lambda c: replace(c, at=c.at + 1),
    "its number": lambda c: replace(c, sequence=c.sequence + 100),
    "its hash": lambda c: replace(c, hash=BEGINNING),
}


def test_an_edit_shows_at_its_place_whatever_was_edited(kept):
    for name, edit in EDITS.items():
        for place in range(len(kept)):
            edited = [*kept[:place], edit(kept[place]), *kept[place + 1 :]]
            assert audit.broken(edited) == place + 1, name


def test_a_deletion_shows(kept):
    found = {audit.broken([*kept[:place], *kept[place + 1 :]]) for place in range(len(kept) - 1)}
    assert found == set(range(1, len(kept)))


def test_a_reordering_shows_also_when_it_is_renumbered(kept):
    for place in range(len(kept) - 1):
        one, next_one = kept[place : place + 2]
        swapped = [*kept[:place], next_one, one, *kept[place + 2 :]]
        renumbered = [replace(chained, sequence=number) for number, chained in enumerate(swapped, 1)]
        assert audit.broken(swapped) == audit.broken(renumbered) == place + 1


def test_an_entry_put_in_between_shows(kept):
    between = replace(kept[3], sequence=5)
    later = [replace(chained, sequence=chained.sequence + 1) for chained in kept[4:]]
    assert audit.broken([*kept[:4], between, *later]) == 5


def test_a_cut_tail_shows_against_the_anchor_and_nowhere_else(kept, one_chain):
    send([audit.anchor(Anchor(TODAY, json.dumps(audit.heads(TODAY)), b"signature"))])
    for sequence in (12, 11):
        key = item(chain=one_chain, sequence=sequence)
        client().delete_item(TableName=table_name("audit"), Key=key)
    cut = whole(one_chain)
    assert audit.broken(cut) is None
    assert audit.head(one_chain) == (10, cut[-1].hash)
    anchored = json.loads(audit.anchored(TODAY).heads)
    assert anchored[one_chain] == [12, kept[-1].hash] != [*audit.head(one_chain)]


def test_a_day_is_anchored_once(aws):
    first = Anchor(TODAY, "{}", b"signature")
    send([audit.anchor(first)])
    with pytest.raises(ConditionFailed, match="anchor"):
        send([audit.anchor(Anchor(TODAY, '{"other":[1,"x"]}', b"other"))])
    assert (audit.anchored(TODAY), audit.anchored(TODAY + 1)) == (first, None)


def test_every_local_day_has_chains_of_its_own(aws):
    audit.append([entry(1)], NOW)
    audit.append([entry(2)], NOW + DAY)
    assert len(audit.heads(TODAY)) == len(audit.heads(TODAY + 1)) == 1
    assert len({*audit.chains(TODAY), *audit.chains(TODAY + 1)}) == 2 * SHARDS


@pytest.mark.parametrize("number", [0, ENTRIES_AT_ONCE_MAX + 1])
def test_one_to_ninety_entries_are_written_at_once(aws, number):
    with pytest.raises(ValueError, match="1 to 90"):
        audit.append([entry(n) for n in range(number)], NOW)
    audit.append([entry(n) for n in range(ENTRIES_AT_ONCE_MAX)], NOW)
    assert sum(sequence for sequence, _ in audit.heads(TODAY).values()) == ENTRIES_AT_ONCE_MAX


@pytest.mark.parametrize("shards", [1, SHARDS])
def test_many_writers_at_once_break_no_chain_and_lose_no_entry(durable, monkeypatch, shards):
    """On one chain some find it contended and are told so; what was acknowledged is there once."""
    monkeypatch.setattr(audit, "SHARDS", shards)

    def write(writer: int) -> list[str]:
        kept = []
        for number in range(10):
            mine = [entry(1_000 * writer + 10 * number + n) for n in range(1 + number % 3)]
            try:
                audit.append(mine, NOW)
            except StoreUnavailable:
                continue
            kept += [one.correlation_id for one in mine]
        return kept

    acknowledged = [name for kept in together(8, write) for name in kept]
    chains = {chain: whole(chain) for chain in audit.chains(TODAY)}
    assert {chain: audit.broken(found) for chain, found in chains.items()} == dict.fromkeys(chains)
    stored = [chained.entry.correlation_id for found in chains.values() for chained in found]
    assert sorted(stored) == sorted(acknowledged)
    assert len(acknowledged) == len(set(acknowledged)) > 0
    if shards == SHARDS:
        assert len(acknowledged) == 8 * 19
