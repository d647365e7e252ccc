"""How the jobs of the platform run: each in a thread of its own, standing still while paused, ended together."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from infra.local import switches
from infra.local.journal import Journal

LOG = logging.getLogger("nanhai.jobs")
PAUSED_S = 0.1
AFTER_FAILURE_S = 1.0

Pause = Callable[[float], None]
Step = Callable[[], float]


class Ended(Exception):
    """The process is ending; what was begun is left to the next one."""


@dataclass(slots=True)
class Crew:
    """Threads that call their steps again and again, until `end`."""

    journal: Journal
    _ending: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, name: str, step: Step) -> None:
        """A step returns the seconds after which it wants to be called again."""
        thread = threading.Thread(target=self._run, args=(name, step), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def pause(self, seconds: float) -> None:
        """Waits; raises Ended when the process is ending."""
        if self._ending.wait(seconds):
            raise Ended

    def end(self, timeout_s: float = 10.0) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(timeout_s)

    def _run(self, name: str, step: Step) -> None:
        while not self._ending.is_set():
            self._ending.wait(self._once(name, step))

    def _once(self, name: str, step: Step) -> float:
        try:
            return PAUSED_S if switches.paused(self.journal) else step()
        except Ended:
            return 0.0
        except Exception:  # a dependency is down, or a bug: either way the job must be there when it is over
            LOG.exception("%s failed; it goes on in %s s", name, AFTER_FAILURE_S)
            return AFTER_FAILURE_S
