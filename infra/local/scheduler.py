"""Runs what the apps declare with @app.schedule, by the platform's clock; a missed run is made up for once."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.local import queues
from infra.local.consumers import ScheduleConsumer
from infra.local.expressions import due
from infra.local.journal import Journal
from infra.local.work import Pause

LOG = logging.getLogger("nanhai.scheduler")
LOOK_EVERY_S = 0.5
TRIES_MAX = 3  # as Lambda invokes asynchronously: once and twice again
BETWEEN_TRIES_S = 2.0


@dataclass(frozen=True, slots=True)
class Scheduler:
    """One schedule; `step` runs it when it is due."""

    schedule: ScheduleConsumer
    journal: Journal
    now: Callable[[], int]
    pause: Pause

    def step(self) -> float:
        now = self.now()
        last = self._last(now)
        if now < last:  # the clock was moved back
            self._remember(now)
        elif due(self.schedule.expression, last, now):
            self._run(event(self._name, now))
            self._remember(now)
        return LOOK_EVERY_S

    def _run(self, scheduled: dict[str, Any]) -> None:
        for _ in range(TRIES_MAX):
            try:
                self.schedule.consumer(scheduled)
            except Exception:  # whatever a function raises, Lambda tries it again
                LOG.exception("schedule %s failed", self._name)
                self.pause(BETWEEN_TRIES_S)
            else:
                return
        queues.send(self.journal, self.schedule.consumer.failures, [json.dumps(scheduled)])

    def _last(self, now: int) -> int:
        """When it last ran; at the very first look a rate is due and a cron waits for its time."""
        row = self.journal.one("SELECT at FROM run WHERE schedule = ?", self._name)
        if row is not None:
            return int(row["at"])
        return 0 if self.schedule.expression.startswith("rate") else now

    def _remember(self, at: int) -> None:
        self.journal.write("INSERT OR REPLACE INTO run VALUES (?, ?)", self._name, at)

    @property
    def _name(self) -> str:
        return self.schedule.consumer.name


def event(name: str, now: int) -> dict[str, Any]:
    """What EventBridge hands to a scheduled function."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "local",
        "resources": [f"arn:aws:events:local:000000000000:rule/{name}"],
        "detail": {},
    }
