"""What follows from person-days: postings in the cells, and stays of people who registered with the phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from nanhai.services.platform import Platform
from nanhai.services.trajectories import postings, staying
from nanhai.services.trajectories.days import Told
from nanhai.store import sightings
from nanhai.store.sightings import Linked

WRITERS = 8  # people whose records are written at once

Failures = dict[str, Exception]  # by phone


def index(platform: Platform, told: Sequence[Told], linked_now: Iterable[str] = ()) -> Failures:
    """Both, in whatever order days come and however often; `linked_now`: phones that somebody has just registered with.

    Raises where the postings could not be written: then nothing is done of it. The phones whose stays could not be
    recorded, each with its reason.
    """
    postings.post(told)
    return stay(platform, told, linked_now)


def stay(platform: Platform, told: Sequence[Told], linked_now: Iterable[str] = ()) -> Failures:
    """The stays alone."""
    asked = set(linked_now)
    links = sightings.links(asked | {one.stored.phone for one in told})
    policy = platform.policies.in_force(platform.now())
    people = staying.concerned(policy, told, links) | {phone: links[phone] for phone in asked if phone in links}
    with ThreadPoolExecutor(WRITERS) as writers:
        settled = writers.map(partial(_settled, platform), people, people.values())
        return {phone: why for phone, why in zip(people, settled, strict=True) if why is not None}


def _settled(platform: Platform, phone: str, linked: Linked) -> Exception | None:
    try:
        staying.settle(platform, phone, linked)
    except Exception as why:  # one person's failure is never another's
        return why
    return None
