"""Plays the story, in three parts, on a platform of its own, one line a step, and ends it whatever happened."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import click
import httpx

from infra.demo.district import District
from infra.demo.people import Differs, Stage
from infra.demo.story import Story
from infra.demo.travels import Travels
from infra.local import cast
from infra.local.detached import Options, throw_away
from infra.local.engine import free_port
from infra.local.folder import Folder

LOG_LINES_MAX, LOG_CHARACTERS_MAX = 15, 300


@click.command()
def command() -> None:
    """Play the story over HTTP on a throw-away platform; exit code 1 at the first answer that differs.

    One pass from sign-in to release, then a district at work: an enterprise, a fever, a report, an appeal, masks; and
    what operators tell of phones: a pass, a lookup, who was together, a correction.
    """
    with tempfile.TemporaryDirectory(prefix="nanhai-demo-") as name:
        folder = Folder(Path(name).resolve())
        with throw_away(folder, Options(free_port())) as running, _told(folder):
            click.echo(f"a platform of its own at {running.base}")
            played = play(running.base, folder)
    click.echo(f"{played} steps, every answer as it should be")


def play(base: str, folder: Folder) -> int:
    """Plays every step on the platform at `base`; Differs at the first difference. Returns how many there were."""
    number, stage, played = 0, Stage(base), cast.read(folder)
    parts = (Story(stage, played), District(stage, played), Travels(stage, played, folder=folder))
    for number, (title, step) in enumerate(chain.from_iterable(part.steps() for part in parts), 1):
        click.echo(f"{number:>3}  {title}: ", nl=False)
        click.echo(step())
    return number


@contextmanager
def _told(folder: Folder) -> Iterator[None]:
    """What differed, and what the platform said meanwhile."""
    try:
        yield
    except (Differs, httpx.HTTPError, OSError, KeyError) as differs:
        click.echo(f"\ndemo: {type(differs).__name__}: {differs}", err=True)
        for log in sorted(folder.logs.glob("*.log")):
            for line in log.read_text("utf-8", "replace").splitlines()[-LOG_LINES_MAX:]:
                click.echo(f"  {log.stem}: {line[:LOG_CHARACTERS_MAX]}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    command()
