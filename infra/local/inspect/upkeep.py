"""Counters, schedules, sweeps and streams."""

from __future__ import annotations

from collections.abc import Iterator

from nanhai.domain.colour import Colour
from nanhai.policies.divisions import divisions
from nanhai.services.platform import platform
from nanhai.store import counters
from nanhai.store import jobs as stored_jobs

from infra.local import progress
from infra.local.inspect.holders import moment
from infra.local.journal import Journal
from infra.local.trouble import Trouble


def colours() -> Iterator[str]:
    """A line for each town, and one for the district."""
    towns = divisions(platform().settings.district).towns
    counted = counters.colours(list(towns))
    yield "".join(f"{colour.value:>10}" for colour in Colour)
    for code, name in towns.items():
        yield "".join(f"{counted[code][colour]:>10,}" for colour in Colour) + f"  {code} {name}"
    yield "".join(f"{sum(town[colour] for town in counted.values()):>10,}" for colour in Colour) + "  all"


def schedules(journal: Journal) -> Iterator[str]:
    for row in journal.rows("SELECT schedule, at FROM run ORDER BY schedule"):
        yield f"{row['schedule']:<12} ran last at {moment(row['at'])}"


def job(job_id: str) -> Iterator[str]:
    """What was asked, then a line for each segment."""
    found = stored_jobs.get(job_id, platform().now())
    if found is None:
        raise Trouble(f"no job has the id {job_id}")
    head, segments = found
    finished = sum(segment.finished for segment in segments)
    yield f"{head.kind} asked by {head.asked_by} at {moment(head.asked_at)}: {finished} of {head.segments} segments"
    for segment in segments:
        state = "finished" if segment.finished else "under way"
        yield (
            f"segment {segment.number:>3} {state}: {segment.done:,} looked at, {segment.changed:,} changed, "
            f"{segment.failed:,} failed"
        )


def streams(journal: Journal) -> Iterator[str]:
    for row in progress.read(journal):
        yield (
            f"{row['consumer']:<10} {row['delivered']:,} delivered, {row['failed']} given up, "
            f"{row['behind_s']:.1f} s behind, caught up {moment(int(row['caught_up_at']))}"
        )
    for at in journal.rows("SELECT consumer, shard, sequence, drained FROM checkpoint ORDER BY consumer, shard"):
        where = "drained" if at["drained"] else f"at {at['sequence'].lstrip('0')}"
        yield f"{at['consumer']:<10} shard {at['shard']} {where}"
