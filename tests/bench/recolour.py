"""A batch of a hundred changed heads, four of which give another colour, against get and update record by record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from nanhai.domain.identifiers import PersonId
from nanhai.store import passes
from nanhai.streams import recolour
from nanhai.streams.rebuild import PEOPLE_PER_REQUEST

from tests.bench.compare import Result, paired
from tests.bench.ground import Ground
from tests.bench.population import FEVER, WELL, Change, declare, people_with_passes

PEER = "get and update per record with PynamoDB"
BATCH = 100  # what infra/merge asks Lambda for
CHANGED_EVERY = 25  # 4 %
SAMPLES = 21


def results(ground: Ground) -> Iterator[Result]:
    from tests.bench.peers import models
    from tests.bench.peers import recolour as peer

    models.create_tables()
    people = people_with_passes(ground, (SAMPLES + 1) * BATCH)  # the first batch warms up
    declare(ground, (Change(who, WELL if n % CHANGED_EVERY else FEVER) for n, who in enumerate(people)))
    yield paired(
        "recolour",
        _batches(people, _ours),
        PEER,
        _batches(people, peer.handle),
        ">= 10",
        samples=SAMPLES,
        unit="us of CPU per record",
        scale=1e6 / BATCH,
        faster_is_larger=True,
    )
    _agreed(people[-PEOPLE_PER_REQUEST:])


def event(people: Sequence[PersonId]) -> dict[str, Any]:
    """What Lambda hands over when the heads of `people` changed; the stream carries keys only."""
    return {"Records": [_record(str(number), who) for number, who in enumerate(people)]}


def _record(sequence: str, who: PersonId) -> dict[str, Any]:
    keys = {"person_id": {"S": who}, "sk": {"S": "head"}}
    change = {"SequenceNumber": sequence.zfill(21), "Keys": keys, "StreamViewType": "KEYS_ONLY"}
    return {"eventID": sequence, "eventName": "MODIFY", "eventSource": "aws:dynamodb", "dynamodb": change}


def _ours(told: Mapping[str, Any]) -> None:
    answer = recolour.handle(told)
    if answer["batchItemFailures"]:
        raise RuntimeError(f"{len(answer['batchItemFailures'])} records were not recoloured")


def _agreed(people: Sequence[PersonId]) -> None:
    """Both sides have done the same: the colours of these people are equal, and not all one."""
    from tests.bench.peers.models import Pass

    ours = {who: stored.colour_told.value for who, stored in passes.many(people)[1].items()}
    theirs = {found.person_id: found.colour for found in Pass.batch_get(people)}
    if ours != theirs or "yellow" not in ours.values():
        raise RuntimeError("ours and the peer's passes differ")


def _batches(people: Sequence[PersonId], handle: Callable[[Mapping[str, Any]], None]) -> Callable[[], None]:
    """Work that takes the next hundred people at each call: a pass is brought up to date once."""
    events = iter([event(people[first : first + BATCH]) for first in range(0, len(people), BATCH)])
    return lambda: handle(next(events))
