"""`nanhai clinics`: the fever clinics that the self-check names, loaded by the operator who answers for the list."""

from __future__ import annotations

from pathlib import Path

import click

from infra.local.folder import Folder
from infra.local.trouble import Trouble
from infra.operating import become, where


@click.group()
def clinics() -> None:
    """Fever clinics that people are sent to."""


@clinics.command()
@where
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(folder: Folder, stage: str, region: str, file: Path) -> None:
    """Puts the list in FILE in place of the one before.

    FILE is JSON: {"district": "440605", "as_of": "2020-03-03", "source": "who answers for it", "clinics": [{"name":
    "…", "division": "440605011" or a community, "address": "…", "phone": "0757-…", "hours": "…"}]}.
    """
    become(folder, stage, region)
    from nanhai.services.platform import platform
    from nanhai.services.triage.clinics import BadClinics
    from nanhai.services.triage.clinics import load as loaded
    from nanhai.vault.stages import LOCAL_STAGES

    settings = platform().settings
    try:
        number = loaded(settings.district, file.read_bytes(), local=settings.stage in LOCAL_STAGES)
    except BadClinics as bad:
        raise Trouble(f"{file}: {bad}") from None
    click.echo(f"{number} fever clinics")
