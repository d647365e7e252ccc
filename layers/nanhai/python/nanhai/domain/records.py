"""Records: immutable, sourced facts about one person. Nothing here knows a colour.

`from_wire` is the only way in from storage: an unknown class, source or code raises `Poison`, so that it is
quarantined and never guessed into a colour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from operator import itemgetter
from typing import Any, ClassVar

from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant, PersonId, RecordId, Region


class Source(StrEnum):
    CITIZEN = "citizen"
    ENTERPRISE = "enterprise"
    COMMUNITY = "community"
    HOSPITAL = "hospital"
    HEALTH_AUTHORITY = "health-authority"
    POLICE = "police"  # also the identity register
    OPERATOR = "operator"
    FEED = "feed"


class Reason(StrEnum):
    """Why someone may be isolated: a closed epidemic list. Nothing else can ever turn a pass red."""

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"
    CLOSE_CONTACT = "close-contact"
    SECONDARY_CONTACT = "contact-of-contact"
    LISTED_AREA = "arrived-from-listed-area"
    RETURNED_CASE = "returned-case"


class Place(StrEnum):
    """Where someone is isolated."""

    HOME = "home"
    CENTRE = "centre"


class Holder(StrEnum):
    """Whose pass it is and how it is carried."""

    PERSON = "person"
    DEPENDANT = "dependant"
    PAPER = "paper"


SYMPTOMS = frozenset(
    {
        "fever",
        "cough",
        "fatigue",
        "breathless",
        "chest-pain",
        "diarrhoea",
        "conjunctivitis",
        "loss-of-smell",
        "sore-throat",
        "headache",
        "muscle-pain",
    }
)
FEVER_C_MIN = 37.0  # no policy may call less a fever
ISOLATION_S_MAX = 14 * 86_400  # one order; a renewal is a new record with new evidence


@dataclass(frozen=True, slots=True)
class Application:
    """The person asked for a pass."""

    name: ClassVar[str] = "application"
    holder: Holder


@dataclass(frozen=True, slots=True)
class Residence:
    """Where the household is registered, and whether a residence permit of the home city is held."""

    name: ClassVar[str] = "residence"
    region: Region
    permit: bool


@dataclass(frozen=True, slots=True)
class IdentityLink:
    """The identity document points to a region: weak evidence."""

    name: ClassVar[str] = "identity-link"
    region: Region


@dataclass(frozen=True, slots=True)
class Symptoms:
    """What someone feels or measured; an empty one says: none."""

    name: ClassVar[str] = "symptoms"
    temperature_c: float | None
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    name: ClassVar[str] = "arrival"
    region: Region  # where from; when is `happened_at`
    by: str  # train, coach, car, flight, ship, other
    number: str


@dataclass(frozen=True, slots=True)
class Stay:
    """Presence in a region over [since, until)."""

    name: ClassVar[str] = "stay"
    region: Region
    since: Instant
    until: Instant


@dataclass(frozen=True, slots=True)
class Isolation:
    """An order over [since, until)."""

    name: ClassVar[str] = "isolation"
    kind: Place
    reason: Reason
    since: Instant
    until: Instant
    place: str


@dataclass(frozen=True, slots=True)
class Release:
    """Ends one order at `happened_at`, before its own end."""

    name: ClassVar[str] = "release"
    order: RecordId


@dataclass(frozen=True, slots=True)
class Result:
    """A laboratory test."""

    name: ClassVar[str] = "test-result"
    positive: bool
    method: str  # nucleic-acid, antibody, antigen


@dataclass(frozen=True, slots=True)
class Clearance:
    """A community's check that lets a yellow holder pass, in these places, over [happened_at, until)."""

    name: ClassVar[str] = "clearance"
    places: tuple[str, ...]  # gate ids or division prefixes
    until: Instant


@dataclass(frozen=True, slots=True)
class Correction:
    """Withdraws the record it supersedes."""

    name: ClassVar[str] = "correction"
    reason: str


Fact = (
    Application
    | Residence
    | IdentityLink
    | Symptoms
    | Arrival
    | Stay
    | Isolation
    | Release
    | Result
    | Clearance
    | Correction
)


@dataclass(frozen=True, slots=True)
class Record:
    record_id: RecordId
    person_id: PersonId
    happened_at: Instant
    recorded_at: Instant
    source: Source
    source_id: str  # which actor, office or feed
    evidence: str  # case id, feed row, document reference
    legal_basis: str  # code
    fact: Fact
    supersedes: RecordId | None = None


def can_matter(record: Record) -> bool:
    """Whether the record can give or end a finding under any policy that can be written.

    Someone who declares every day to be well makes hundreds of records that cannot: they are kept, and need not be
    read to colour a pass.
    """
    fact = record.fact
    well = isinstance(fact, Symptoms) and not fact.codes and (fact.temperature_c or 0.0) < FEVER_C_MIN
    return not well or record.supersedes is not None


def to_wire(record: Record) -> dict[str, Any]:
    """The record as JSON values with short keys; `from_wire` reads it back."""
    wire: dict[str, Any] = {
        "id": record.record_id,
        "p": record.person_id,
        "h": record.happened_at,
        "r": record.recorded_at,
        "s": record.source.value,
        "o": record.source_id,
        "e": record.evidence,
        "l": record.legal_basis,
        "c": record.fact.name,
        "f": {field.name: _plain(getattr(record.fact, field.name)) for field in fields(record.fact)},
    }
    if record.supersedes is not None:
        wire["x"] = record.supersedes
    return wire


def from_wire(wire: Mapping[str, Any]) -> Record:
    """The record that `to_wire` wrote; Poison when any part of it is unknown, missing or of another type."""
    try:
        texts = record_id, person_id, source_id, evidence, legal_basis = _TEXTS(wire)
        "".join(texts)  # the cheapest proof that all five are texts: a district reads ten million records a day
        supersedes = wire.get("x")
        return Record(
            record_id,
            person_id,
            _instant(wire["h"]),
            _instant(wire["r"]),
            _SOURCES[wire["s"]],
            source_id,
            evidence,
            legal_basis,
            READERS[wire["c"]](wire["f"]),
            None if supersedes is None else RecordId(_text(supersedes)),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as unknown:
        raise Poison(f"record: {type(unknown).__name__}: {unknown}") from unknown


_TEXTS = itemgetter("id", "p", "o", "e", "l")
_SOURCES = {source.value: source for source in Source}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text expected")
    return value


def _instant(value: object) -> Instant:
    if type(value) is not int:
        raise TypeError("unix seconds expected")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false expected")
    return value


def _number(value: object) -> float | None:
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return value
    raise TypeError("number expected")


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("list expected")
    return tuple(_text(item) for item in value)


def _symptoms(fact: Mapping[str, Any]) -> Symptoms:
    codes = _texts(fact["codes"])
    if not SYMPTOMS.issuperset(codes):
        raise ValueError("unknown symptom")
    return Symptoms(_number(fact["temperature_c"]), codes)


READERS: dict[str, Callable[[Mapping[str, Any]], Fact]] = {
    Application.name: lambda f: Application(Holder(f["holder"])),
    Residence.name: lambda f: Residence(Region(_text(f["region"])), _truth(f["permit"])),
    IdentityLink.name: lambda f: IdentityLink(Region(_text(f["region"]))),
    Symptoms.name: _symptoms,
    Arrival.name: lambda f: Arrival(Region(_text(f["region"])), _text(f["by"]), _text(f["number"])),
    Stay.name: lambda f: Stay(Region(_text(f["region"])), _instant(f["since"]), _instant(f["until"])),
    Isolation.name: lambda f: Isolation(
        Place(f["kind"]), Reason(f["reason"]), _instant(f["since"]), _instant(f["until"]), _text(f["place"])
    ),
    Release.name: lambda f: Release(RecordId(_text(f["order"]))),
    Result.name: lambda f: Result(_truth(f["positive"]), _text(f["method"])),
    Clearance.name: lambda f: Clearance(_texts(f["places"]), _instant(f["until"])),
    Correction.name: lambda f: Correction(_text(f["reason"])),
}
