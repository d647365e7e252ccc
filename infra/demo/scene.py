"""What every part of the story has: the clock of the platform, its days, and a way to say what differed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from infra.demo.people import SETTLE_S_MAX, Differs, Json, Officer, Stage

HERE = timezone(timedelta(hours=8))
DAY_S = 86_400
Step = tuple[str, Callable[[], str]]


def equal(seen: object, expected: object, what: str) -> None:
    if seen != expected:
        raise Differs(f"{what}: {seen!r} instead of {expected!r}")


def settle(reached: Callable[[], bool], otherwise: str) -> None:
    """Waits until something is so: the streams need a moment, never more than some seconds."""
    deadline = time.monotonic() + SETTLE_S_MAX
    while not reached():
        if time.monotonic() > deadline:
            raise Differs(otherwise)
        time.sleep(0.1)


def rfc3339(instant: float) -> str:
    return datetime.fromtimestamp(int(instant), UTC).isoformat().replace("+00:00", "Z")


@dataclass
class Scene:
    """`began`: nine o'clock of a Monday, from which its days are counted."""

    stage: Stage
    cast: Json
    began: int = field(init=False, default=0)

    def begin_on_monday(self, weeks: int) -> str:
        """Moves the platform's clock to the first Monday from now on, or to one some weeks later."""
        now = datetime.now(HERE)
        monday = now + timedelta(days=7 * weeks - now.weekday())
        self.began = int(monday.replace(hour=9, minute=0, second=0, microsecond=0).timestamp())
        self.at(self.began)
        return datetime.fromtimestamp(self.began, HERE).strftime("%Y-%m-%d %H:%M")

    def at(self, instant: int) -> None:
        self.stage.move_clock(instant - int(time.time()))

    def day(self, days: int, hour: float = 9) -> int:
        return self.began + days * DAY_S + int((hour - 9) * 3_600)

    def case_of(self, officer: Officer, kind: str, person: str) -> str:
        """The case that the stream opened when somebody's pass turned yellow or red, of this day."""
        today = rfc3339(self.stage.now() - DAY_S)
        found: list[str] = []

        def is_theirs(case: Json) -> bool:
            read = officer.send("GET", f"/casework/cases/{case['case_id']}", expect=200)
            return bool(read["person_id"] == person)

        def opened() -> bool:
            listed = officer.send("GET", "/casework/cases", expect=200, kind=kind, limit="100")["cases"]
            found[:] = [case["case_id"] for case in listed if case["opened_at"] >= today and is_theirs(case)]
            return bool(found)

        settle(opened, f"no case of {kind} was opened")
        return found[0]

    def identity_body(self, index: int) -> Json:
        row = self.cast["identities"][index]
        return {"name": row["name"], "id_type": row["id_type"], "id_number": row["id_number"]}
