"""The list that an officer works from: what their community, town or district has now, soonest due first.

Nothing has to have run for it: what escalates lies in the higher list from its second on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, Protocol

from nanhai.domain import cases
from nanhai.domain.actors import Role
from nanhai.domain.cases import Case, CaseKind
from nanhai.domain.divisions import COMMUNITY_DIGITS
from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import Instant
from nanhai.policies import casework
from nanhai.services.asked import Asked
from nanhai.services.casework import case_access
from nanhai.services.casework.case_schemas import CaseListed, Division, Kind, State
from nanhai.store import casefiles
from nanhai.store.casefiles import CLOSED, NEVER, OPEN, Filters

PAGES_PER_REQUEST_MAX = 5

Start = dict[str, Any]
Shown = Literal["now", "all", "overdue"]  # what whoever asks has now, with what will come to them, what is overdue


class Wanted(Protocol):
    @property
    def state(self) -> State: ...
    @property
    def shown(self) -> Shown: ...
    @property
    def kind(self) -> Kind | None: ...
    @property
    def mine(self) -> bool: ...
    @property
    def division(self) -> Division | None: ...


def listed(asked: Asked, wanted: Wanted, limit: int, start: Start | None) -> tuple[list[CaseListed], Start | None]:
    """In the asker's scope alone, and where the next page begins; Absent for a division out of it."""
    fetch = _fetch(asked, wanted)
    found: list[CaseListed] = []
    following = start
    for _ in range(PAGES_PER_REQUEST_MAX):
        page, following = fetch(limit, following)
        found = [
            case_access.listed(asked, case, casework.rules_of(case)) for case in page if _shown(case, wanted, asked.now)
        ]
        if found or following is None:
            break
    return found, following


def _fetch(asked: Asked, wanted: Wanted) -> Callable[[int, Start | None], tuple[list[Case], Start | None]]:
    """The one query that answers: a hospital's, the asker's own, a community's, or a town's or the district's."""
    actor, state = asked.actor, wanted.state
    filters = _filters(asked, wanted)
    if actor.role is Role.HOSPITAL:
        if not actor.organisation:
            raise Absent
        return partial(casefiles.of_hospital, actor.organisation, state, filters)
    division = actor.scope if wanted.division is None else wanted.division
    asked.require_scope(division)
    if wanted.mine:
        return partial(casefiles.of_assignee, actor.id, state, filters)
    if len(division) >= COMMUNITY_DIGITS:
        return partial(casefiles.of_community, division[:COMMUNITY_DIGITS], state, filters)
    until = NEVER if wanted.shown == "all" or state == CLOSED else asked.now
    return partial(casefiles.of_tier, division, state, until, filters)


def _filters(asked: Asked, wanted: Wanted) -> Filters:
    kind = None if wanted.kind is None else CaseKind(wanted.kind)
    overdue = wanted.shown == "overdue" and wanted.state == OPEN
    return Filters(kind, asked.actor.id if wanted.mine else None, asked.now if overdue else None)


def _shown(case: Case, wanted: Wanted, now: Instant) -> bool:
    """The lists of town and district know when each has a case, and not when it is due."""
    return wanted.shown != "overdue" or cases.overdue(casework.rules_of(case), case, now)
