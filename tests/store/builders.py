"""What the store keeps, made for tests, and work done by many threads at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError
from nanhai.domain.colour import Colour
from nanhai.domain.identifiers import PersonId, PolicyVersion, RecordId, person_id, ulid
from nanhai.domain.records import Holder, Record, Source, Symptoms
from nanhai.domain.timeline import Cause, Segment, Timeline
from nanhai.store import people
from nanhai.store.connection import client, table_name
from nanhai.store.passes import StoredPass
from nanhai.store.wire import Item
from nanhai.store.writes import ONCE_S, ConditionFailed, Once, Refusal, Write, commit

NOW = 1_583_000_000
DAY = 86_400
COMMUNITY = "440605001001"
PERSON = person_id(1)
OTHER = person_id(2)


def record(number: int, person: PersonId = PERSON, at: int = NOW) -> Record:
    fact = Symptoms(37.6, ("fever",))
    name = RecordId(ulid(at * 1_000, number))
    return Record(name, person, at, at, Source.CITIZEN, "self", "form", "consent", fact)


def register(person: PersonId = PERSON, community: str = COMMUNITY) -> PersonId:
    """Someone of whom nothing is known yet."""
    commit([people.new_person(person, community, NOW)])
    return person


def once(key: str, owner: str = "owner", fingerprint: str = "f", now: int = NOW) -> Once:
    return Once(owner, key, fingerprint, now + ONCE_S)


def stored_pass(
    version: int = 1, computed_at: int = NOW, person: PersonId = PERSON, colour: Colour = Colour.GREEN, **changes: Any
) -> StoredPass:
    """A pass of this colour, yellow ones until tomorrow."""
    cause = Cause("fever", NOW, NOW + DAY, (RecordId("r1"),))
    segments = (Segment(NOW, None, colour, ()),)
    if colour is Colour.YELLOW:
        segments = (Segment(NOW, NOW + DAY, colour, (cause,)), Segment(NOW + DAY, None, Colour.GREEN, ()))
    policy = PolicyVersion("nanhai-2020-03-01")
    told = {"told_since": NOW, "colour_told": colour}
    return StoredPass(
        person, version, policy, COMMUNITY, Timeline(policy, Holder.PERSON, segments), computed_at, **told | changes
    )


def refusal(*writes: Write) -> tuple[str, ...]:
    """The labels at fault when `writes` are refused; none when they were made."""
    try:
        commit(writes)
    except ConditionFailed as failed:
        return failed.labels
    return ()


def outcome(work: Callable[[], object]) -> object:
    """What `work` returns, or the labels or the code of its refusal."""
    try:
        return work()
    except ConditionFailed as failed:
        return failed.labels
    except Refusal as refused:
        return refused.code


def together(count: int, work: Callable[[int], object]) -> list[Any]:
    """Outcomes of `count` threads that all begin at the same moment."""
    ready = threading.Barrier(count)

    def one(number: int) -> object:
        ready.wait(30)
        return outcome(lambda: work(number))

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def everything(table: str) -> list[Item]:
    """All items of a table, whatever they are."""
    found: list[Item] = []
    start: dict[str, Any] = {}
    while True:
        page = client().scan(TableName=table_name(table), ConsistentRead=True, **start)
        found += page["Items"]
        if "LastEvaluatedKey" not in page:
            return found
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def error_code(work: Callable[[], object]) -> str | None:
    """AWS's code when `work` is refused by it."""
    try:
        work()
    except ClientError as refused:
        return str(refused.response["Error"]["Code"])
    return None
