"""The steps of a filing as they are stored and told: the plan in the clear, of persons and free text only the seal."""

from __future__ import annotations

import msgspec

from nanhai.domain import masking
from nanhai.services.enterprises import schemas
from nanhai.services.enterprises.known import Known
from nanhai.services.enterprises.schemas import Contact, Plan
from nanhai.services.schemas import moment
from nanhai.store.organisations import Step


class Personal(msgspec.Struct, frozen=True, array_like=True):
    """The sealed part of a step. Fields are only ever added at the end, so that older ones keep opening."""

    contact: Contact | None
    reasons: list[str]


def sealed(known: Known, number: int, contact: Contact | None, reasons: list[str]) -> bytes | None:
    if contact is None and not reasons:
        return None
    return known.seal(Personal(contact, reasons), place(number))


def told(known: Known, step: Step, *, full: bool = False) -> schemas.Step:
    """As others may see it; `full`: with the contact as it was typed."""
    personal = Personal(None, [])
    if step.sealed is not None:
        personal = msgspec.json.decode(known.open_(step.sealed, place(step.number)), type=Personal)
    return schemas.Step(
        revision=step.revision,
        action=step.action.value,
        state=step.state.value,
        at=moment(step.at),
        by=step.role,
        plan=None if step.plan is None else msgspec.json.decode(step.plan, type=Plan),
        contact=personal.contact if full else _masked(personal.contact),
        reasons=personal.reasons,
    )


def place(number: int) -> str:
    return f"step#{number}"


def _masked(contact: Contact | None) -> Contact | None:
    return None if contact is None else Contact(masking.name(contact.name), masking.phone(contact.phone))
