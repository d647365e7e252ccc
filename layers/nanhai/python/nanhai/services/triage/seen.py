"""One's own requests for help: every step of every case that its person may see, and when it was taken."""

from __future__ import annotations

from typing import Any

from nanhai.domain.identifiers import PersonId
from nanhai.policies.divisions import divisions
from nanhai.services import cases
from nanhai.services.cases import StepTold
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.services.triage.schemas import CaseSeen, HelpSeen, StepSeen
from nanhai.store import helps
from nanhai.store.helps import Help
from nanhai.texts import Language, text


def page(
    platform: Platform, person: PersonId, language: Language, limit: int, start: dict[str, Any] | None
) -> tuple[list[HelpSeen], dict[str, Any] | None]:
    """Newest first, and where the next page begins."""
    found, following = helps.of(person, limit, start)
    return [_seen(platform, one, language) for one in found], following


def _seen(platform: Platform, one: Help, language: Language) -> HelpSeen:
    name = divisions(platform.settings.district).name(one.community) or ""
    followed = [_case(platform, wish, case_id, language) for wish, case_id in one.cases.items()]
    return HelpSeen(one.help_id, moment(one.at), one.community, name, [case for case in followed if case is not None])


def _case(platform: Platform, wish: str, case_id: str, language: Language) -> CaseSeen | None:
    """None once the case was kept for as long as the law demands."""
    told = cases.steps_of(platform, case_id)
    if told is None:
        return None
    return CaseSeen(
        wish,
        text(f"case.kind.{wish}", language),
        case_id,
        told.state,
        told.due_at,
        told.closed_at,
        told.outcome,
        [_step(step, language) for step in told.steps],
    )


def _step(step: StepTold, language: Language) -> StepSeen:
    return StepSeen(step.code, text(f"case.step.{step.code}", language), step.at, step.office, step.details)
