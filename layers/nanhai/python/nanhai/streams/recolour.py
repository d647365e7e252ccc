"""The stream of `people`: whoever's head changed gets the pass that the records now give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import PersonId
from nanhai.services.platform import Platform
from nanhai.store.people import HEAD
from nanhai.streams import batch
from nanhai.streams.batch import Answer, Consumer, Failed
from nanhai.streams.change import Change, Kind
from nanhai.streams.rebuild import rebuild


def handle(event: Mapping[str, Any]) -> Answer:
    return batch.handle(CONSUMER, event)


def apply(here: Platform, changes: Sequence[Change]) -> Iterator[Failed]:
    """One look per person, however often they occur in the batch."""
    by_person: dict[PersonId, list[Change]] = {}
    for change in changes:
        try:
            if change.kind is not Kind.REMOVE and change.text("sk") == HEAD:
                by_person.setdefault(PersonId(change.text("person_id")), []).append(change)
        except Poison as poison:
            yield Failed(change.raw, poison)
    for person, why in rebuild(here, by_person).items():
        for change in by_person[person]:
            yield Failed(change.raw, why)


CONSUMER = Consumer("people", apply)
