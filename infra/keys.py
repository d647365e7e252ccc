"""`nanhai keys`: the signing keys of a platform, and the removal of one that leaked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click

from infra.local.folder import Folder
from infra.operating import become, trace, where


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

    trace("keys.remove", f"key {kid}")
    here = platform()
    ring = rotation.remove(here, kid, here.now())
    trace("keys.remove", f"key {kid}", f"removed, ring {ring.version}")
    click.echo(f"removed; the ring has version {ring.version}. Gates take their next trust list within the hour.")


def _lines(ring: Any) -> Iterator[str]:  # noqa: ANN401 - nanhai is imported once its environment is known
    yield f"ring version {ring.version}"
    for key in ring.gates:
        begins, ends = (datetime.fromtimestamp(at, UTC).isoformat()[:16] for at in (key.not_before, key.not_after))
        yield f"{key.kid:>4}  {begins} to {ends}  {key.public.hex()[:16]}…"
    yield from (f"{kid:>4}  removed" for kid in sorted(ring.removed))
