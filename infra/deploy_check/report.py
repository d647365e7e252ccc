"""One line for every step, when it is done; the first that fails ends the run."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field


class CheckFailed(Exception):
    """A step did not hold; its line has been printed."""


class Unexpected(Exception):
    """What was found is not what should be; the message says both."""


def expect(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        raise Unexpected(f"{what}: {found!r}, expected {wanted!r}")


@dataclass
class Report:
    began: float = field(default_factory=time.monotonic)
    steps: int = 0

    @contextmanager
    def step(self, name: str) -> Iterator[list[str]]:
        """Prints `name` with what the block adds to the list, or why it failed."""
        began, added = time.monotonic(), list[str]()
        try:
            yield added
        except Exception as fault:
            self.line("FAILED", time.monotonic() - began, f"{name}: {_why(fault)}")
            raise CheckFailed from fault
        self.steps += 1
        self.line("ok", time.monotonic() - began, name + "".join(f", {text}" for text in added))

    def line(self, mark: str, took_s: float, text: str) -> None:
        sys.stdout.write(f"{mark:6} {took_s:6.1f} s  {text}\n")
        sys.stdout.flush()

    def table(self, title: str, rows: Sequence[tuple[str, ...]]) -> None:
        """Columns as wide as they have to be: words to the left, figures to the right."""
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        sys.stdout.write(f"\n{title}\n")
        for first, *rest in rows:
            cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
            sys.stdout.write("  ".join(["", first.ljust(widths[0]), *cells]) + "\n")
        sys.stdout.write("\n")

    def end(self) -> None:
        self.line("ok", time.monotonic() - self.began, f"deploy-check: all {self.steps} steps hold")


def _why(fault: Exception) -> str:
    """Our own faults say it themselves; of any other the place is shown too."""
    if isinstance(fault, Unexpected):
        return str(fault)
    where = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__}: {fault} ({where.filename.rsplit('/', 1)[-1]}:{where.lineno})"
