"""The data folder: everything one local platform keeps, held by one platform at a time."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.local.trouble import AlreadyRunning, BrokenData, NotRunning, Trouble

PREFIX = "nanhai-local-"
KEPT = (
    "key",
    "register.json",
    "legal.json",
    "uploads",
    "signalling",
    "clock",
    "credentials.json",
    "platform.json",
    "journal.db",
    "journal.db-wal",
    "journal.db-shm",
    "logs",
    "engine",
    "engine.json",
)


@dataclass(frozen=True, slots=True)
class Running:
    """What other commands have to know of the platform that runs."""

    pid: int
    port: int
    environment: dict[str, str]  # of its processes: tables, keys, endpoints

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True, slots=True)
class Folder:
    path: Path

    @property
    def key_file(self) -> Path:
        return self.path / "key"

    @property
    def register(self) -> Path:
        return self.path / "register.json"

    @property
    def legal_register(self) -> Path:
        return self.path / "legal.json"

    @property
    def uploads(self) -> Path:
        return self.path / "uploads"

    @property
    def signalling(self) -> Path:
        return self.path / "signalling"

    @property
    def clock(self) -> Path:
        return self.path / "clock"

    @property
    def credentials(self) -> Path:
        return self.path / "credentials.json"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def engine(self) -> Path:
        return self.path / "engine"

    @property
    def choice(self) -> Path:
        return self.path / "engine.json"

    @property
    def _state(self) -> Path:
        return self.path / "platform.json"

    def make(self) -> None:
        """Creates what is missing; BrokenData when that cannot be."""
        try:
            for folder in (self.path, self.logs, self.engine):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as refused:
            raise BrokenData(f"data folder {self.path} cannot be used: {refused.strerror}") from None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Alone on this folder; AlreadyRunning when somebody else is. A killed holder holds nothing."""
        try:
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as refused:
            raise BrokenData(f"data folder {self.path} cannot be written: {refused.strerror}") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise AlreadyRunning(f"another platform runs on {self.path}; nanhai down ends it") from None
        finally:
            os.close(lock)

    @property
    def is_held(self) -> bool:
        if not (self.path / "lock").exists():
            return False
        try:
            with self.held():
                return False
        except AlreadyRunning:
            return True

    def announce(self, running: Running) -> None:
        write_private(self._state, json.dumps(asdict(running), indent=2))

    def withdraw(self) -> None:
        self._state.unlink(missing_ok=True)

    def running(self) -> Running:
        """The platform on this folder; NotRunning when there is none."""
        if not self.is_held:
            raise NotRunning(f"no platform runs on {self.path}; nanhai up starts one")
        announced = self.announced
        if announced is None:
            raise Trouble(f"the platform on {self.path} is still starting")
        return announced

    @property
    def announced(self) -> Running | None:
        """What a platform on this folder last said of itself, whether or not it still runs."""
        try:
            return Running(**json.loads(self._state.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def clear(self) -> None:
        """Deletes what a platform keeps here, and nothing else; AlreadyRunning when one runs."""
        with self.held():
            for name in KEPT:
                path = self.path / name
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)


def write_private(path: Path, text: str) -> None:
    """Readable by its owner only, and never seen half-written."""
    fresh = path.with_suffix(".new")
    fresh.touch(0o600)
    fresh.write_text(text, "utf-8")
    fresh.replace(path)
