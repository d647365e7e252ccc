"""A platform in a process of its own: one that outlives the command which started it, or one that ends with it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from infra.local.engine import die_with_parent
from infra.local.folder import Folder, Running
from infra.local.probe import is_healthy
from infra.local.trouble import Trouble

START_S_MAX = 300.0  # the first start fetches the engine
STOP_S_MAX = 60.0
LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Options:
    """What `nanhai up` is told besides its folder."""

    port: int
    engine: str | None = None
    endpoint: str = ""
    seeds: bool = True

    def arguments(self, folder: Folder) -> list[str]:
        told = [
            "--quiet",
            "--data",
            str(folder.path),
            "--port",
            str(self.port),
            "--seed" if self.seeds else "--no-seed",
        ]
        told += ["--engine", self.engine] if self.engine else []
        return told + (["--dynamodb-endpoint", self.endpoint] if self.endpoint else [])


def start(folder: Folder, options: Options) -> Running:
    """Returns once the platform serves; what kept it from that is raised, with its own exit code."""
    return _await(folder, options, _launch(folder, options, stays=True))


@contextmanager
def throw_away(folder: Folder, options: Options) -> Iterator[Running]:
    """A platform for as long as the block lasts, or this process, whichever ends first."""
    process = _launch(folder, options, stays=False)
    try:
        yield _await(folder, options, process)
    finally:
        process.terminate()
        try:
            process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _launch(folder: Folder, options: Options, *, stays: bool) -> subprocess.Popen[bytes]:
    folder.make()
    with (folder.logs / "platform.log").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "infra.cli", "up", *options.arguments(folder)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=None if stays else die_with_parent,
        )


def _await(folder: Folder, options: Options, process: subprocess.Popen[bytes]) -> Running:
    log = folder.logs / "platform.log"
    until = time.monotonic() + START_S_MAX
    while time.monotonic() < until:
        if process.poll() is not None:
            _fail(process.returncode, log.read_text("utf-8", "replace"))
        running = folder.announced
        if running is not None and running.pid == process.pid and is_healthy(options.port):
            return running
        time.sleep(LOOK_EVERY_S)
    process.terminate()
    raise Trouble(f"the platform did not serve within {START_S_MAX:.0f} s; see {log}")


def _fail(code: int, said: str) -> None:
    kinds = {kind.exit_code: kind for kind in Trouble.__subclasses__()}
    lines = said.strip().splitlines()
    raise kinds.get(code, Trouble)(lines[-1].removeprefix("nanhai: ") if lines else "the platform said nothing")
