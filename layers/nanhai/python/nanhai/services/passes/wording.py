"""A pass in words and shapes: what the human eye gets beside the machine's token."""

from __future__ import annotations

from collections.abc import Iterable

from nanhai.domain.colour import Colour
from nanhai.domain.identifiers import Instant
from nanhai.domain.policy import AREA_STAY
from nanhai.domain.records import Record
from nanhai.domain.timeline import Cause
from nanhai.domain.timeline import Permit as Cleared
from nanhai.services.passes import stay_words
from nanhai.services.passes.schemas import Permit, Reason
from nanhai.services.schemas import moment, moment_or_none
from nanhai.texts import Language, text

SHAPES = {
    Colour.GREEN: "circle",
    Colour.BLUE: "square",
    Colour.YELLOW: "triangle",
    Colour.RED: "octagon",
    Colour.NONE: "dash",
}


def word(colour: Colour, language: Language) -> str:
    return text(f"colour.{colour.value}", language)


def reasons(causes: Iterable[Cause], language: Language) -> list[Reason]:
    return [
        Reason(cause.finding, sentence(cause, language), moment(cause.since), moment_or_none(cause.until))
        for cause in causes
    ]


def sentence(cause: Cause, language: Language, behind: Iterable[Record] = ()) -> str:
    """Of a stay in an affected area also where and when, as far as the records behind it are known."""
    told = stay_words.sentences(behind, cause.since, language) if cause.finding == AREA_STAY else ""
    return told or text(f"finding.{cause.finding}", language)


def permits(cleared: Iterable[Cleared], at: Instant) -> list[Permit]:
    """The clearances that are good at `at`."""
    return [
        Permit(list(permit.places), moment(permit.since), moment(permit.until))
        for permit in cleared
        if permit.since <= at < permit.until
    ]
