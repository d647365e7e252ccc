"""The commands under `nanhai inspect`. Each prints lines, at most as many as --limit says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, TypeVar

import click

from infra.local.commands import data_option
from infra.local.environment import adopt
from infra.local.folder import Folder
from infra.local.journal import Journal

LIMIT = 50
LIMIT_MAX = 10_000

Command = TypeVar("Command", bound=Callable[..., Any])


def limit_option(command: Command) -> Command:
    span = click.IntRange(1, LIMIT_MAX)
    return click.option("--limit", default=LIMIT, show_default=True, type=span, help="Lines at most.")(command)


@click.group()
def inspect() -> None:
    """Look at people, passes, queues, streams and the audit of the running platform. No personal data is opened."""


@inspect.command()
@data_option
@limit_option
@click.argument("person_id")
def person(folder: Folder, limit: int, person_id: str) -> None:
    """Head, records, pass and past of a person, by id."""
    adopt(folder.running().environment)
    from infra.local.inspect import holders

    _show(holders.person(person_id), limit)


@inspect.command("pass")
@data_option
@limit_option
@click.argument("person_id")
def shown_pass(folder: Folder, limit: int, person_id: str) -> None:
    """The colour of now, and the timeline as stored and as computed afresh."""
    adopt(folder.running().environment)
    from infra.local.inspect import holders

    _show(holders.shown_pass(person_id), limit)


@inspect.command()
@data_option
@limit_option
@click.option("--redrive", is_flag=True, help="Give the messages back to whom they were for.")
@click.argument("name", required=False)
def queue(folder: Folder, limit: int, name: str | None, *, redrive: bool) -> None:
    """Queues and how much waits in them; the messages of one; --redrive those of a failure queue."""
    adopt(folder.running().environment)
    from infra.local.inspect import waiting

    journal = Journal(folder.path)
    if name is None:
        _show(waiting.queues(journal), limit)
    elif redrive:
        _show(waiting.redrive(journal, name, limit), LIMIT_MAX)
    else:
        _show(waiting.messages(journal, name, limit), limit)


@inspect.command()
@data_option
@limit_option
@click.option("--redrive", is_flag=True, help="Apply them again; what works now is taken out.")
@click.argument("stream", type=click.Choice(["people", "passes", "scans", "notices"]))
def quarantine(folder: Folder, limit: int, stream: str, *, redrive: bool) -> None:
    """Stream records that could not be applied."""
    adopt(folder.running().environment)
    from infra.local.inspect import quarantined

    _show(quarantined.redrive(stream, limit) if redrive else quarantined.listed(stream, limit), limit)


@inspect.command()
@data_option
@limit_option
@click.option("--days", default=1, show_default=True, type=click.IntRange(1, 400), help="So many days back.")
def audit(folder: Folder, limit: int, days: int) -> None:
    """Whether the audit's chains hold together, and their last entries."""
    adopt(folder.running().environment)
    from infra.local.inspect import trail

    _show(trail.verified(days), limit)


@inspect.command()
@data_option
@limit_option
def counters(folder: Folder, limit: int) -> None:
    """How many passes each town has in each colour."""
    adopt(folder.running().environment)
    from infra.local.inspect import upkeep

    _show(upkeep.colours(), limit)


@inspect.command()
@data_option
@limit_option
@click.argument("job_id", required=False)
def jobs(folder: Folder, limit: int, job_id: str | None) -> None:
    """When schedules ran last; or how far a sweep or dry run has come."""
    adopt(folder.running().environment)
    from infra.local.inspect import upkeep

    _show(upkeep.schedules(Journal(folder.path)) if job_id is None else upkeep.job(job_id), limit)


@inspect.command()
@data_option
@limit_option
def streams(folder: Folder, limit: int) -> None:
    """How far each consumer of a stream has come, and its checkpoints."""
    folder.running()
    from infra.local.inspect import upkeep

    _show(upkeep.streams(Journal(folder.path)), limit)


def _show(lines: Iterable[str], limit: int) -> None:
    for line in islice(lines, limit):
        click.echo(line)
