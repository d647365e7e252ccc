"""`nanhai staff`: who is on the staff of a platform, appointed and dismissed by its operator."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from infra.local.folder import Folder
from infra.operating import become, trace, where

if TYPE_CHECKING:  # nanhai is imported once its environment is known
    from nanhai.domain.errors import Refusal
    from nanhai.services.identity.appointments import Appointment
    from nanhai.store.staff import StaffRecord

ROLES = (
    "guard", "community-officer", "town-officer", "district-command", "health-authority", "hospital",
    "department-feed", "security-admin", "auditor",
)  # fmt: skip
RESIDENT = "10"


@click.group()
def staff() -> None:
    """The staff: appoint, dismiss, let an account move to another device."""


@staff.command("list")
@where
def listed(folder: Folder, stage: str, region: str) -> None:
    """Everybody who was ever appointed: id, role, scope, organisation, gate, and whether on duty."""
    become(folder, stage, region)
    from nanhai.services.identity import appointments

    for record in sorted(appointments.listed(), key=lambda record: record.staff_id):
        click.echo(_line(record))


@staff.command()
@where
@click.argument("staff_id")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--scope", required=True, help="Code of the community, town or district they see.")
@click.option("--organisation", required=True, help="Maker and checker of an isolation belong to two of them.")
@click.option("--kind", default="office", show_default=True, help="What kind of organisation it is.")
@click.option("--gate", default="", help="A guard's gate.")
@click.option("--id-type", default=RESIDENT, show_default=True, help="Kind of their own document.")
@click.option(
    "--id-number",
    prompt="ID number of the member (empty: none)",
    default="",
    show_default=False,
    envvar="NANHAI_STAFF_ID_NUMBER",
    help="Asked for when not given, so that it stays out of the shell's history.",
)
def appoint(folder: Folder, stage: str, region: str, staff_id: str, **told: str) -> None:
    """Appoints STAFF_ID and prints password and one-time secret, once: hand them over and keep no copy."""
    become(folder, stage, region)
    from nanhai.domain.actors import Role
    from nanhai.services.identity import appointments
    from nanhai.services.identity.appointments import Appointment
    from nanhai.services.platform import platform

    new = Appointment(
        staff_id,
        Role(told["role"]),
        told["scope"],
        told["organisation"],
        told["kind"],
        told["gate"],
        told["id_type"],
        told["id_number"],
    )
    credentials = appointments.fresh()
    trace("staff.appoint", staff_id)
    with _told_line_by_line():
        record = appointments.appoint(platform(), new, credentials)
    click.echo(_line(record))
    click.echo(f"password          {credentials.password}")
    click.echo(f"one-time secret   {credentials.totp_secret}")
    _warn(new)


@staff.command()
@where
@click.argument("staff_id")
def dismiss(folder: Folder, stage: str, region: str, staff_id: str) -> None:
    """Dismisses STAFF_ID for good; felt everywhere within a minute."""
    become(folder, stage, region)
    from nanhai.domain.identifiers import StaffId
    from nanhai.services.identity import appointments

    trace("staff.dismiss", staff_id)
    with _told_line_by_line():
        appointments.dismiss(StaffId(staff_id))
    click.echo(f"{staff_id} is off duty; sessions end within a minute")


@staff.command()
@where
@click.argument("staff_id")
def unbind(folder: Folder, stage: str, region: str, staff_id: str) -> None:
    """Lets STAFF_ID sign in on another device, which is then the only one."""
    become(folder, stage, region)
    from nanhai.domain.identifiers import StaffId
    from nanhai.services.identity import appointments

    trace("staff.unbind", staff_id)
    with _told_line_by_line():
        appointments.unbind(StaffId(staff_id))
    click.echo(f"the next sign-in of {staff_id} binds its device")


def _line(record: StaffRecord) -> str:
    gate = f", gate {record.gate}" if record.gate else ""
    duty = "on duty" if record.active else "dismissed"
    device = "bound" if record.device else "no device yet"
    return f"{record.staff_id:<24} {record.role.value}, {record.scope}, {record.organisation}{gate}: {duty}, {device}"


def _warn(new: Appointment) -> None:
    if not new.id_number:
        click.echo("no ID number: nobody notices when this member acts on their own pass", err=True)


@contextmanager
def _told_line_by_line() -> Iterator[None]:
    """A refusal ends the process, and every fault has a line of its own."""
    from nanhai.domain.errors import Refusal

    try:
        yield
    except Refusal as refusal:
        for line in _reasons(refusal):
            click.echo(f"nanhai: {line}", err=True)
        sys.exit(1)


def _reasons(refusal: Refusal) -> Iterator[str]:
    from nanhai.texts import text

    if not refusal.faults:
        yield text(refusal.code, "en", refusal.params)
    for fault in refusal.faults:
        yield f"{fault.pointer[1:].replace('_', '-')}: {text(fault.code, 'en', fault.params)}"
