"""What a person is told of the cases about them, or about a dependant of theirs, in the language they read."""

from __future__ import annotations

from typing import Any

from nanhai.services import cases
from nanhai.services.asked import Asked
from nanhai.services.cases import CaseTold, StepTold
from nanhai.services.casework.case_schemas import MyCase, MyStep
from nanhai.services.passes.holders import holder
from nanhai.services.platform import Platform
from nanhai.texts import Language, text

Start = dict[str, Any]


def listed(
    platform: Platform, asked: Asked, who: str, limit: int, start: Start | None
) -> tuple[list[MyCase], Start | None]:
    """Newest first, and where the next page begins; Absent for anybody but oneself and one's dependants."""
    found, following = cases.of_person(platform, holder(asked, who), limit, start)
    return [_told(case, asked.language) for case in found], following


def _told(case: CaseTold, language: Language) -> MyCase:
    return MyCase(
        case_id=case.case_id,
        kind=case.kind,
        kind_text=text(f"case.kind.{case.kind}", language),
        community=case.community,
        opened_at=case.opened_at,
        due_at=case.due_at,
        closed_at=case.closed_at,
        outcome=case.outcome,
        outcome_text=None if case.outcome is None else text(f"case.outcome.{case.outcome}", language),
        steps=[_step(step, language) for step in case.steps],
    )


def _step(step: StepTold, language: Language) -> MyStep:
    return MyStep(step.code, step.at, step.role, step.office, step.details, text(f"case.step.{step.code}", language))
