"""A load that is killed anywhere, and run again until it ends, leaves what an unbroken one leaves."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nanhai.domain.days import local_day
from nanhai.domain.sightings import revision
from nanhai.services.trajectories import checksum
from nanhai.store import loads as store

from tests.services.trajectories import deliveries, loader
from tests.services.trajectories.deliveries import OPERATOR
from tests.store.builders import NOW, everything

PEOPLE, KILLS = 60, 4
TODAY = local_day(NOW)


def started(file: Path, days_later: int) -> subprocess.Popen:
    command = [sys.executable, loader.__file__, str(file), OPERATOR, str(NOW + days_later * 86_400)]
    command += [str(TODAY - 14), str(TODAY)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def killed(process: subprocess.Popen, after_lines: int, then_s: float) -> bool:
    """Whether it was killed so long after it said so many lines, or had ended by then."""
    with process:
        for _ in range(after_lines):
            process.stdout.readline()
        time.sleep(then_s)
        process.kill()
        process.stdout.read()
    return process.returncode != 0


@pytest.mark.parametrize(("form", "seed"), [("parquet", 1), ("csv", 2)])
def test_killed_anywhere_and_run_again_it_leaves_what_an_unbroken_load_leaves(durable, tmp_path, form, seed):
    dice = random.Random(seed)
    deliveries.load_towers(NOW)
    told = deliveries.rows(PEOPLE, range(TODAY - 5, TODAY + 1), seed)
    file = deliveries.FORMS[form](tmp_path / f"d.{form}", told)
    points = [1, *(dice.randint(1, 9) for _ in range(KILLS - 1))]  # the first one while it is read through
    broken, later = [], 0
    for lines in points:
        broken.append(killed(started(file, later), lines, dice.uniform(0, 0.12)))
        later += store.get(OPERATOR, 7) is not None  # the days that were kept when it was begun stay its days
    assert any(broken)
    with started(file, later) as last:
        last.stdout.read()
    assert last.returncode == 0
    assert checksum.of_table() == checksum.of(deliveries.expected(told, revision(7, 1), NOW))
    load = store.get(OPERATOR, 7)
    assert len(store.finished(load)) == load.staged.parts == -(-len(told) // loader.ROWS_PER_PART)
    assert {day["at"]["N"] for day in everything("sightings")} == {str(load.at)}
    assert list((tmp_path / "parts").iterdir()) == []
