"""`nanhai keys`: the signing keys of a platform, and the removal of one that leaked."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from infra.local.commands import data_option
from infra.local.environment import adopt
from infra.local.folder import Folder

Command = TypeVar("Command", bound=Callable[..., Any])
OPERATOR = "operator"


def where(command: Command) -> Command:
    """The running platform of --data, or a deployed stage."""
    stage = click.option("--stage", default="", help="A deployed stage instead of the local platform.")
    region = click.option("--region", envvar="AWS_DEFAULT_REGION", default="", help="AWS region, with --stage.")
    return data_option(stage(region(command)))


def trace(operation: str, subject: str) -> None:
    """Writes down what the operator is about to do, before it is done: nothing of it is done without a trace."""
    from nanhai.services.platform import platform
    from nanhai.services.trail import ASKED
    from nanhai.store import audit
    from nanhai.store.audit import AuditEntry

    here = platform()
    entry = AuditEntry(
        actor=OPERATOR,
        role="system",
        operation=operation,
        subject=subject,
        outcome=ASKED,
        correlation_id=here.new_ulid(here.now()),
    )
    audit.append([entry], here.now())


@click.group()
def keys() -> None:
    """Signing keys of passes, and the removal of one that leaked."""


@keys.command("list")
@where
def listed(folder: Folder, stage: str, region: str) -> None:
    """Every key: number, the day it signs for (UTC), and whether it was removed."""
    become(folder, stage, region)
    from nanhai.services.platform import platform

    ring = platform().ring
    for line in _lines(ring):
        click.echo(line)


@keys.command()
@where
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("kid", type=click.IntRange(0, 255))
def remove(folder: Folder, stage: str, region: str, kid: int, *, yes: bool) -> None:
    """Removes key KID for good: no pass that it signed verifies any more, here or at a gate."""
    become(folder, stage, region)
    if not yes:
        click.confirm(
            f"Remove key {kid} for good? Phones renew within minutes; paper passes it signed end.", abort=True
        )
    from nanhai.services import rotation
    from nanhai.services.platform import platform
    from nanhai.store import audit
    from nanhai.store.audit import AuditEntry

    here = platform()
    ring = rotation.remove(here, kid, here.now())
    entry = AuditEntry(
        actor=OPERATOR,
        role="system",
        operation="keys.remove",
        subject=f"key {kid}",
        outcome="removed",
        correlation_id=f"ring {ring.version}",
    )
    audit.append([entry], here.now())
    click.echo(f"removed; the ring has version {ring.version}. Gates take their next trust list within the hour.")


def _lines(ring: Any) -> Iterator[str]:  # noqa: ANN401 - nanhai is imported once its environment is known
    yield f"ring version {ring.version}"
    for key in ring.gates:
        begins, ends = (datetime.fromtimestamp(at, UTC).isoformat()[:16] for at in (key.not_before, key.not_after))
        yield f"{key.kid:>4}  {begins} to {ends}  {key.public.hex()[:16]}…"
    yield from (f"{kid:>4}  removed" for kid in sorted(ring.removed))


def become(folder: Folder, stage: str, region: str) -> None:
    """From here on this process works on the platform that `where` named."""
    adopt(_deployed(stage, region) if stage else folder.running().environment)


def _deployed(stage: str, region: str) -> dict[str, str]:
    from infra.deploy import copies, foundation, stages
    from infra.deploy.target import Target

    if not region:
        click.echo("nanhai: --stage needs --region, or AWS_DEFAULT_REGION", err=True)
        sys.exit(2)
    target = Target(stages.load(stage), region, click.echo)
    return {**os.environ, "AWS_DEFAULT_REGION": region, **copies.environment(target, foundation.outputs(target))}
