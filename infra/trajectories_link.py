"""`nanhai trajectories link`: the phones of whoever registered before trajectories were kept."""

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

WORKERS = 4
LINKED, PEOPLE = "linked", "people"


@click.command()
@where
def link(folder: Folder, stage: str, region: str) -> None:
    """Links the phones of people who registered before this release, as a registration does since: once, after it.

    Killed anywhere and run again it goes on where it was; whoever is linked is left alone. Exit code 1: some people
    could not be read; run it again.
    """
    become(folder, stage, region)
    from nanhai.services.platform import platform
    from nanhai.services.trajectories import linking

    here = platform()
    said = walking.through(linking.begun(here), partial(_step, here), WORKERS)
    click.echo(f"{said.pop(PEOPLE, 0):,} people, {said.pop(LINKED, 0):,} phones linked")
    walking.tell(said)
    sys.exit(1 if said else 0)


def _step(here: Platform, walk: Walk) -> tuple[Walk, Counter[str]]:
    from nanhai.services.trajectories import linking

    stepped = linking.step(here, walk)
    said = Counter(type(why).__name__ for why in stepped.failed)
    said.update({PEOPLE: stepped.walk.done - walk.done, LINKED: stepped.linked})
    return stepped.walk, said
