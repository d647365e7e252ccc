"""`nanhai up`, `down`, `status`, `reset`, `seed`, `credentials` and `code`: the local platform at the command line."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from infra.local import detached
from infra.local.detached import Options
from infra.local.environment import adopt
from infra.local.folder import Folder, Running
from infra.local.trouble import AlreadyRunning, NotRunning, Trouble

PORT = 8440
FIRST_PEOPLE = 40
STOP_S_MAX = 60.0
ENGINES = ("dynoxide", "dynamodb-local")

Command = TypeVar("Command", bound=Callable[..., Any])


def data_option(command: Command) -> Command:
    option = click.option(
        "--data",
        "folder",
        default=".local",
        show_default=True,
        callback=lambda _context, _parameter, value: Folder(Path(value).resolve()),
        help="Folder with everything that the platform keeps.",
    )
    return option(command)


@click.command()
@data_option
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65_535), help="On 127.0.0.1.")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    help="DynamoDB; else the folder's, else dynoxide.",
)
@click.option("--dynamodb-endpoint", "endpoint", default="", help="URL of a DynamoDB that runs already.")
@click.option("--seed/--no-seed", "seeds", default=True, help="Whether an empty platform gets a small district.")
@click.option("--detach", is_flag=True, help="Return as soon as it serves.")
@click.option("--quiet", is_flag=True, help="Print no credentials.")
def up(
    folder: Folder,
    port: int,
    engine: str | None,
    endpoint: str,
    *,
    seeds: bool,
    detach: bool,
    quiet: bool,
) -> None:
    """Serve the whole platform on this machine: engine, functions, streams, queues, schedules, SMS inbox.

    Loopback only. Whatever dies is started again. Ctrl+C or `nanhai down` ends it; the data stay.
    """
    if detach:
        _announce(folder, detached.start(folder, Options(port, engine, endpoint, seeds=seeds)), quiet=quiet)
        return
    from infra.local.supervisor import Plan, run

    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    plan = Plan(folder, port, engine, endpoint, _first_district if seeds else lambda _: None)
    run(plan, ending, lambda running: _announce(folder, running, quiet=quiet))


@click.command()
@data_option
def down(folder: Folder) -> None:
    """End the platform; its data stay."""
    os.kill(folder.running().pid, signal.SIGTERM)
    until = time.monotonic() + STOP_S_MAX
    while folder.is_held:
        if time.monotonic() > until:
            raise Trouble(f"the platform on {folder.path} did not end within {STOP_S_MAX:.0f} s")
        time.sleep(0.1)
    click.echo("ended; nanhai up goes on where it was")


@click.command()
@data_option
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(folder: Folder, *, as_json: bool) -> None:
    """How the platform is: its processes, how far its streams are, what waits in its queues."""
    from infra.local import condition

    found = condition.read(folder)
    click.echo(json.dumps(found, indent=2) if as_json else condition.told(found))
    if not found["healthy"]:
        raise Trouble("the gateway does not answer")


@click.command()
@data_option
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(folder: Folder, *, yes: bool) -> None:
    """Delete all data of a platform that does not run."""
    if not folder.path.exists():
        raise NotRunning(f"{folder.path} does not exist: there is nothing to delete")
    if folder.is_held:
        raise AlreadyRunning(f"a platform runs on {folder.path}; nanhai down ends it")
    if not yes:
        click.confirm(f"Delete every person, pass and key in {folder.path}?", abort=True)
    folder.clear()
    click.echo("deleted")


@click.command()
@data_option
@click.option("--people", required=True, type=click.IntRange(1, 3_000_000), help="How many there are in the end.")
@click.option("--seed", "number", default=1, show_default=True, help="The same number gives the same district.")
def seed(folder: Folder, people: int, number: int) -> None:
    """Write a synthetic district into the running platform: people in each colour, staff of each role, gates.

    May be interrupted and run again: who is there already is not written twice.
    """
    from infra.local import seed as seeding

    adopt(folder.running().environment)
    click.echo(seeding.district(folder, people, number))


@click.command()
@data_option
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def credentials(folder: Folder, *, as_json: bool) -> None:
    """Who can sign in, and how."""
    from infra.local import cast

    found = cast.read(folder)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else cast.told(found))


@click.command()
@data_option
@click.argument("staff_id")
def code(folder: Folder, staff_id: str) -> None:
    """The one-time code of a member of staff, as of the platform's clock."""
    from infra.local import cast

    click.echo(cast.one_time_code(folder, staff_id))


def _first_district(folder: Folder) -> None:
    if not folder.credentials.exists():
        from infra.local import seed as seeding

        click.echo(seeding.district(folder, FIRST_PEOPLE))


def _announce(folder: Folder, running: Running, *, quiet: bool) -> None:
    from infra.local import cast

    if not quiet and folder.credentials.exists():
        click.echo(cast.told(cast.read(folder)))
    click.echo(f"the platform serves {running.base}/ (SMS inbox: {running.base}/local/inbox)")
    click.echo(f"its data stay in {folder.path}; nanhai down ends it")
