"""From the start of a process to its first answer: our package and layers against what `chalice package` ships.

The interpreter is the same, without site-packages, and may not write what it compiles, as on Lambda.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from infra import layers
from infra.local import apps
from tests.bench import packages, visitors
from tests.bench.compare import Result, paired
from tests.bench.ground import Ground
from tests.bench.population import people_with_passes
from tests.edge.gateway import event

PEER = "the same code as chalice package ships it"
SAMPLES = 11
STARTED = Path(__file__).with_name("first_answer.py")


class Unrunnable(RuntimeError):
    """The layers hold binaries for another machine."""


def results(ground: Ground) -> Iterator[Result]:
    if not layers.runs_here():
        raise Unrunnable("the layers are for Linux on x86-64")
    found = packages.built()
    task = packages.unpacked(found.apps[packages.MEASURED], into="task")
    opt = packages.unpacked(*found.measured, into="opt")
    plain = packages.unpacked(found.plain, into="plain-task")
    asked = packages.BUILD / "event.json"
    asked.write_text(json.dumps(_show(ground)), "utf-8")
    yield paired(
        "cold-start",
        _start(ground, asked, task, opt / "python"),
        PEER,
        _start(ground, asked, plain),
        "<= 0.4",
        samples=SAMPLES,
        clock=time.perf_counter,
        unit="ms",
        scale=1e3,
    )


def _show(ground: Ground) -> dict[str, object]:
    (who,) = people_with_passes(ground, 1)
    headers = {"Authorization": f"Bearer {visitors.citizen(ground.here, who)}", "Accept": "application/json"}
    return event(apps.load(packages.MEASURED), "GET", "/me", headers=headers)


def _start(ground: Ground, asked: Path, *path: Path) -> Callable[[], None]:
    """A process with these folders as Lambda's path; RuntimeError when its answer is no success."""
    told = {"PYTHONPATH": os.pathsep.join(map(str, path)), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys._base_executable, "-S", "-P", str(STARTED), str(asked)]  # type: ignore[attr-defined] # CPython's

    def start() -> None:
        done = subprocess.run(
            command, cwd=path[0], env={**ground.environment, **told}, capture_output=True, text=True, check=False
        )
        if not done.stdout.endswith("status 200\n"):
            raise RuntimeError(f"no first answer: {(done.stdout + done.stderr).strip()[-500:]}")

    return start
