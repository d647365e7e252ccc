"""The community's case about an arrival: somebody goes there, in the community where they stay."""

from __future__ import annotations

from datetime import datetime

from nanhai.domain.arrivals import LOCAL
from nanhai.domain.cases import CaseKind
from nanhai.domain.errors import Param
from nanhai.domain.identifiers import PersonId, RecordId
from nanhai.services import cases
from nanhai.services.arrivals.facts import Journey
from nanhai.services.asked import Asked
from nanhai.services.cases import NewCase, Opened
from nanhai.services.platform import Platform
from nanhai.texts import text


def opened(
    platform: Platform,
    asked: Asked,
    person: PersonId,
    arrival: RecordId,
    journey: Journey,
    *,
    community: str,
    stay: str,
    people: int,
    key: str = "",
) -> Opened:
    """`key`: the same one is the same case, for a household whose rows come one by one. `stay` is sealed with it."""
    new = NewCase(
        kind=CaseKind.HOME_VISIT,
        community=community,
        origin=f"arrival:{arrival}",
        person=person,
        summary=_summary(journey, stay, people),
        by=asked.actor.id,
        role=asked.actor.role.value,
        organisation=asked.actor.organisation,
        key=key,
    )
    return cases.opened(platform, asked.now, new)


def _summary(journey: Journey, stay: str, people: int) -> str:
    """In the language of those who work on it."""
    told = journey.arrival
    by = text(f"arrivals.by-{told.by}", "zh-CN")
    at = f"{datetime.fromtimestamp(journey.at, LOCAL):%Y-%m-%d %H:%M}"
    journey_told: dict[str, Param] = {"by": by, "number": told.number, "at": at, "region": told.region}
    return text("arrivals.summary", "zh-CN", journey_told | {"people": people, "stay": stay}).strip()
