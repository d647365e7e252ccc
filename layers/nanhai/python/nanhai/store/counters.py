"""The table `counters`: live counts that stay exact whatever is delivered twice.

What was counted for a person lies beside the counters, and both change in one transaction on the condition that what
was counted is older. A count is spread over shards, so that no item takes a district's writes alone.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec
from pynamodb.attributes import ListAttribute, UnicodeAttribute

from nanhai.domain.colour import Colour, Verdict
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.store import batch, model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Table, Write
from nanhai.store.writes import ConditionFailed, StoreUnavailable, send

SHARDS = 8
TRIES = 8
GATE_KEPT_S = 14 * 86_400


M = TypeVar("M", bound="CountersTable")


class CountersTable(Table):
    class Meta:
        table_name = "counters"

    counter = UnicodeAttribute(hash_key=True)


class CountedRow(CountersTable):
    town = UnicodeAttribute()
    colour = UnicodeAttribute()
    counted_version = ListAttribute[int]()
    reason = UnicodeAttribute(null=True)


class CellRow(CountersTable):
    n = WholeNumberAttribute()


class GateRow(CountersTable):
    """How often each verdict was given."""

    v_admit = WholeNumberAttribute(null=True)
    v_admit_temporary = WholeNumberAttribute(null=True)
    v_hold = WholeNumberAttribute(null=True)
    v_refuse = WholeNumberAttribute(null=True)
    v_cannot_verify = WholeNumberAttribute(null=True)
    expires_at = WholeNumberAttribute()


GIVEN = {
    Verdict.ADMIT: GateRow.v_admit,
    Verdict.ADMIT_TEMPORARY: GateRow.v_admit_temporary,
    Verdict.HOLD: GateRow.v_hold,
    Verdict.REFUSE: GateRow.v_refuse,
    Verdict.CANNOT_VERIFY: GateRow.v_cannot_verify,
}


class Counted(msgspec.Struct, frozen=True):
    """How a person's pass stands in the counters: the town, the colour, and the version that said so; of a red one the
    reason too, where it is known."""

    town: str
    colour: Colour
    version: tuple[int, Instant, Instant]  # record version, computed at, told since
    reason: str = ""


def count(person: PersonId, new: Counted) -> bool:
    """Moves the person from where they were counted to `new`; False when that or something newer was counted."""
    for _ in range(TRIES):
        old = counted(person)
        if old is not None and old.version >= new.version:
            return False
        try:
            send(_moved(person, new, old))
        except ConditionFailed:  # somebody else counted this person meanwhile, or our own answer was lost
            continue
        return True
    raise StoreUnavailable(retry_after_s=1)


def counted(person: PersonId) -> Counted | None:
    found = model.get(CountedRow, _person(person))
    if found is None:
        return None
    return Counted(found.town, Colour(found.colour), _version(found.counted_version), found.reason or "")


def colours(towns: Sequence[str]) -> dict[str, dict[Colour, int]]:
    """How many passes each town has in each colour."""
    cells = {f"colour#{town}#{c.value}#{shard}": (town, c) for town in towns for c in Colour for shard in range(SHARDS)}
    counts = {town: dict.fromkeys(Colour, 0) for town in towns}
    for cell in _many(CellRow, cells):
        town, colour = cells[cell.counter]
        counts[town][colour] += cell.n
    return counts


def reasons(of: Sequence[str]) -> dict[str, int]:
    """How many passes are red for each of these reasons."""
    cells = {f"reason#{reason}#{shard}": reason for reason in of for shard in range(SHARDS)}
    counts = dict.fromkeys(of, 0)
    for cell in _many(CellRow, cells):
        counts[cells[cell.counter]] += cell.n
    return counts


def add_at_gate(gate: str, day: int, tally: Mapping[str, int], now: Instant) -> Write:
    """Adds to a gate's counts of one local day, by verdict, in one of its shards."""
    shard = zlib.crc32(f"{gate}{now}".encode()) % SHARDS
    counted = [GIVEN[Verdict(verdict)].add(by) for verdict, by in tally.items()]
    kept = GateRow.expires_at.set(now + GATE_KEPT_S)
    return model.update("gate", GateRow(_gate(gate, day, shard)), [kept, *counted])


def at_gate(gate: str, day: int) -> dict[str, int]:
    """The checks of one gate on one local day by verdict."""
    counts: Counter[str] = Counter()
    for found in _many(GateRow, [_gate(gate, day, shard) for shard in range(SHARDS)]):
        counts.update({verdict.value: getattr(found, given.attr_name) or 0 for verdict, given in GIVEN.items()})
    return dict(+counts)


def _moved(person: PersonId, new: Counted, old: Counted | None) -> list[Write]:
    here, there = _cells(new, person), [] if old is None else _cells(old, person)
    entered = [_add(cell, 1) for cell in here if cell not in there]
    left = [_add(cell, -1) for cell in there if cell not in here]
    return [_remember(person, new, old), *entered, *left]


def _remember(person: PersonId, new: Counted, old: Counted | None) -> Write:
    stored = CountedRow(
        _person(person),
        town=new.town,
        colour=new.colour.value,
        counted_version=list(new.version),
        reason=new.reason or None,
    )
    if old is None:
        return model.put("counted", stored, CountedRow.town.does_not_exist())
    return model.put("counted", stored, CountedRow.counted_version == list(old.version))


def _add(cell: str, by: int) -> Write:
    return model.update("cell", CellRow(cell), [CellRow.n.add(by)])


def _many(kind: type[M], counters: Iterable[str]) -> Iterator[M]:
    table = CountersTable.Meta.table_name
    keys = [model.key_of(kind, counter)["Key"] for counter in counters]
    yield from (model.read(kind, stored) for stored in batch.get({table: keys})[table])


def _cells(of: Counted, person: PersonId) -> list[str]:
    shard = zlib.crc32(person.encode()) % SHARDS
    colour = f"colour#{of.town}#{of.colour.value}#{shard}"
    return [colour, f"reason#{of.reason}#{shard}"] if of.reason else [colour]


def _person(person: PersonId) -> str:
    return f"person#{person}"


def _gate(gate: str, day: int, shard: int) -> str:
    return f"gate#{gate}#{day}#{shard}"


def _version(stored: Sequence[int]) -> tuple[int, Instant, Instant]:
    records, computed, told = stored
    return records, computed, told
