"""A process that loads one file in small parts and says how far it is: to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from nanhai.services.trajectories import loads, staging
from nanhai.services.trajectories.loads import Delivery
from nanhai.services.trajectories.naming import Name

ROWS_PER_PART = 120


def main(file: str, operator: str, now: str, first: str, last: str) -> None:
    staging.ROWS_PER_PART = ROWS_PER_PART
    path, name = Path(file), Name(operator, 7, int(first), int(last))
    print("begins", flush=True)
    loads.run(Delivery(name, path, path.suffix[1:], "test"), int(now), path.parent / "parts", told)


def told(done: int, parts: int) -> None:
    print(f"{done} of {parts}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
