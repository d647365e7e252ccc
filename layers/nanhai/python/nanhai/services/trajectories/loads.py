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

from nanhai.domain.errors import Refusal
from nanhai.domain.identifiers import Instant
from nanhai.domain.sightings import revision
from nanhai.policies import trajectories
from nanhai.services.trajectories import parts, reading, staging, towers
from nanhai.services.trajectories.staging import Stage
from nanhai.store import loads as store
from nanhai.store.loads import Load, Part

SEQUENCE_MAX = 9_999_999_999
READ_BYTES = 1 << 20

Progress = Callable[[int, int], None]  # parts finished, of so many


class UnknownOperator(Refusal):
    """Nobody of this name delivers here."""

    code = "sightings.unknown-operator"


class LoadDiffers(Refusal):
    """The operator has delivered something else under this number."""

    code = "sightings.load-differs"
    kind = "conflict"


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
    here = Stage(folder / f"{load.operator}-{load.sequence}-{load.at}")
    if load.staged is None or not here.folder.is_dir():
        load = stage(load, delivery, here)
    read, done = _read(load), store.finished(load)
    for number in range(read.parts):
        told(number, read.parts)
        if number not in done:
            write_part(load, number, here.part(number), folder / "work")
    told(read.parts, read.parts)
    shutil.rmtree(here.folder)
    return load


def begin(delivery: Delivery, now: Instant) -> Load:
    """The load of this delivery, as it was first begun. Raises UnknownOperator, LoadDiffers, NoTowers."""
    return begun(delivery.operator, delivery.sequence, _digest(delivery.file), now)


def begun(operator: str, sequence: int, digest: str, now: Instant) -> Load:
    number_of(operator)
    if not 1 <= sequence <= SEQUENCE_MAX:
        raise ValueError(f"a delivery has a number from 1 to {SEQUENCE_MAX:,}")
    load = store.get(operator, sequence)
    if load is None:
        load = store.begin(Load(operator, sequence, digest, towers.current(operator), now))
    if load.digest != digest:
        raise LoadDiffers(sequence=sequence)
    return load


def stage(load: Load, delivery: Delivery, to: Stage) -> Load:
    """Reads it through: refused rows are noted, the others wait in parts. Raises Unreadable, TooManyRows."""
    if delivery.form not in reading.FORMS:
        raise reading.Unreadable
    known, kept_days = towers.of(load.operator, load.towers), trajectories.rule().kept_days
    found, rejects = staging.stage(delivery.file, delivery.form, known, load.at, kept_days, to.folder)
    store.keep_rejects(load, rejects)
    store.staged(load, found)
    return replace(load, staged=found)


def write_part(load: Load, number: int, part: Path, work: Path) -> Part:
    """Writes a staged part and notes that it is finished. StoreUnavailable: write it again."""
    written = parts.write(part, revision_of(load), load.at, work)
    store.finish(load, number, written)
    return written


def revision_of(load: Load) -> int:
    return revision(load.sequence, number_of(load.operator))


def number_of(operator: str) -> int:
    """The operator's number; UnknownOperator."""
    known = trajectories.rule().operators
    if operator not in known:
        raise UnknownOperator
    return known[operator]


def _read(load: Load) -> store.Staged:
    if load.staged is None:
        raise AssertionError("a load that was staged says so")
    return load.staged


def _digest(file: Path) -> str:
    found = hashlib.sha256()
    with file.open("rb") as source:
        while chunk := source.read(READ_BYTES):
            found.update(chunk)
    return found.hexdigest()
