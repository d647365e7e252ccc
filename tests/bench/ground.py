"""What the benchmarks stand on: an engine, tables, keys and a platform of their own, gone when they are over."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nanhai.domain.identifiers import PersonId
from nanhai.services.platform import Platform, platform, reset_platform
from nanhai.store import connection

from infra.local import engine, environment, register, ring, tables
from infra.local.folder import PREFIX, Folder

UNUSED_PORT = 9  # nothing here asks for a queue or an SMS
MOVABLE_CLOCK = "NANHAI_CLOCK_FILE"  # no deployed stage has one: it costs a look at a file


@dataclass(frozen=True, slots=True)
class Ground:
    """`environment`: what another process needs to stand on the same tables; `people`: who was made so far."""

    here: Platform
    environment: Mapping[str, str]
    people: list[PersonId] = field(default_factory=list)


@contextmanager
def ground(*, on_disk: bool = False) -> Iterator[Ground]:
    """A platform without people, its tables in memory or, as `nanhai up` has them, in files: in memory the engine grows
    slow with every record of a stream. This process's environment is its own meanwhile, and as it was afterwards."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryDirectory() as data:
        running = engine.start(Path(data) if on_disk else None)
        try:
            folder = Folder(Path(scratch))
            folder.make()
            register.make(folder.register)
            yield _made(folder, running)
        finally:
            running.stop()
            _become(before)


def _made(folder: Folder, running: engine.Engine) -> Ground:
    _become(environment.compose(os.environ, folder, UNUSED_PORT, running.environment(), {}))
    streams = tables.create(connection.boto3_client(), PREFIX)
    told = environment.compose(os.environ, folder, UNUSED_PORT, running.environment(), streams)
    del told[MOVABLE_CLOCK]
    _become(told)
    ring.make()
    return Ground(platform(), told)


def _become(told: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(told)
    connection.reset()
    reset_platform()
