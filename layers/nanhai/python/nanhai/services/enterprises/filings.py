"""What an enterprise files: each revision is kept for good, and the last one submitted is what offices see."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from nanhai.domain import resumption
from nanhai.domain.days import DAY_S, local_date
from nanhai.domain.errors import Absent, Invalid
from nanhai.domain.resumption import OFFICES, Action
from nanhai.services.asked import Asked
from nanhai.services.enterprises import plans, steps
from nanhai.services.enterprises.known import TRIES, Known, known, stored
from nanhai.services.enterprises.schemas import Filed, Filing, WriteFiling
from nanhai.services.identity.limits import Limit, spend
from nanhai.services.platform import Platform
from nanhai.store import organisations
from nanhai.store.organisations import Organisation, Step
from nanhai.store.writes import Busy, ConditionFailed, Write

Start = dict[str, Any]
PER_DAY = Limit("filings", 50, DAY_S)


def write(platform: Platform, asked: Asked, body: WriteFiling) -> Filed:
    """One more revision. Invalid names every fault at once; NotNow when the state does not take it; TooMany."""
    if faults := [*plans.faults(body, local_date(asked.now))]:
        raise Invalid(*faults)
    spend(platform, PER_DAY, asked.actor.id, asked.now)
    for _ in range(TRIES):
        found = known(platform, asked.actor.id)
        new, step = _next(asked, found, body)
        writes = [*_writes(found, new, step), *found.key_writes]
        try:
            return platform.commit(writes, asked.once, Filed(new.organisation_id, new.revision, new.state.value))
        except ConditionFailed:  # somebody else of the enterprise, or an office, was first: look again
            continue
    raise Busy(retry_after_s=1)


def read(platform: Platform, asked: Asked, limit: int, start: Start | None) -> tuple[Known, list[Step], Start | None]:
    """The asking enterprise and the steps of its filing, newest first. Absent before the first one."""
    found = stored(platform, asked.actor.id)
    if found is None:
        raise Absent
    page, following = organisations.steps(asked.actor.id, limit, start)
    return found, page, following


def told(found: Known, page: list[Step], following: str | None) -> Filing:
    of = found.organisation
    return Filing(
        of.organisation_id,
        of.name,
        of.community,
        of.above,
        of.state.value,
        of.revision,
        [steps.told(found, step) for step in page],
        following,
    )


def _next(asked: Asked, found: Known, body: WriteFiling) -> tuple[Organisation, Step]:
    old, action = found.organisation, Action(body.action)
    state = resumption.after(old.state, action)
    number, revision = old.steps + 1, old.revision + 1
    new = replace(old, state=state, steps=number, revision=revision)
    if action is Action.SUBMIT:
        headcount = body.plan.headcount or 0
        accepted = resumption.accepted_headcount(old.accepted_headcount, action, headcount)
        new = replace(new, submitted=number, headcount=headcount, accepted_headcount=accepted, filed_at=asked.now)
    sealed = steps.sealed(found, number, body.contact, [])
    plan = msgspec.json.encode(body.plan).decode()
    return new, Step(number, revision, action, state, asked.now, asked.actor.id, asked.actor.role.value, plan, sealed)


def _writes(found: Known, new: Organisation, step: Step) -> list[Write]:
    return [
        *organisations.changed(new, found.organisation),
        organisations.take(new.organisation_id, step),
    ]


def is_seen(organisation: Organisation) -> bool:
    """Whether an office may know of the filing."""
    return organisation.state in OFFICES
