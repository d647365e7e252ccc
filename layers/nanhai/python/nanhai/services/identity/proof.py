"""Real-name identity: what was typed is checked for meaning, then the register is asked whether it is one person."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from nanhai.domain import resident_id
from nanhai.domain.days import DAY_S, local_date
from nanhai.domain.errors import Fault, Refusal
from nanhai.domain.identifiers import Instant
from nanhai.services.identity.limits import Limit
from nanhai.services.identity.schemas import Identity
from nanhai.services.platform import Platform
from nanhai.services.ports import Proof

NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .·•'’-]){0,48}[^\W\d_.]")
REGION = re.compile(r"[1-9][0-9]{5}")
ATTEMPTS = Limit("proof", 20, DAY_S)  # by one session or guardian: the register is not for trying out numbers


class Unproven(Refusal):
    """The register does not know this name and number as one person: no registration, so no colour."""

    code = "identity.unproven"


@dataclass(frozen=True, slots=True)
class Proven:
    """Someone whose name and number the register confirmed, as typed but for blanks and case."""

    name: str
    id_type: str
    id_number: str
    proof: Proof


def prove(platform: Platform, told: Identity) -> Proven:
    """The register's confirmation; Unproven without one, Unavailable when the register does not answer."""
    name, number = clean_name(told.name), clean_number(told.id_number)
    proof = platform.register.verify(name, told.id_type, number)
    if proof is None:
        raise Unproven
    return Proven(name, told.id_type, number, proof)


def faults(told: Identity, now: Instant) -> list[Fault]:
    """Everything wrong with an identity as it was typed."""
    found = [] if NAME.fullmatch(clean_name(told.name)) else [Fault("/name", "identity.name")]
    found += resident_id.check(told.id_type, clean_number(told.id_number), local_date(now))
    if told.household_region is not None and not REGION.fullmatch(told.household_region):
        found.append(Fault("/household_region", "identity.region"))
    return found


def clean_name(typed: str) -> str:
    return unicodedata.normalize("NFC", typed).strip()


def clean_number(typed: str) -> str:
    return typed.strip().upper()
