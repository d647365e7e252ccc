"""What every command of an operator shares: which platform it works on, and the trace that it leaves."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from infra.local.commands import data_option
from infra.local.environment import adopt
from infra.local.folder import Folder

Command = TypeVar("Command", bound=Callable[..., Any])
OPERATOR = "operator"
READ_TIMEOUT_S = "60"  # a page of a large table takes the local engine half a second, and eight threads ask


def where(command: Command) -> Command:
    """The running platform of --data, or a deployed stage."""
    stage = click.option("--stage", default="", help="A deployed stage instead of the local platform.")
    region = click.option("--region", envvar="AWS_DEFAULT_REGION", default="", help="AWS region, with --stage.")
    return data_option(stage(region(command)))


def trace(operation: str, subject: str, outcome: str | None = None) -> None:
    """Writes down what the operator does. Without an outcome, what is about to be done: nothing is done without it."""
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
        outcome=outcome or ASKED,
        correlation_id=here.new_ulid(here.now()),
    )
    audit.append([entry], here.now())


def become(folder: Folder, stage: str, region: str) -> None:
    """From here on this process works on the platform that `where` named."""
    from nanhai.store.connection import PATIENCE

    told = _deployed(stage, region) if stage else folder.running().environment
    adopt({**told, PATIENCE: READ_TIMEOUT_S})


def _deployed(stage: str, region: str) -> dict[str, str]:
    from infra.deploy import copies, foundation, stages
    from infra.deploy.target import Target

    if not region:
        click.echo("nanhai: --stage needs --region, or AWS_DEFAULT_REGION", err=True)
        sys.exit(2)
    try:
        target = Target(stages.load(stage), region, click.echo)
    except stages.BadStage as bad:
        click.echo(f"nanhai: {bad}", err=True)
        sys.exit(2)
    return {**os.environ, "AWS_DEFAULT_REGION": region, **copies.environment(target, foundation.outputs(target))}
