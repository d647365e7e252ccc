"""What an operator delivers to the platform of the story, simulated and loaded by the commands that do it anywhere."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from infra.demo.people import Differs, Json, Stage
from infra.demo.scene import HERE
from infra.local.folder import Folder

if TYPE_CHECKING:  # numpy and DuckDB are read in when this part begins
    from infra.simulate.truth import Planted

PEOPLE, TOWERS_PER_TOWN, DAYS = 400, 20, 14
OPERATOR, DISTRICT = "china-mobile", "440605"
COMMAND_S_MAX = 120.0
STREAM_S_MAX = 60.0
NOTED_S = 0.5  # a look that began before may be noted so much later
INDEX = "index"  # consumes what is loaded


@dataclass(frozen=True, slots=True)
class Signalling:
    stage: Stage
    folder: Folder

    def simulate(self, until: date) -> str:
        """Writes a delivery with the platform's own key; says how much it is of."""
        options = ["--people", PEOPLE, "--days", DAYS, "--until", until, "--towers-per-town", TOWERS_PER_TOWN]
        return self._run(["simulate"], "--platform", "--out", self._made, *options)[-5]

    def load(self) -> str:
        """Towers and delivery, until the index has seen all of it; says how much came of it."""
        self._run(["trajectories", "towers"], self._made / "towers.csv")
        (delivery,) = (self._made / OPERATOR).glob("1_*.parquet")
        told = self._run(["trajectories", "load"], delivery)
        self._await_index(time.time())
        return told[-1]

    def planted(self, story: str) -> Planted:
        """Whose trip is known."""
        from infra.simulate import truth

        known = truth.planted(self._made / "truth" / "planted.json")
        return next(who for who in known if who.story == story)

    def tower(self) -> str:
        """One of the district."""
        lines = (self._made / "towers.csv").read_text("utf-8").splitlines()
        return next(line.split(",")[0] for line in lines if f",{DISTRICT}," in line)

    @property
    def _made(self) -> Path:
        return self.folder.path / "simulated"

    def _run(self, command: list[str], *arguments: object) -> list[str]:
        """The lines that this command of `nanhai` says, on the platform of the story."""
        words = [*command, "--data", str(self.folder.path), *map(str, arguments)]
        done = subprocess.run(
            [sys.executable, "-m", "infra.cli", *words], capture_output=True, text=True, timeout=COMMAND_S_MAX
        )
        if done.returncode:
            said = f"{done.stdout[-200:]} {done.stderr[-400:]}"
            raise Differs(f"nanhai {' '.join(command)}: exit code {done.returncode}: {said}")
        return done.stdout.strip().splitlines()

    def _await_index(self, since: float) -> None:
        until = time.monotonic() + STREAM_S_MAX
        while not any(_seen(stream, since) for stream in self.stage.get("/local/jobs")["streams"]):
            if time.monotonic() > until:
                raise Differs(f"the index did not catch up within {STREAM_S_MAX:.0f} s")
            time.sleep(0.2)


def _seen(stream: Json, since: float) -> bool:
    return bool(stream["consumer"] == INDEX and (stream["caught_up_at"] or 0) > since + NOTED_S)


def days(planted: Planted) -> list[date]:
    """The local days of somebody's trip."""
    if planted.trip is None:
        return []
    first, last = (datetime.fromtimestamp(at, HERE).date() for at in (planted.trip.since, planted.trip.until - 1))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def midnight(day: date) -> float:
    """With which it begins."""
    return datetime(day.year, day.month, day.day, tzinfo=HERE).timestamp()
