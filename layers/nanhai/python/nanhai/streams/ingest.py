"""The ingest queue: a delivery that arrived in the bucket, or a staged part of one. Each may come twice.

A delivery is read through, its parts are put beside it and a message is sent for each; then the parts are written by
as many consumers as there are, and whoever finds all of them written removes the delivery. What no repetition helps
(not an operator, not signalling, another file under the same number) is noted where `nanhai trajectories status` looks,
and let go; everything else comes again, and in the end waits in the failure queue.
"""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from nanhai.domain.errors import Refusal
from nanhai.policies import trajectories
from nanhai.services import queues
from nanhai.services.platform import Platform, platform
from nanhai.services.trajectories import loads, naming, reading, staging
from nanhai.services.trajectories.loads import Delivery
from nanhai.services.trajectories.naming import Name
from nanhai.services.trajectories.signalling import Signalling, signalling
from nanhai.services.trajectories.staging import part_of
from nanhai.store import loads as store
from nanhai.store.loads import Load
from nanhai.streams import log
from nanhai.streams.batch import Answer

BY = "bucket"
FILE_BYTES_MAX = 4_000_000_000
PART_BYTES_MAX = 500_000_000
RECORDS_PER_NOTICE_MAX = 10


class TooLarge(Refusal):
    """More bytes than one delivery may have: it is told in several, each of whole person-days."""

    code = "sightings.too-large"
    kind = "too-large"


FOR_GOOD = (*loads.FOR_GOOD, TooLarge)


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A staged part, one of `parts`; `form`: of the delivery."""

    operator: str
    sequence: int
    form: str
    parts: int
    part: int


def handle(event: Mapping[str, Any]) -> Answer:
    """Works on each message; the answer names those that have to come again."""
    here = platform()
    again = [record["messageId"] for record in event["Records"] if not _done(here, record["body"])]
    return {"batchItemFailures": [{"itemIdentifier": message} for message in again]}


def _done(here: Platform, body: str) -> bool:
    try:
        for work in _works(here, body):
            work()
    except Exception as why:  # one message's failure is never another's
        log.line(event="ingest-failed", failure=type(why).__qualname__)
        return False
    return True


def _works(here: Platform, body: str) -> Iterator[Callable[[], None]]:
    """What a message asks for: S3 tells of objects, of itself in a test, and we of parts."""
    told = msgspec.json.decode(body)
    if "part" in told:
        message = msgspec.convert(told, Message)
        yield lambda: _write(here, message)
        return
    for record in told.get("Records", ())[:RECORDS_PER_NOTICE_MAX]:
        key = unquote_plus(record["s3"]["object"]["key"])
        if (found := naming.read(key)) is None:
            log.line(event="delivery-refused", failure="sightings.unknown-key")
            continue
        yield partial(_receive, here, *found)


def _receive(here: Platform, name: Name, form: str) -> None:
    """A delivery: taken, or refused for good, which is noted."""
    try:
        _stage(here, name, form)
    except FOR_GOOD as refused:
        operator = name.operator if name.operator in trajectories.rule().operators else "?"
        log.line(event="delivery-refused", failure=refused.code, operator=operator, sequence=name.sequence)
        loads.refuse(name, refused, here.now())


def _stage(here: Platform, name: Name, form: str) -> None:
    """Reads a delivery through and asks for the work on its parts."""
    there = signalling(here.settings)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "delivery"
        if not there.fetched(name.key(form), file, FILE_BYTES_MAX + 1):
            return  # taken back, or all of it is written
        if file.stat().st_size > FILE_BYTES_MAX:
            raise TooLarge
        delivery = Delivery(name, file, form, BY)
        load, staged = loads.known(delivery, here.now()), Path(scratch) / "staged"
        with reading.session(Path(scratch) / "work") as connection:
            load, planned = loads.begin(connection, load, delivery)
            staging.stage(connection, planned, staged)
        file.unlink()
        _send(here, there, load, staged, form)
        _end(there, load, form)


def _send(here: Platform, there: Signalling, load: Load, staged: Path, form: str) -> None:
    """Parts that are not written yet, each as one file, and then a message for each of them."""
    done = store.finished(load)
    left = [number for number in range(load.parts) if number not in done]
    for number in left:
        packed = staged / "part.tar"
        with tarfile.open(packed, "w") as archive:
            archive.add(part_of(staged, number), "part")
        there.stored(_key(load, number), packed)
        shutil.rmtree(part_of(staged, number))
        packed.unlink()
    messages = [Message(load.operator, load.sequence, form, load.parts, number) for number in left]
    queues.send(here.settings.ingest_queue_url, [msgspec.json.encode(message).decode() for message in messages])


def _write(here: Platform, message: Message) -> None:
    load = store.get(message.operator, message.sequence)
    if load is None or load.staged is None or load.parts != message.parts:
        return  # it was planned anew since, and has messages of that plan
    there = signalling(here.settings)
    if message.part not in store.finished(load):
        _take(there, load, message.part)
    there.removed(_key(load, message.part))
    _end(there, load, message.form)


def _take(there: Signalling, load: Load, part: int) -> None:
    """Writes a part."""
    key = _key(load, part)
    with tempfile.TemporaryDirectory() as scratch:
        packed = Path(scratch) / "part.tar"
        if not there.fetched(key, packed, PART_BYTES_MAX):
            raise FileNotFoundError(key)  # a day has passed: the delivery has to be told again
        with tarfile.open(packed) as archive:
            archive.extractall(scratch, filter="data")
        packed.unlink()
        loads.write_part(load, part, Path(scratch) / "part", Path(scratch) / "work")


def _end(there: Signalling, load: Load, form: str) -> None:
    """The delivery is removed once all of its parts are written: whoever finishes the last one sees that."""
    if store.is_finished(load):
        there.removed(Name(load.operator, load.sequence, load.first, load.last).key(form))


def _key(load: Load, part: int) -> str:
    """A part is one of so many: those of another plan lie elsewhere."""
    return f"staged/{load.operator}/{load.sequence}/{load.parts}/{part}.tar"
