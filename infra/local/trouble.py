"""What can keep the local platform from running: each with one clear line and an exit code of its own."""

from __future__ import annotations

from typing import ClassVar


class Trouble(Exception):
    """Said in one line on standard error; the process ends with `exit_code`."""

    exit_code: ClassVar[int] = 1
    meaning: ClassVar[str] = "something else went wrong"


class PortTaken(Trouble):
    exit_code = 3
    meaning = "the port is taken"


class BrokenData(Trouble):
    exit_code = 4
    meaning = "the data folder cannot be used"


class AlreadyRunning(Trouble):
    exit_code = 5
    meaning = "another platform runs on this data folder"


class NoJava(Trouble):
    exit_code = 6
    meaning = "the chosen engine needs Java 17 or newer"


class NoEngine(Trouble):
    exit_code = 7
    meaning = "the database engine could not be fetched or started"


class NotRunning(Trouble):
    exit_code = 8
    meaning = "no platform runs on this data folder"


def exit_codes() -> str:
    """The table of exit codes, for --help."""
    kinds: list[type[Trouble]] = [Trouble, *Trouble.__subclasses__()]
    rows = {0: "done", 2: "wrong usage"} | {kind.exit_code: kind.meaning for kind in kinds}
    return "\n".join(["Exit codes:", *(f"  {code}  {rows[code]}" for code in sorted(rows))])
