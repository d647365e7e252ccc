"""One check at a gate: a verdict for the guard, a sighting kept, a copied token noticed.

Reads once (head and pass in one request) and writes once (the sighting). When the store does not answer there is no
verdict at all: never a colour by default.
"""

from __future__ import annotations

from nanhai.domain import masking
from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import PersonId, StaffId
from nanhai.services import alarms
from nanhai.services.asked import Asked
from nanhai.services.checkpoints import checking, pace, sightings
from nanhai.services.checkpoints.checking import Outcome
from nanhai.services.checkpoints.posts import gate_of
from nanhai.services.checkpoints.schemas import Checked
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store.gates import Gate
from nanhai.store.scans import Sighting, TooManySightings
from nanhai.texts import Language, text


def check(platform: Platform, asked: Asked, token: str, language: Language) -> Checked:
    """The verdict of now for the guard's own gate. Any text is a token that may be refused, never an error.

    Raises TooMany for a guard who asks too fast, GateUnknown for one whose gate was never set up.
    """
    pace.keep(platform, StaffId(asked.actor.id), asked.now)
    gate = gate_of(platform, asked.actor, asked.now)
    found = checking.check(platform, gate, token, asked.now)
    if found.mark is None:
        alarms.tell("token-refused", found.code or "", asked.correlation_id)
    copied = _kept(asked, gate, found)
    return Checked(
        found.verdict.value,
        text(f"verdict.{found.verdict.value}", language),
        found.colour.value,
        _reason(found, language),
        found.code,
        _name(platform, gate, found.person),
        copied,
        moment(asked.now),
    )


def _kept(asked: Asked, gate: Gate, found: Outcome) -> bool:
    """Whether the token was copied; seen more often than any holder shows it, it was."""
    if found.mark is None:
        return False
    seen = Sighting(asked.now, gate.gate_id, found.verdict, found.colour, online=True)
    try:
        return sightings.keep(asked, found.mark, seen)
    except TooManySightings:
        sightings.note_copied(asked, found.mark)
        return True


def _reason(found: Outcome, language: Language) -> str | None:
    if found.code is not None:
        return text(found.code, language)
    return None if found.reason is None else text(f"checkpoints.reason.{found.reason}", language)


def _name(platform: Platform, gate: Gate, person: PersonId | None) -> str | None:
    if person is None or not gate.shows_name:
        return None
    try:
        return masking.name(platform.profile(person).name)
    except Absent:  # its key was shredded
        return None
