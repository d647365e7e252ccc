"""Whose a delivery is and what it is worth: operators by name, deliveries by the operators' own numbers."""

from __future__ import annotations

from nanhai.domain.errors import Refusal
from nanhai.domain.sightings import revision
from nanhai.policies import trajectories
from nanhai.services.trajectories.naming import SEQUENCE_MAX, Name
from nanhai.store import loads as store
from nanhai.store import presence
from nanhai.store.loads import Load


class UnknownOperator(Refusal):
    """Nobody of this name delivers here."""

    code = "sightings.unknown-operator"


class LoadDiffers(Refusal):
    """The operator has delivered something else under this number."""

    code = "sightings.load-differs"
    kind = "conflict"


def number_of(operator: str) -> int:
    """The operator's number; UnknownOperator."""
    known = trajectories.rule().operators
    if operator not in known:
        raise UnknownOperator
    return known[operator]


def revision_of(load: Load) -> int:
    return revision(load.sequence, number_of(load.operator))


def begun(name: Name, digest: str) -> Load | None:
    """The load that was begun under this number; LoadDiffers where it was of something else, UnknownOperator."""
    number_of(name.operator)
    if not 1 <= name.sequence <= SEQUENCE_MAX:
        raise ValueError(f"a delivery has a number from 1 to {SEQUENCE_MAX:,}")
    found = store.get(name.operator, name.sequence)
    return None if found is None else same(found, name.first, name.last, digest)


def begin(new: Load) -> Load:
    """The load as it was first begun: `new`, unless it was before; LoadDiffers where that was of something else.

    That there is this revision of its days is known before any of it is stored: no posting of an earlier one is
    believed from then on without a look at it.
    """
    presence.note_revisions((day, revision_of(new)) for day in range(new.first, new.last + 1))
    return same(store.begin(new), new.first, new.last, new.digest)


def same(found: Load, first: int, last: int, digest: str) -> Load:
    if (found.first, found.last, found.digest) != (first, last, digest):
        raise LoadDiffers(sequence=found.sequence)
    return found
