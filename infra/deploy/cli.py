"""`nanhai deploy` and `nanhai package`."""

from __future__ import annotations

import sys
from pathlib import Path
from subprocess import TimeoutExpired

import click
from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy import stages, templates
from infra.deploy.run import deploy, remove
from infra.deploy.stages import BadStage
from infra.deploy.target import DeployFault, Target
from infra.layers import LayerFault

FAULTS = (BadStage, DeployFault, LayerFault, BotoCoreError, ClientError, TimeoutExpired)


@click.command("deploy")
@click.option("--stage", required=True, help="Which deployment, as infra/stages.yaml names it.")
@click.option("--region", envvar="AWS_DEFAULT_REGION", required=True, help="AWS region.")
@click.option("--delete", is_flag=True, help="Take the stage down; tables, keys and evidence are kept.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(stage: str, region: str, *, delete: bool, yes: bool) -> None:
    """Bring a stage on AWS to what this working tree says. Prints its plan first; may be run again at any point."""
    try:
        target = Target(stages.load(stage), region, click.echo)
        (remove if delete else deploy)(target, ask=lambda question: yes or click.confirm(question))
    except FAULTS as fault:
        click.echo(f"nanhai deploy: {fault}", err=True)
        sys.exit(1)


@click.command("package")
@click.option("--stage", help="Which deployment the templates are for; without it one that is nowhere, to look at.")
@click.option("--region", envvar="AWS_DEFAULT_REGION", required=True, help="AWS region.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("build/package"), show_default=True)
def package(stage: str | None, region: str, out: Path) -> None:
    """Write each function's zip and SAM template, for those who deploy with CloudFormation."""
    try:
        wanted = stages.load(stage) if stage else stages.NOWHERE
        for line in templates.write(Target(wanted, region, click.echo), out):
            click.echo(line)
    except FAULTS as fault:
        click.echo(f"nanhai package: {fault}", err=True)
        sys.exit(1)
