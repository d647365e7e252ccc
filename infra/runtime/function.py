"""One function in one process: started when it is first asked, killed when it takes too long, started anew then."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.runtime.api import Outcome, RuntimeApi
from infra.runtime.faults import Crashed, Failed, TimedOut
from infra.runtime.package import Package, Unpacked, unpack

INIT_S_MAX = 10.0
POLL_S = 0.05
STOP_S_MAX = 5.0
LOG_LINES_SHOWN = 8
PASSED_ON = ("PATH", "LANG", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Running:
    """A process and the API that it alone asks: what a dead one still waits for, no other gets."""

    process: subprocess.Popen[bytes]
    api: RuntimeApi


@dataclass
class LocalFunction:
    package: Package
    folder: Path
    cold_start_ms: float = 0.0  # of the last start: from the process's start to its first answer
    _unpacked: Unpacked = field(init=False)
    _running: Running | None = None

    def __post_init__(self) -> None:
        self._unpacked = unpack(self.package, self.folder)

    def invoke(self, event: Any) -> Any:  # noqa: ANN401 - any JSON
        """The function's answer; Failed when it raised, TimedOut or Crashed when none came."""
        began, cold = time.perf_counter(), not self.is_warm
        running = self._start() if cold else self._running
        assert running is not None  # noqa: S101 - for mypy: it is warm
        limit_s = self.package.timeout_s + (INIT_S_MAX if cold else 0.0)
        running.api.submit(event, f"arn:aws:lambda:local:000000000000:function:{self.package.name}", limit_s)
        outcome = self._await(running, limit_s)
        if cold:
            self.cold_start_ms = (time.perf_counter() - began) * 1_000
        if outcome.init:
            self.stop()
        if outcome.error:
            raise Failed(outcome.body.get("errorType", "Unknown"), outcome.body.get("errorMessage", ""))
        return outcome.body

    @property
    def is_warm(self) -> bool:
        return self._running is not None and self._running.process.poll() is None

    def stop(self) -> None:
        """The next event starts a new process."""
        if self._running is not None:
            self._running.process.kill()
            self._running.process.wait(STOP_S_MAX)
            self._running.api.close()
            self._running = None

    def log(self) -> str:
        """All that the function has printed."""
        path = self.folder / "log"
        return path.read_text("utf-8") if path.exists() else ""

    def _start(self) -> Running:
        """Python without its installed packages: -S leaves the layers, the zip and the standard library."""
        self.stop()
        api = RuntimeApi()
        api.start()
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-S", "-m", "awslambdaric", self.package.handler],
                cwd=self._unpacked.task,
                env=self._environment(api),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._running = Running(process, api)
        return self._running

    def _environment(self, api: RuntimeApi) -> dict[str, str]:
        """What Lambda sets, then what the function's configuration says."""
        return {
            **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
            "TZ": ":UTC",
            "PYTHONPATH": self._unpacked.python_path,
            "PYTHONDONTWRITEBYTECODE": "1",  # /var/task and /opt cannot be written
            "LAMBDA_TASK_ROOT": str(self._unpacked.task),
            "AWS_LAMBDA_RUNTIME_API": api.address,
            "AWS_LAMBDA_FUNCTION_NAME": self.package.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.package.memory_mb),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.package.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "local",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "_HANDLER": self.package.handler,
            **self.package.environment,
        }

    def _await(self, running: Running, limit_s: float) -> Outcome:
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            ended = running.process.poll() is not None
            outcome = running.api.outcome(POLL_S)
            if outcome is not None:
                return outcome
            if ended:
                self.stop()
                raise Crashed(f"{self.package.name} ended: {self._last_lines()}")
        self.stop()
        raise TimedOut(f"{self.package.name} gave no answer within {limit_s:.0f} s")

    def _last_lines(self) -> str:
        return " | ".join(self.log().strip().splitlines()[-LOG_LINES_SHOWN:])


@contextmanager
def running(package: Package) -> Iterator[LocalFunction]:
    """The function for as long as the block lasts; nothing of it is left afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="nanhai-lambda-"))
    try:
        function = LocalFunction(package, folder)
        try:
            yield function
        finally:
            function.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
