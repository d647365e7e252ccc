"""A delivery from its first byte to its last part. Killed anywhere and begun again, it ends with the same items.

Whatever is written follows from the delivery's bytes, the towers it was begun with and the moment when it was begun;
a part that is noted as finished is whole, and one that is not is written again.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from nanhai.domain.days import local_day
from nanhai.domain.identifiers import Instant
from nanhai.domain.sightings import day_begins
from nanhai.policies import trajectories
from nanhai.services.trajectories import numbering, parts, reading, staging, towers
from nanhai.services.trajectories.checking import Check
from nanhai.services.trajectories.staging import Plan, part_of
from nanhai.store import loads as store
from nanhai.store.loads import Load, Part, Staged

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

READ_BYTES = 1 << 20

Progress = Callable[[int, int], None]  # parts finished, of so many


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file of an operator under the operator's own number; `form`: parquet, csv or ndjson."""

    operator: str
    sequence: int
    file: Path
    form: str


def run(delivery: Delivery, now: Instant, folder: Path, told: Progress) -> Load:
    """Applies all of it, from where it was left; `folder` is where its parts wait meanwhile.

    Raises UnknownOperator, LoadDiffers, NoTowers, Unreadable, TooManyRows; StoreUnavailable: run it again.
    """
    load = begin(delivery, now)
    own = folder / f"{load.operator}-{load.sequence}-{load.at}"
    with reading.session(own / "work") as connection:
        load, planned = plan(connection, load, delivery)
        check = _check(connection, load, own / "work")
        if not planned.ranges and not (own / "parts").is_dir():
            staging.stage(connection, planned, own / "parts")
        done = store.finished(load)
        for number in range(planned.parts):
            told(number, planned.parts)
            if number not in done:
                parts.write(load, number, check, _condition(connection, planned, own / "parts", number))
        told(planned.parts, planned.parts)
    shutil.rmtree(own)
    return load


def _condition(connection: DuckDBPyConnection, planned: Plan, folder: Path, number: int) -> str:
    """Which rows of `told` are the part's; of a staged part `told` are the part's own rows."""
    if planned.ranges:
        return planned.ranges[number].condition
    reading.tell_again(connection, part_of(folder, number))
    return "true"


def begin(delivery: Delivery, now: Instant) -> Load:
    """The load of this delivery, as it was first begun. Raises UnknownOperator, LoadDiffers, NoTowers."""
    operator, sequence, digest = delivery.operator, delivery.sequence, _digest(delivery.file)
    found = numbering.begun(operator, sequence, digest)
    return found or numbering.begin(Load(operator, sequence, digest, towers.current(operator), now))


def plan(connection: DuckDBPyConnection, load: Load, delivery: Delivery) -> tuple[Load, Plan]:
    """How the delivery, which is `told` from now on, falls into parts. Raises Unreadable, TooManyRows."""
    if delivery.form not in reading.FORMS:
        raise reading.Unreadable
    reading.tell(connection, delivery.file, delivery.form)
    planned = staging.plan(connection, delivery.file, delivery.form)
    load = replace(load, staged=Staged(planned.parts, planned.rows))
    store.staged(load)
    return load, planned


def write_part(load: Load, number: int, part: Path, work: Path) -> Part:
    """Writes a staged part and notes that it is finished. StoreUnavailable: write it again."""
    with reading.session(work) as connection:
        check = _check(connection, load, work)
        reading.tell_again(connection, part)
        return parts.write(load, number, check, "true")


def _check(connection: DuckDBPyConnection, load: Load, work: Path) -> Check:
    today = local_day(load.at)
    first, last = day_begins(today - trajectories.rule().kept_days), day_begins(today + 1)
    check = Check(connection, work, towers.of(load.operator, load.towers), first, last)
    check.prepare()
    return check


def _digest(file: Path) -> str:
    found = hashlib.sha256()
    with file.open("rb") as source:
        while chunk := source.read(READ_BYTES):
            found.update(chunk)
    return found.hexdigest()
