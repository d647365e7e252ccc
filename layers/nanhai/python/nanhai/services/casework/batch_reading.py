"""Batches as they wait: what their orders would do, decided dry, and their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from nanhai.domain import batches as rules
from nanhai.domain.actors import Role
from nanhai.domain.batches import Outcome, State
from nanhai.domain.colour import RANK, Colour
from nanhai.domain.dryrun import Matrix
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant
from nanhai.domain.masking import HIDDEN
from nanhai.domain.records import Isolation, Place, Reason
from nanhai.policies.divisions import divisions
from nanhai.services.asked import Asked
from nanhai.services.casework.batch_decisions import in_scope, state_of
from nanhai.services.casework.batch_schemas import (
    ApprovedBy,
    BatchListed,
    BatchRowTold,
    BatchTold,
    BatchTransition,
    EndedBy,
    Preview,
    Progress,
)
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store import batch_rows, batches, counters, people
from nanhai.store.batch_rows import Row
from nanhai.store.batches import Batch
from nanhai.store.people import Access
from nanhai.store.writes import WRITES_MAX, send

PAGES_PER_REQUEST_MAX = 5
PURPOSE = "isolation"
Queue = Literal["proposed", "approved", "ended", "lapsed"]
Start = dict[str, Any]
Outlook = Mapping[int, tuple[Colour, Colour]]  # by number of the row; of those that can be decided


def listed(asked: Asked, queue: Queue, limit: int, start: Start | None) -> tuple[list[BatchListed], Start | None]:
    """Those in the asker's scope, soonest due first, and where the next page begins; nothing of a person."""
    found: list[BatchListed] = []
    following = start
    stored, due_from = ("proposed" if queue == "lapsed" else queue), (asked.now + 1 if queue == "proposed" else 0)
    for _ in range(PAGES_PER_REQUEST_MAX):
        page, following = batches.in_queue(stored, asked.now, limit, following, due_from)
        found = [
            _listed(one, asked.now)
            for one in page
            if asked.sees(one.division) and (state_of(one, asked.now) is State.LAPSED) == (queue == "lapsed")
        ]
        if found or following is None:
            break
    return found, following


def read(platform: Platform, asked: Asked, batch_id: str) -> BatchTold:
    """The whole of a batch in numbers; whose they are is told row by row. Absent out of scope."""
    batch = in_scope(asked, batch_id)
    rows = [*batch_rows.every_row(batch_id)]
    at = _looked_at(batch, asked.now)
    return _told(batch, asked.now, _preview(platform, batch, rows, at), _progress(rows))


def rows(
    platform: Platform, asked: Asked, batch_id: str, limit: int, start: Start | None
) -> tuple[list[BatchRowTold], Start | None]:
    """A page of them; everybody on it is told who looked, before it is answered.

    The district command sees the evidence in its own organisation's batches only.
    """
    batch = in_scope(asked, batch_id)
    page, following = batch_rows.rows(batch_id, limit, start)
    _note(platform, asked, page)
    outlook = _outlook(platform, batch, page, _looked_at(batch, asked.now))
    open_ = asked.actor.role is not Role.DISTRICT_COMMAND or asked.actor.organisation == batch.organisation
    return [_row(row, outlook, open_=open_) for row in page], following


def _note(platform: Platform, asked: Asked, page: Sequence[Row]) -> None:
    actor = asked.actor
    access = Access(asked.now, actor.id, actor.role.value, actor.organisation, PURPOSE)
    notes = [people.note_access(row.person_id, access, platform.new_ulid(asked.now)) for row in page]
    for begin in range(0, len(notes), WRITES_MAX):
        send(notes[begin : begin + WRITES_MAX])


def order_of(batch: Batch) -> Isolation:
    return Isolation(Place(batch.kind), Reason(batch.reason), batch.since, batch.until, batch.place)


def _looked_at(batch: Batch, now: Instant) -> Instant:
    """An order that begins later shows its effect when it has begun."""
    return max(now, batch.since)


def _outlook(platform: Platform, batch: Batch, rows: Iterable[Row], at: Instant) -> Outlook:
    told = [*rows]
    heads = people.heads(row.person_id for row in told)
    policy, order = platform.policies.in_force(at), order_of(batch)
    found = {}
    for row in told:
        head = heads.get(row.person_id)
        if head is None:
            continue
        try:
            found[row.number] = rules.outlook(people.facts_of(head), row.person_id, order, policy, at)
        except Poison:
            continue  # told as refused: nothing can be decided of whom a record cannot be read
    return found


def _preview(platform: Platform, batch: Batch, rows: Sequence[Row], at: Instant) -> Preview:
    outlook = _outlook(platform, batch, rows, at)
    matrix = Matrix()
    for row in rows:
        if row.number in outlook:
            matrix.add(row.community, *outlook[row.number], row.person_id)
    worsened = sum(RANK[after] > RANK[before] for before, after in outlook.values())
    return Preview(
        moment(at),
        dict(sorted(Counter(row.community for row in rows).items())),
        [BatchTransition(*cell[:1], cell[1].value, cell[2].value, n) for cell, n in sorted(matrix.counts.items())],
        worsened,
        _share(platform, worsened),
        [row.number for row in rows if row.number not in outlook],
    )


def _share(platform: Platform, worsened: int) -> float:
    """Of all passes of the district as counted now; of none counted yet it is all of them."""
    towns = [*divisions(platform.settings.district).towns]
    passes = sum(sum(row.values()) for row in counters.colours(towns).values())
    return worsened / max(passes, worsened, 1)


def _progress(rows: Iterable[Row]) -> Progress:
    counts = Counter(row.outcome for row in rows)
    return Progress(counts[None], counts[Outcome.ORDERED], counts[Outcome.OVER], counts[Outcome.ABSENT])


def _listed(batch: Batch, now: Instant) -> BatchListed:
    return BatchListed(
        batch.batch_id,
        state_of(batch, now).value,
        batch.division,
        batch.organisation,
        batch.size,
        len(batch.approvers),
        moment(batch.proposed_at),
        moment(batch.due_at),
    )


def _told(batch: Batch, now: Instant, preview: Preview, progress: Progress) -> BatchTold:
    ended = batch.ended
    return BatchTold(
        batch_id=batch.batch_id,
        state=state_of(batch, now).value,
        division=batch.division,
        size=batch.size,
        kind=batch.kind,
        reason=batch.reason,
        since=moment(batch.since),
        until=moment(batch.until),
        place=batch.place,
        legal_basis=batch.legal_basis,
        proposed_by=batch.proposed_by,
        organisation=batch.organisation,
        proposed_at=moment(batch.proposed_at),
        due_at=moment(batch.due_at),
        approvals=[ApprovedBy(a.by, a.organisation, a.role.value, moment(a.at)) for a in batch.approvers],
        ended=None if ended is None else EndedBy(ended.by, ended.organisation, moment(ended.at), ended.why),
        preview=preview,
        progress=progress,
    )


def _row(row: Row, outlook: Outlook, *, open_: bool) -> BatchRowTold:
    before, after = outlook.get(row.number, (None, None))
    return BatchRowTold(
        row.number,
        row.person_id,
        row.community,
        row.evidence if open_ else HIDDEN,
        None if before is None else before.value,
        None if after is None else after.value,
        None if row.outcome is None else row.outcome.value,
        row.record_id,
    )
