"""The processes of one platform: started, watched, started again when they die, ended in order."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.engine import die_with_parent, end
from infra.local.trouble import Trouble

LOG = logging.getLogger("nanhai.platform")
LOG_BYTES_MAX = 10_000_000
QUICK_DEATH_S = 3.0
QUICK_DEATHS_MAX = 5
AGAIN_AFTER_S = 0.2

Process = subprocess.Popen[bytes]


@dataclass(slots=True)
class Child:
    """A process that has to be there. `start` starts one that answers, or raises Trouble."""

    name: str
    start: Callable[[], Process]
    process: Process | None = None
    _started_at: float = 0.0
    _quick_deaths: int = 0

    def ensure(self) -> None:
        """Starts it when it is not there; Trouble when it dies as often as it is started."""
        if self.process is not None and self.process.poll() is None:
            return
        if self.process is not None:
            self._mourn(self.process.returncode)
        self._started_at = time.monotonic()
        self.process = self.start()

    def stop(self) -> None:
        end(self.process)

    def _mourn(self, code: int) -> None:
        LOG.warning("%s ended (%s); starting it again", self.name, code)
        quick = time.monotonic() - self._started_at < QUICK_DEATH_S
        self._quick_deaths = self._quick_deaths + 1 if quick else 0
        if self._quick_deaths >= QUICK_DEATHS_MAX:
            raise Trouble(f"{self.name} ends as soon as it is started; see its log")
        time.sleep(AGAIN_AFTER_S * self._quick_deaths)


@dataclass(frozen=True, slots=True)
class Python:
    """How this platform's own modules are run."""

    environment: Mapping[str, str]
    logs: Path = field(default_factory=Path)

    def __call__(self, module: str, *arguments: str) -> Process:
        log = self.logs / f"{module.rsplit('.', 1)[-1]}.log"
        if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
            log.replace(log.with_suffix(".old"))
        with log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
