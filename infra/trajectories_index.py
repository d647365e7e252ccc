"""`nanhai trajectories index`: the index made anew from all that is stored."""

from __future__ import annotations

import sys
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

import click

from infra import walking
from infra.local.folder import Folder
from infra.operating import become, where

if TYPE_CHECKING:  # nanhai is imported once its environment is known
    from nanhai.services.platform import Platform
    from nanhai.store.walks import Walk

WORKERS = 8


@click.command()
@where
@click.option("--postings", is_flag=True, help="Who was in which cell, too: after a stream was trimmed unread.")
def index(folder: Folder, stage: str, region: str, *, postings: bool) -> None:
    """Records stays in affected areas anew, as the policy in force lists them.

    Killed anywhere and run again it goes on where it was; what is right already is left as it is. With --postings what
    was posted before lies there twice until its day is over, and changes no answer. Exit code 1: some people's records
    could not be written; run it again.
    """
    become(folder, stage, region)
    from nanhai.services.platform import platform
    from nanhai.services.trajectories import replaying

    here = platform()
    walks = replaying.begun(here, with_postings=postings)
    said = walking.through(walks, partial(_step, here, postings), WORKERS)
    click.echo(f"{said.pop('person-days', 0):,} person-days")
    walking.tell(said)
    sys.exit(1 if set(said) - {UNREADABLE} else 0)


UNREADABLE = "a day that cannot be read; it lies in quarantine"


def _step(here: Platform, postings: bool, walk: Walk) -> tuple[Walk, Counter[str]]:
    from nanhai.services.trajectories import replaying

    stepped = replaying.step(here, walk, with_postings=postings)
    said = Counter(type(why).__name__ for why in stepped.failed)
    said.update({"person-days": stepped.walk.done - walk.done, UNREADABLE: stepped.unreadable})
    return stepped.walk, said
