"""A walk through everything that a table holds, in segments: by several workers, with a bar, and told in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # nanhai is imported once its environment is known
    from nanhai.store.walks import Walk

Step = Callable[["Walk"], "tuple[Walk, Counter[str]]"]  # how far it is then, and what became of the page


def through(walks: Sequence[Walk], step: Step, workers: int) -> Counter[str]:
    """What became of all of it; killed, it goes on from the last page of each segment."""
    said = Counter[str]()
    with click.progressbar(length=len(walks), label="segments") as bar, ThreadPoolExecutor(workers) as pool:
        for done in pool.map(partial(_segment, step), walks):
            said += done
            bar.update(1)
    return said


def tell(said: Counter[str]) -> None:
    """What did not go well, a line each."""
    for what, number in sorted(said.items()):
        click.echo(f"{number:,} × {what}", err=True)


def _segment(step: Step, walk: Walk) -> Counter[str]:
    said = Counter[str]()
    while not walk.finished:
        walk, done = step(walk)
        said += done
    return said
