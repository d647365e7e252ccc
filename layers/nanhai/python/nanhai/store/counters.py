"""The table `counters`: live counts that stay exact whatever is delivered twice.

What was counted for a person lies beside the counters, and both change in one transaction on the condition that what
was counted is older. A count is spread over shards, so that no item takes a district's writes alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nanhai.domain.colour import Colour
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.store import batch
from nanhai.store.connection import client, table_name
from nanhai.store.wire import item, row
from nanhai.store.writes import ConditionFailed, StoreUnavailable, Write, put, send, update

TABLE = "counters"
SHARDS = 8
TRIES = 8
GATE_KEPT_S = 14 * 86_400


@dataclass(frozen=True, slots=True)
class Counted:
    """How a person's pass stands in the counters: the town, the colour, and the version that said so."""

    town: str
    colour: Colour
    version: tuple[int, Instant, Instant]  # record version, computed at, told since


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
    asked = {"TableName": table_name(TABLE), "Key": item(counter=_person(person)), "ConsistentRead": True}
    found = client().get_item(**asked).get("Item")
    if found is None:
        return None
    stored = row(found)
    return Counted(stored["town"], Colour(stored["colour"]), _version(stored["counted_version"]))


def colours(towns: Sequence[str]) -> dict[str, dict[Colour, int]]:
    """How many passes each town has in each colour."""
    cells = {f"colour#{town}#{c.value}#{shard}": (town, c) for town in towns for c in Colour for shard in range(SHARDS)}
    counts = {town: dict.fromkeys(Colour, 0) for town in towns}
    for stored in batch.get({TABLE: [item(counter=cell) for cell in cells]})[TABLE]:
        town, colour = cells[stored["counter"]["S"]]
        counts[town][colour] += int(stored["n"]["N"])
    return counts


def add_at_gate(gate: str, day: int, tally: Mapping[str, int], now: Instant) -> Write:
    """Adds to a gate's counts of one local day, by verdict, in one of its shards."""
    shard = zlib.crc32(f"{gate}{now}".encode()) % SHARDS
    names = {verdict: verdict.replace("-", "_") for verdict in tally}
    change = "SET expires_at = :end ADD " + ", ".join(f"v_{name} :{name}" for name in names.values())
    values: dict[str, object] = {name: tally[verdict] for verdict, name in names.items()}
    return update("gate", TABLE, item(counter=_gate(gate, day, shard)), change, None, end=now + GATE_KEPT_S, **values)


def at_gate(gate: str, day: int) -> dict[str, int]:
    """The checks of one gate on one local day by verdict."""
    counts: dict[str, int] = {}
    for stored in batch.get({TABLE: [item(counter=_gate(gate, day, shard)) for shard in range(SHARDS)]})[TABLE]:
        for name, value in stored.items():
            if name.startswith("v_"):
                verdict = name.removeprefix("v_").replace("_", "-")
                counts[verdict] = counts.get(verdict, 0) + int(value["N"])
    return counts


def _moved(person: PersonId, new: Counted, old: Counted | None) -> list[Write]:
    here = _cell(new.town, new.colour, person)
    there = None if old is None else _cell(old.town, old.colour, person)
    if here == there:
        return [_remember(person, new, old)]
    return [_remember(person, new, old), _add(here, 1), *([] if there is None else [_add(there, -1)])]


def _remember(person: PersonId, new: Counted, old: Counted | None) -> Write:
    stored = item(
        counter=_person(person),
        town=new.town,
        colour=new.colour.value,
        counted_version=list(new.version),
    )
    if old is None:
        return put("counted", TABLE, stored, "attribute_not_exists(town)")
    return put("counted", TABLE, stored, "counted_version = :old", old=list(old.version))


def _add(cell: str, by: int) -> Write:
    return update("cell", TABLE, item(counter=cell), "ADD n :by", by=by)


def _cell(town: str, colour: Colour, person: PersonId) -> str:
    return f"colour#{town}#{colour.value}#{zlib.crc32(person.encode()) % SHARDS}"


def _person(person: PersonId) -> str:
    return f"person#{person}"


def _gate(gate: str, day: int, shard: int) -> str:
    return f"gate#{gate}#{day}#{shard}"


def _version(stored: Sequence[int]) -> tuple[int, Instant, Instant]:
    records, computed, told = stored
    return records, computed, told
