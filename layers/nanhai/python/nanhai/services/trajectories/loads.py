"""A delivery from its first byte to its last part. Killed anywhere and begun again, it ends with the same items.

Whatever is written follows from the delivery's bytes, the towers it was begun with and the moment when it was begun;
a part that is noted as finished is whole, and one that is not is written again.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from nanhai.domain.errors import Refusal
from nanhai.domain.identifiers import Instant
from nanhai.policies.trajectories import rule
from nanhai.services.trajectories import naming, numbering, parts, reading, staging, towers
from nanhai.services.trajectories.checking import Check
from nanhai.services.trajectories.naming import DaysNotTaken, Name
from nanhai.services.trajectories.numbering import LoadDiffers, UnknownOperator
from nanhai.services.trajectories.staging import Plan, TooManyRows, part_of
from nanhai.store import loads as store
from nanhai.store.loads import Load, Part, Staged

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

READ_BYTES = 1 << 20

Progress = Callable[[int, int], None]  # parts finished, of so many


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file of an operator; `form`: parquet, csv or ndjson; `by`: who brought it."""

    name: Name
    file: Path
    form: str
    by: str


class BeingLoaded(Refusal):
    """Another process of this machine works on the very same delivery."""

    code = "sightings.being-loaded"
    kind = "conflict"


FOR_GOOD = (UnknownOperator, DaysNotTaken, LoadDiffers, reading.Unreadable, TooManyRows)  # no repetition helps


def run(delivery: Delivery, now: Instant, folder: Path, told: Progress) -> Load:
    """Applies all of it, from where it was left; `folder` is where its parts wait meanwhile. It is begun once it has
    been read through: killed before, nothing of it is there.

    Raises UnknownOperator, DaysNotTaken, LoadDiffers, NoTowers, Unreadable, TooManyRows, and then nothing is begun
    under its number; BeingLoaded; StoreUnavailable: run it again.
    """
    load = known(delivery, now)
    own = folder / f"{load.operator}-{load.sequence}-{load.digest[:16]}"
    with _alone(own):
        try:
            load = _apply(delivery, load, own, told)
        except FOR_GOOD:
            shutil.rmtree(own)
            raise
        shutil.rmtree(own)
    return load


def _apply(delivery: Delivery, load: Load, own: Path, told: Progress) -> Load:
    with reading.session(own / "work") as connection:
        load, planned = begin(connection, load, delivery)
        check = _check(connection, load, own / "work")
        staged = own / f"parts-{planned.parts}"  # those of another plan are none of these
        if not planned.ranges and not staged.is_dir():
            staging.stage(connection, planned, staged)
        done = store.finished(load)
        for number in range(planned.parts):
            told(number, planned.parts)
            if number not in done:
                parts.write(load, number, check, _condition(connection, planned, staged, number))
        told(planned.parts, planned.parts)
    return load


@contextmanager
def _alone(own: Path) -> Iterator[None]:
    """The folder is there, and no other process works in it; BeingLoaded."""
    own.mkdir(parents=True, exist_ok=True)
    with (own / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BeingLoaded from None
        yield


def _condition(connection: DuckDBPyConnection, planned: Plan, folder: Path, number: int) -> str:
    """Which rows of `told` are the part's; of a staged part `told` are the part's own rows."""
    if planned.ranges:
        return planned.ranges[number].condition
    reading.tell_again(connection, part_of(folder, number))
    return "true"


def known(delivery: Delivery, now: Instant) -> Load:
    """The load of this delivery as it was first begun, or as it would begin now. Raises UnknownOperator, DaysNotTaken,
    LoadDiffers, NoTowers."""
    name, digest = delivery.name, _digest(delivery.file)
    return numbering.begun(name, digest) or new(name, digest, now, delivery.by)


def new(name: Name, digest: str, at: Instant, by: str) -> Load:
    """A load that begins now. Raises DaysNotTaken, NoTowers."""
    naming.check_days(name, at)
    return Load(name.operator, name.sequence, name.first, name.last, digest, towers.current(name.operator), at, by)


def begin(connection: DuckDBPyConnection, load: Load, delivery: Delivery) -> tuple[Load, Plan]:
    """The load as it is begun now or was before, and how the delivery, which is `told` from now on, falls into parts.
    Raises Unreadable, TooManyRows: then nothing is begun; LoadDiffers."""
    if delivery.form not in naming.FORMS:
        raise reading.Unreadable
    reading.tell(connection, delivery.file, delivery.form)
    planned = staging.plan(connection, delivery.file, delivery.form)
    load = replace(numbering.begin(load), staged=Staged(planned.parts, planned.rows))
    store.staged(load)
    return load, planned


def refuse(name: Name, why: Refusal, now: Instant) -> None:
    """Notes, where the state of a delivery is asked for, that what came under this number was refused; of an operator
    that nobody knows nothing is noted."""
    if name.operator in rule().operators:
        store.refuse(name.operator, name.sequence, why.code, now)


def write_part(load: Load, number: int, part: Path, work: Path) -> Part:
    """Writes a staged part and notes that it is finished. StoreUnavailable: write it again."""
    with reading.session(work) as connection:
        check = _check(connection, load, work)
        reading.tell_again(connection, part)
        return parts.write(load, number, check, "true")


def _check(connection: DuckDBPyConnection, load: Load, work: Path) -> Check:
    check = Check(connection, work, towers.of(load.operator, load.towers), load.first, load.last)
    check.prepare()
    return check


def _digest(file: Path) -> str:
    found = hashlib.sha256()
    with file.open("rb") as source:
        while chunk := source.read(READ_BYTES):
            found.update(chunk)
    return found.hexdigest()
