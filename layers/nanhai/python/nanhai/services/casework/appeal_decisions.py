"""A reviewer answers an appeal, once. Upheld, its record is withdrawn in the same transaction; the colour follows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nanhai.domain import appeals as rules
from nanhai.domain import cases as casefile
from nanhai.domain.appeals import AlreadyAnswered, Dismissal, Ground, Standing
from nanhai.domain.case_rules import CLOSED, Use
from nanhai.domain.cases import Case, CaseChanged, Step
from nanhai.domain.errors import Fault, Invalid
from nanhai.domain.figures import bucket
from nanhai.domain.identifiers import RecordId, StaffId
from nanhai.domain.records import Correction, Record
from nanhai.policies import casework
from nanhai.services import casetexts, trail
from nanhai.services.asked import Asked
from nanhai.services.casework import facts
from nanhai.services.casework.appeal_reading import check, in_scope, record_of
from nanhai.services.casework.appeal_schemas import AppealDecided, DecideAppeal
from nanhai.services.news import news
from nanhai.services.platform import Platform
from nanhai.store import appeals, casefiles, figures
from nanhai.store.appeals import Answered, Appeal
from nanhai.store.writes import ConditionFailed, Write

ANSWERED = "answered"
TRIES = 4  # somebody may add to the case meanwhile


def decide(platform: Platform, asked: Asked, appeal_id: str, body: DecideAppeal) -> AppealDecided:
    """Absent, what `rules.check_reviewer` and the rules of casework raise, AlreadyAnswered; Invalid for reasons that
    belong to the other decision. Unreadable while a record of the person cannot be read."""
    if faults := list(_reason_faults(body)):
        raise Invalid(*faults)
    for _ in range(TRIES):
        appeal, case = in_scope(asked, appeal_id)
        if appeal.answered is not None:
            raise AlreadyAnswered
        check(asked, appeal, case)
        trail.note(asked, appeal.person)
        try:
            return _answer(platform, asked, appeal, case, body)
        except ConditionFailed as failed:
            if "appeal" in failed.labels:
                raise AlreadyAnswered from None
    raise CaseChanged


def _reason_faults(body: DecideAppeal) -> Iterator[Fault]:
    listed = set(Ground if body.decision == "uphold" else Dismissal)
    for index, reason in enumerate(body.reasons):
        if reason not in listed:
            yield Fault(f"/reasons/{index}", "appeals.reason-of-the-other")


def _answer(platform: Platform, asked: Asked, appeal: Appeal, case: Case, body: DecideAppeal) -> AppealDecided:
    if body.decision == "dismiss":
        told = AppealDecided(Standing.DISMISSED.value, None)
        return platform.commit(_writes(platform, asked, appeal, case, body, None), asked.once, told)
    correction = _correction(platform, asked, record_of(appeal), case, body.reasons)
    told = AppealDecided(Standing.UPHELD.value, correction.record_id)
    extra = _writes(platform, asked, appeal, case, body, correction.record_id)
    return platform.write_records(appeal.person, [correction], asked.once, told, extra=extra)


def _correction(platform: Platform, asked: Asked, wrong: Record, case: Case, reasons: Sequence[str]) -> Record:
    """Recorded later than what it withdraws, whatever the clocks say: an earlier one would withdraw nothing."""
    return Record(
        record_id=RecordId(platform.new_ulid(asked.now)),
        person_id=wrong.person_id,
        happened_at=asked.now,
        recorded_at=max(asked.now, wrong.recorded_at + 1),
        source=rules.source(asked.actor.role),
        source_id=facts.office(asked.actor),
        evidence=case.case_id,
        legal_basis=wrong.legal_basis,
        fact=Correction(reasons[0]),
        supersedes=wrong.record_id,
    )


def _writes(
    platform: Platform,
    asked: Asked,
    appeal: Appeal,
    case: Case,
    body: DecideAppeal,
    correction: RecordId | None,
) -> list[Write]:
    """The answer, the case closed, the person told, the public figures counted: with the record, or not at all."""
    upheld = correction is not None
    actor = asked.actor
    made = Answered(
        StaffId(actor.id),
        actor.organisation,
        actor.role.value,
        asked.now,
        upheld,
        tuple(dict.fromkeys(body.reasons)),
        correction,
    )
    kind = "casework-appeal-upheld" if upheld else "casework-appeal-dismissed"
    return [
        *appeals.answer(appeal, made),
        _closed(platform, asked, case, body, correction),
        news(platform, appeal.person, asked.now, kind, {}, appeal.appeal_id),
        *figures.count_answer(asked.now, bucket(asked.now - appeal.filed_at), upheld=upheld),
    ]


def _closed(platform: Platform, asked: Asked, case: Case, body: DecideAppeal, correction: RecordId | None) -> Write:
    about, actor = casework.rules_of(case), asked.actor
    casefile.check_step(about, case, ANSWERED, Use.APPEAL, actor, asked.now)
    details = {"outcome": Standing.DISMISSED.value}
    if correction is not None:
        details = {"outcome": Standing.UPHELD.value, "record": correction}
    step = Step(ANSWERED, asked.now, actor.id, actor.role.value, actor.organisation, CLOSED, details)
    step = replace(step, note=casetexts.note(platform, case, body.note))
    return casefiles.change(about, case, casefile.after(about, case, step), casework.shipped().get(case.rules).kept_s)
