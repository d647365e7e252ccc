"""The operator's command line. What a command needs is imported when it runs, so that help is quick."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from infra.local.trouble import Trouble, exit_codes

EPILOG = "\b\n" + exit_codes()


class Lazy(click.Command):
    """A command that is imported only when it is called."""

    def __init__(self, name: str, where: str, short_help: str) -> None:
        super().__init__(name, short_help=short_help)
        self._where = where

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401 - as click declares it
    ) -> click.Context:
        module, _, attribute = self._where.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        if module.startswith("infra.local"):
            command.epilog = EPILOG
        return command.make_context(info_name, args, parent, **extra)


class Commands(click.Group):
    """Says what went wrong in one line, with the exit code that the table in --help gives it."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Trouble as trouble:
            click.echo(f"nanhai: {trouble}", err=True)
            sys.exit(trouble.exit_code)
        except Exception as failed:
            words = _words(failed)
            if words is None:
                raise
            click.echo(f"nanhai: {words}", err=True)
            sys.exit(Trouble.exit_code)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)  # in the order below, not of the alphabet


def _words(failed: Exception) -> str | None:
    """What to say of a refusal of the platform, of AWS or of the file system, None of all else. What they are is
    imported here alone, once something has failed."""
    from botocore.exceptions import BotoCoreError, ClientError
    from nanhai.domain.errors import Refusal
    from nanhai.texts import text

    match failed:
        case Refusal():
            return f"{failed.code}: {text(failed.code, 'en', failed.params)}"
        case BotoCoreError() | ClientError():
            return f"{type(failed).__name__}: {failed}"
        case OSError() if failed.filename is not None:
            return f"{failed.filename}: {failed.strerror}"
    return None


@click.group(cls=Commands, epilog=EPILOG)
def main() -> None:
    """Nanhai Pass: the local platform, and deployment to AWS."""


for name, where, short_help in (
    ("up", "infra.local.commands:up", "Serve the whole platform on this machine."),
    ("down", "infra.local.commands:down", "End the platform; its data stay."),
    ("status", "infra.local.commands:status", "How the platform is, and how far its streams are."),
    ("reset", "infra.local.commands:reset", "Delete all data of a platform that does not run."),
    ("seed", "infra.local.commands:seed", "Write a synthetic district into the running platform."),
    ("credentials", "infra.local.commands:credentials", "Who can sign in, and how."),
    ("code", "infra.local.commands:code", "The one-time code of a member of staff, as of now."),
    ("inspect", "infra.local.inspect.commands:inspect", "Look at people, passes, queues, streams, audit."),
    ("keys", "infra.keys:keys", "Signing keys, and the removal of one that leaked."),
    ("staff", "infra.staff:staff", "Appoint, dismiss and unbind members of the staff."),
    ("places", "infra.places:places", "Load the places by which addresses are found."),
    ("clinics", "infra.clinics:clinics", "Load the fever clinics that the self-check names."),
    ("masks", "infra.masks:masks", "Draw a round of masks again, from what is public."),
    ("trajectories", "infra.trajectories:trajectories", "Load operators' towers and signalling."),
    ("simulate", "infra.simulate.commands:simulate", "Write a synthetic district's phone signalling, and its truth."),
    ("demo", "infra.demo.run:command", "Play the story of one pass on a throw-away platform."),
    ("deploy", "infra.deploy.cli:command", "Bring a stage on AWS to what this working tree says."),
    ("package", "infra.deploy.cli:package", "Write zips and SAM templates for CloudFormation."),
):
    main.add_command(Lazy(name, where, short_help))


if __name__ == "__main__":
    main(prog_name="nanhai")
