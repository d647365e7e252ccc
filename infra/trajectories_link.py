"""`nanhai trajectories link`: the phones of whoever registered before trajectories were kept."""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import click

from infra.keys import become, where
from infra.local.folder import Folder

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

    here, said = platform(), Counter[str]()
    walks = linking.begun(here)
    with click.progressbar(length=len(walks), label="segments") as bar, ThreadPoolExecutor(WORKERS) as workers:
        for done in workers.map(partial(_segment, here), walks):
            said += done
            bar.update(1)
    click.echo(f"{said.pop(PEOPLE, 0):,} people, {said.pop(LINKED, 0):,} phones linked")
    for what, number in sorted(said.items()):
        click.echo(f"{number:,} × {what}", err=True)
    sys.exit(1 if said else 0)


def _segment(here: Platform, walk: Walk) -> Counter[str]:
    """What became of a segment, until it is finished."""
    from nanhai.services.trajectories import linking

    said = Counter[str]()
    while not walk.finished:
        stepped = linking.step(here, walk)
        said[PEOPLE] += stepped.walk.done - walk.done
        said[LINKED] += stepped.linked
        said.update(type(why).__name__ for why in stepped.failed)
        walk = stepped.walk
    return said
