"""Queues: what waits, and what failed and is given another chance."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from infra.local import apps, consumers
from infra.local import queues as durable
from infra.local.journal import Journal
from infra.local.trouble import Trouble

SHOWN_CHARACTERS_MAX = 200
FAILURES = "-failures"

Deliver = Callable[[dict[str, Any]], Any]


def queues(journal: Journal) -> Iterator[str]:
    for name, count in sorted(durable.waiting(journal).items()):
        yield f"{count:>8} {name}"


def messages(journal: Journal, name: str, limit: int) -> Iterator[str]:
    """The oldest first; looking does not touch them."""
    rows = journal.rows(
        "SELECT id, body, receives, sent_at FROM message WHERE queue = ? ORDER BY number LIMIT ?", name, limit
    )
    for row in rows:
        age_s = time.time() - row["sent_at"]
        yield f"{row['id']}  {age_s:.0f} s old, tried {row['receives']} times  {row['body'][:SHOWN_CHARACTERS_MAX]}"


def redrive(journal: Journal, name: str, limit: int) -> Iterator[str]:
    """Messages of a failure queue go back to their queue, or to the function itself when it reads a stream."""
    if not name.endswith(FAILURES):
        raise Trouble(f"{name} is no failure queue: those end in {FAILURES}")
    source = name.removesuffix(FAILURES)
    loaded = apps.load_all()
    if any(queue.queue == source for queue in consumers.queues(loaded)):
        yield f"{_give_back(journal, name, source, limit)} messages wait in {source} again"
        return
    done = 0
    for message in durable.receive(journal, name, limit, time.time()):
        event = json.loads(message.body)
        try:
            _function(loaded, name, event)(event)
        except Exception as failed:  # whatever a function raises, the message stays where it is
            durable.give_back(journal, message, time.time())
            yield f"{message.id} failed again: {type(failed).__name__}"
        else:
            durable.delete(journal, message)
            done += 1
    yield f"{done} messages delivered"


def _give_back(journal: Journal, name: str, source: str, limit: int) -> int:
    return journal.write(
        "UPDATE message SET queue = ?, visible_at = ?, receives = 0, receipt = NULL WHERE number IN"
        " (SELECT number FROM message WHERE queue = ? ORDER BY number LIMIT ?)",
        source,
        time.time(),
        name,
        limit,
    )


def _function(loaded: dict[str, apps.SharedChalice], name: str, event: dict[str, Any]) -> Deliver:
    """The function that did not manage `event`: the consumer of its stream, or the one its schedule names."""
    scheduled = {resource.rsplit("/", 1)[-1] for resource in event.get("resources", ())}
    everyone = [
        *(stream.consumer for stream in consumers.streams(loaded)),
        *(schedule.consumer for schedule in consumers.schedules(loaded) if schedule.consumer.name in scheduled),
    ]
    for consumer in everyone:
        if consumer.failures == name and (not scheduled or consumer.name in scheduled):
            return consumer
    raise Trouble(f"no function puts its failures into {name}")
