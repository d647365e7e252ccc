"""Every five minutes: what time has made of a case is written into it, and the person is told.

Nothing rests on this: a case lies in the list of its town or district from its second on, whether or not this runs.
"""

from __future__ import annotations

from collections.abc import Callable

from nanhai.domain import cases
from nanhai.domain.cases import ESCALATED, SYSTEM, Case, Step
from nanhai.domain.errors import Unavailable
from nanhai.domain.identifiers import Instant
from nanhai.policies import casework
from nanhai.services import alarms
from nanhai.services.cases import told
from nanhai.services.platform import Platform, platform
from nanhai.store import casefiles
from nanhai.store.casefiles import ESCALATION_SHARDS
from nanhai.store.writes import ConditionFailed, send
from nanhai.streams import log

PER_REQUEST = 50
ESCALATED_MAX = 2_000  # in one run; the next one goes on where this one stopped
RESERVE_S = 10.0

Remaining = Callable[[], float]  # seconds until this process is ended


def handle(remaining_s: Remaining) -> None:
    here = platform()
    log.line(event="escalated", cases=escalate(here, remaining_s))


def escalate(here: Platform, remaining_s: Remaining) -> int:
    """Writes every escalation that has come and is not written yet, longest ago first; how many it wrote."""
    written = seen = 0
    for shard in range(ESCALATION_SHARDS):
        start = None
        while seen < ESCALATED_MAX and remaining_s() > RESERVE_S:
            now = here.now()
            found, start = casefiles.to_escalate(shard, now, PER_REQUEST, start)
            written += sum(_tried(here, case_id, now) for case_id in found)
            seen += PER_REQUEST
            if start is None:
                break
    return written


def _tried(here: Platform, case_id: str, now: Instant) -> bool:
    """A case that fails holds no other up: somebody is told, and it is tried again in the next run."""
    try:
        case = casefiles.get(case_id, now)
        return case is not None and _write(here, case, now)
    except Unavailable:
        raise
    except Exception as failed:  # whatever it is, the other cases are other people's
        alarms.tell(alarms.CASEWORK, f"cases.escalation-failed:{type(failed).__qualname__}", case_id)
        return False


def _write(here: Platform, case: Case, now: Instant) -> bool:
    """False where it is no longer so: whoever changed the case meanwhile has set its next time, too."""
    rules = casework.rules_of(case)
    following = cases.next_escalation(rules, case)
    if following is None or following[1] > now:
        return False
    step = Step(ESCALATED, now, SYSTEM, SYSTEM, "", case.state, {"tier": following[0].value})
    after = cases.after(rules, case, step)
    try:
        send([casefiles.change(rules, case, after, casework.kept_s(case)), *told(here, rules, after)])
    except ConditionFailed:
        return False
    return True
