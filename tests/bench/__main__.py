"""`python -m tests.bench [name …]`: measures all or the named, prints a table, writes build/bench.json.

A goal that is missed fails nothing; a thing that could not be measured does.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.functions import ROOT
from tests.bench import (
    co_presence,
    cold,
    counts,
    masks,
    mornings,
    offices,
    packages,
    recolour,
    scanning,
    showing,
    tokens,
    trajectories_ingest,
    trajectory_writes,
)
from tests.bench.compare import Result
from tests.bench.ground import Ground, ground

OUT = ROOT / "build" / "bench.json"


@dataclass(frozen=True, slots=True)
class Suite:
    """Benchmarks that are measured together; those with `on_ground` stand on an engine."""

    names: tuple[str, ...]
    results: Callable[..., Iterator[Result]]
    on_ground: bool = True

    def run(self, stands: Callable[[], Ground]) -> list[Result]:
        return list(self.results(stands()) if self.on_ground else self.results())


SUITES = (
    Suite(("token-make", "token-check"), tokens.results, on_ground=False),
    Suite(("package-size", "package-app-zip-kb", "package-layers-mb"), packages.results, on_ground=False),
    Suite(("pass-display",), showing.results),
    Suite(("gate-scan",), scanning.results),
    Suite(counts.NAMES, counts.results),
    Suite(mornings.NAMES, mornings.results),
    Suite(masks.NAMES, masks.results),
    Suite(offices.NAMES, offices.results),
    Suite(trajectories_ingest.NAMES, trajectories_ingest.results, on_ground=False),
    Suite(trajectory_writes.NAMES, trajectory_writes.results),
    Suite(co_presence.NAMES, co_presence.results, on_ground=False),
    Suite(("cold-start",), cold.results),
    Suite(("recolour",), recolour.results),
)
NAMES = tuple(name for suite in SUITES for name in suite.names)


def main(wanted: Sequence[str]) -> int:
    if unknown := sorted(set(wanted) - set(NAMES)):
        sys.stderr.write(f"bench: no benchmark is called {', '.join(unknown)}; there are {', '.join(NAMES)}\n")
        return 2
    chosen = set(wanted or NAMES)
    failed: list[str] = []
    with ExitStack() as stack:
        stands = _once(lambda: stack.enter_context(ground()))
        measured = [result for suite in SUITES for result in _measured(suite, chosen, stands, failed)]
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps([asdict(result) for result in measured], indent=1) + "\n", "utf-8")
    sys.stdout.write(table(measured))
    if failed:
        sys.stderr.write(f"bench: could not be measured: {', '.join(failed)}\n")
    return 1 if failed else 0


def table(results: Iterable[Result]) -> str:
    rows = [("benchmark", "ours", "peer's", "unit", "ratio", "goal", "met", "peer"), *map(_row, results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines) + "\n"


def _row(result: Result) -> tuple[str, ...]:
    theirs = f"{result.theirs:,.2f}" if result.theirs else "-"
    met = "yes" if result.is_met else "NO"
    return (
        result.name,
        f"{result.ours:,.2f}",
        theirs,
        result.unit,
        f"{result.ratio:g}",
        result.goal,
        met,
        f"{result.peer} ({result.samples})",
    )


def _measured(suite: Suite, chosen: set[str], stands: Callable[[], Ground], failed: list[str]) -> list[Result]:
    """What was asked for of a suite; a suite that breaks is told and keeps no other from being measured."""
    names = [name for name in suite.names if name in chosen]
    if not names:
        return []
    sys.stderr.write(f"bench: {', '.join(names)}\n")
    try:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):  # the apps' log lines
            found = suite.run(stands)
    except Exception:
        sys.stderr.write(traceback.format_exc())
        failed += names
        return []
    return [result for result in found if result.name in chosen]


def _once(make: Callable[[], Ground]) -> Callable[[], Ground]:
    made: list[Ground] = []

    def stands() -> Ground:
        if not made:
            made.append(make())
        return made[0]

    return stands


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
