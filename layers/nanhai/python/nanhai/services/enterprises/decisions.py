"""What offices do with filings: see those of their town as they come, look at one, and decide on the revision seen."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from nanhai.domain import resumption
from nanhai.domain.divisions import TOWN_DIGITS
from nanhai.domain.errors import Absent, Fault, Invalid, Refusal
from nanhai.domain.resumption import Action, State
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.enterprises import steps
from nanhai.services.enterprises.filings import is_seen
from nanhai.services.enterprises.known import TRIES, Known, stored
from nanhai.services.enterprises.schemas import DecideFiling, Filed, FilingInspected, FilingListed, InspectFiling
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store import organisations
from nanhai.store.organisations import Organisation, Step
from nanhai.store.writes import Busy, ConditionFailed

Start = dict[str, Any]


class RevisionSuperseded(Refusal):
    """The enterprise has submitted a newer revision than the one that was looked at."""

    code = "enterprises.revision-superseded"
    kind = "conflict"


def listed(
    asked: Asked, town: str | None, state: str, limit: int, start: Start | None
) -> tuple[list[FilingListed], Start | None]:
    """Those of a town, the asker's own where none is named, longest waiting first. Absent out of scope; Invalid where
    the asker has more than one town and names none."""
    told = town or asked.actor.scope[:TOWN_DIGITS]
    if len(told) < TOWN_DIGITS:
        raise Invalid(Fault("/town", "enterprises.town"))
    asked.require_scope(told)
    found, following = organisations.in_town(told, State(state), limit, start)
    return [_listed(one) for one in found], following


def inspect(platform: Platform, asked: Asked, organisation_id: str, query: InspectFiling) -> FilingInspected:
    """The filing as it was submitted; for a purpose the contact in full, too. Absent out of scope and before anything
    is submitted."""
    found = _seen(platform, asked, organisation_id)
    full = query.purpose is not None
    trail.note(asked, organisation_id, query.purpose or trail.ANSWERED)
    of, step = found.organisation, organisations.step(organisation_id, found.organisation.submitted)
    if step is None:
        raise Absent
    return FilingInspected(
        of.organisation_id, of.name, of.community, of.above, of.state.value, steps.told(found, step, full=full)
    )


def decide(platform: Platform, asked: Asked, organisation_id: str, body: DecideFiling) -> Filed:
    """Absent out of scope, RevisionSuperseded when another revision is submitted, NotNow when the state does not take
    it, Invalid for returning without a reason."""
    if body.decision == Action.RETURN.value and not body.reasons:
        raise Invalid(Fault("/reasons", "enterprises.reasons"))
    for _ in range(TRIES):
        found = _seen(platform, asked, organisation_id)
        trail.note(asked, organisation_id)
        new, step = _next(asked, found, body)
        writes = [*organisations.changed(new, found.organisation), organisations.take(organisation_id, step)]
        try:
            return platform.commit(writes, asked.once, Filed(organisation_id, step.revision, new.state.value))
        except ConditionFailed:  # the enterprise, or another office, was first: look again
            continue
    raise Busy(retry_after_s=1)


def _seen(platform: Platform, asked: Asked, organisation_id: str) -> Known:
    found = stored(platform, organisation_id)
    if found is None:
        raise Absent
    asked.require_scope(found.organisation.community)
    if not is_seen(found.organisation):
        raise Absent
    return found


def _next(asked: Asked, found: Known, body: DecideFiling) -> tuple[Organisation, Step]:
    old, action = found.organisation, Action(body.decision)
    state = resumption.after(old.state, action)
    if old.revision != body.revision:
        raise RevisionSuperseded(revision=old.revision)
    number = old.steps + 1
    actor = asked.actor
    sealed = steps.sealed(found, number, None, body.reasons)
    step = Step(number, old.revision, action, state, asked.now, actor.id, actor.role.value, None, sealed)
    accepted = resumption.accepted_headcount(old.accepted_headcount, action, old.headcount)
    return replace(old, state=state, steps=number, accepted_headcount=accepted), step


def _listed(found: Organisation) -> FilingListed:
    return FilingListed(
        found.organisation_id,
        found.name,
        found.community,
        found.above,
        found.state.value,
        found.revision,
        found.headcount,
        moment(found.filed_at),
    )
