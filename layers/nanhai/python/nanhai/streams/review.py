"""Every minute: passes whose told segment has ended are told anew, and a policy that came into force is swept.

Nothing about a colour rests on this: a reader picks the segment of now, and the policy of now, by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from nanhai.domain.identifiers import Instant, PersonId
from nanhai.services.platform import Platform, platform
from nanhai.services.sweep import segments
from nanhai.store import jobs, passes
from nanhai.store.passes import REVIEW_SHARDS
from nanhai.store.wire import Item
from nanhai.store.writes import send
from nanhai.streams import log
from nanhai.streams.batch import is_transient
from nanhai.streams.rebuild import PEOPLE_PER_REQUEST, rebuild

REVIEWED_MAX = 10_000  # in one run; the next one, a minute later, goes on where this one stopped
RESERVE_S = 15.0
EVERY_S = 60
SCHEDULE = "policy-in-force"

Remaining = Callable[[], float]  # seconds until this process is ended


def handle(remaining_s: Remaining) -> None:
    here = platform()
    sweep_new_policy(here)
    told_anew(here, remaining_s)


def told_anew(here: Platform, remaining_s: Remaining) -> int:
    """Brings passes up to date whose told segment has ended, longest ago first; how many were looked at."""
    seen = 0
    for persons in _due(here.now()):
        if persons:
            _report(rebuild(here, persons).values())
        seen += len(persons)
        if seen >= REVIEWED_MAX or remaining_s() < RESERVE_S:
            break
    return seen


def sweep_new_policy(here: Platform) -> None:
    """Begins a sweep when another policy is in force than at the last look; the first look only remembers.

    The job is begun before that is remembered: a crash between the two sweeps twice, never not at all.
    """
    present = here.policies.in_force(here.now()).valid_from
    known = jobs.last_run(SCHEDULE)
    if known == present:
        return
    if known is not None:
        segments.sweep(here, SCHEDULE)
    send([jobs.ran(SCHEDULE, present)])


def _due(now: Instant) -> Iterator[list[PersonId]]:
    """A page of each shard in turn, until none has any more; another shard is the first every minute, so that none
    waits for ever when time is always short."""
    first = now // EVERY_S
    waiting: dict[int, Item | None] = {(first + n) % REVIEW_SHARDS: None for n in range(REVIEW_SHARDS)}
    while waiting:
        for shard, start in list(waiting.items()):
            persons, following = passes.boundaries(shard, now, PEOPLE_PER_REQUEST, start)
            yield persons
            if following is None:
                del waiting[shard]
            else:
                waiting[shard] = following


def _report(failures: Iterable[Exception]) -> None:
    """What may yet work is found again a minute later; what cannot be read is grey by now, and in quarantine."""
    for why in failures:
        if not is_transient(why):
            log.line(event="review-failed", failure=type(why).__qualname__)
