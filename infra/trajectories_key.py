"""`nanhai trajectories key`: the key that operators name phones with, for whoever hands it to them."""

from __future__ import annotations

import os
from pathlib import Path

import click

from infra.local.folder import Folder
from infra.operating import become, trace, where


@click.command()
@where
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def key(folder: Folder, stage: str, region: str, file: Path) -> None:
    """Writes the operators' key to FILE, in hex, for its owner's eyes; audited.

    A phone's pseudonym is HMAC-SHA256 of its number (+86 and eleven digits) under this key, the first 16 bytes in hex.
    Whoever has the key and a number can name it: hand it over sealed, and delete the file. FILE must not be there yet.
    """
    become(folder, stage, region)
    from nanhai.services.platform import platform
    from nanhai.services.trajectories.phones import operators_key

    here = platform()
    try:
        made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as refused:
        raise click.BadParameter(f"{file}: {refused.strerror}", param_hint="FILE") from None
    with open(made, "w", encoding="ascii") as out:  # noqa: PTH123 - it was made for nobody else to read
        trace("trajectories.key", "operators' key")
        out.write(operators_key(here).hex() + "\n")
    click.echo(f"written to {file}")
