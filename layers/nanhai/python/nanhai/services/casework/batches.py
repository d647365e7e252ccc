"""Proposing isolations of many people together: nothing of a batch can be seen before all of it is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from nanhai.domain import batches as rules
from nanhai.domain import governance
from nanhai.domain.batches import State
from nanhai.domain.days import DAY_S, day_begins, local_day
from nanhai.domain.errors import Fault, Invalid
from nanhai.domain.governance import REASON_NOT_LISTED
from nanhai.domain.identifiers import PersonId, StaffId, ulid
from nanhai.domain.records import Isolation
from nanhai.services import alarms, trail
from nanhai.services.asked import Asked
from nanhai.services.casework.batch_schemas import BatchProposed, ProposeBatch
from nanhai.services.identity.limits import Limit, spend
from nanhai.services.platform import Platform
from nanhai.services.schemas import instant, moment
from nanhai.store import batch_rows, batches, people
from nanhai.store.batch_rows import Row
from nanhai.store.batches import Batch
from nanhai.store.people import Head
from nanhai.store.writes import WRITES_MAX, Once, send

PER_ORGANISATION = Limit("batches", 20, DAY_S)


def propose(platform: Platform, asked: Asked, body: ProposeBatch) -> BatchProposed:
    """Invalid names every fault of the order and of every row, also who is out of scope, just as who does not exist.

    OnOneself, SameOrganisation; TooMany beyond PER_ORGANISATION.
    """
    order = _order(asked, body)
    heads = people.heads({PersonId(row.person_id) for row in body.rows})
    for person in heads:
        governance.check_proposal(asked.actor, person)
    if faults := [*_too_late(asked, order), *_row_faults(asked, body, heads)]:
        raise Invalid(*faults)
    spend(platform, PER_ORGANISATION, asked.actor.organisation, asked.now)
    new = _batch(asked, body, order, heads)
    trail.note(asked, new.batch_id)
    for chunk in _chunks(_rows(body, heads)):
        send(batch_rows.put_rows(new.batch_id, chunk, asked.now))
    answer = BatchProposed(new.batch_id, State.PROPOSED.value, moment(new.due_at))
    return platform.commit([batches.propose(new)], asked.once, answer)


def _order(asked: Asked, body: ProposeBatch) -> Isolation:
    try:
        return governance.order(
            body.kind, body.reason, instant(body.since), instant(body.until), body.place, now=asked.now
        )
    except Invalid as refused:
        if any(fault.code == REASON_NOT_LISTED for fault in refused.faults):
            trail.note(asked, "", REASON_NOT_LISTED)
            alarms.tell("reason-not-listed", REASON_NOT_LISTED, asked.correlation_id)
        raise


def _too_late(asked: Asked, order: Isolation) -> Iterator[Fault]:
    if rules.lapses_at(asked.now, order) <= asked.now:
        yield Fault("/until", "batches.over-before-it-begins", {"minutes": rules.HOLD_S // 60})


def _row_faults(asked: Asked, body: ProposeBatch, heads: Mapping[PersonId, Head]) -> Iterator[Fault]:
    for number, row in enumerate(body.rows):
        head = heads.get(PersonId(row.person_id))
        if head is None or not asked.sees(head.community):
            yield Fault(f"/rows/{number}/person_id", "batches.person-unknown")
    yield from rules.row_faults([(row.person_id, row.evidence) for row in body.rows])


def _batch(asked: Asked, body: ProposeBatch, order: Isolation, heads: Mapping[PersonId, Head]) -> Batch:
    return Batch(
        batch_id=_id(asked),
        state=State.PROPOSED,
        due_at=rules.lapses_at(asked.now, order),
        division=rules.common_division(head.community for head in heads.values()),
        kind=order.kind.value,
        reason=order.reason.value,
        since=order.since,
        until=order.until,
        place=order.place,
        legal_basis=body.legal_basis,
        proposed_by=StaffId(asked.actor.id),
        role=asked.actor.role,
        organisation=asked.actor.organisation,
        proposed_at=asked.now,
        size=len(body.rows),
    )


def _id(asked: Asked) -> str:
    """Of the local day and the request itself: rows that a crash left without a head are found again by its repetition,
    and no other request ever meets them."""
    once = asked.once or Once("", "", "", asked.now)
    entropy = hashlib.sha256(f"{once.owner}\0{once.key}\0{once.fingerprint}".encode()).digest()[:10]
    midnight = day_begins(local_day(asked.now))
    return ulid(midnight * 1_000, int.from_bytes(entropy, "big"))


def _rows(body: ProposeBatch, heads: Mapping[PersonId, Head]) -> list[Row]:
    return [
        Row(number, PersonId(row.person_id), heads[PersonId(row.person_id)].community, row.evidence)
        for number, row in enumerate(body.rows)
    ]


def _chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    return (rows[begin : begin + WRITES_MAX] for begin in range(0, len(rows), WRITES_MAX))
