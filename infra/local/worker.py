"""Delivers one queue to the function that consumes it."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any

from infra.local import queues
from infra.local.aws import queue_arn
from infra.local.consumers import QueueConsumer
from infra.local.journal import Journal
from infra.local.queues import Message

LOG = logging.getLogger("nanhai.worker")
IDLE_S = 0.3
AGAIN_AFTER_S = 2.0


@dataclass(frozen=True, slots=True)
class Worker:
    source: QueueConsumer
    journal: Journal

    def step(self) -> float:
        now = time.time()
        hidden_s = max(queues.VISIBILITY_TIMEOUT_S, 2 * self.source.consumer.time_limit_s)
        messages = queues.receive(self.journal, self.source.queue, self.source.batch_size, now, hidden_s)
        if not messages:
            return IDLE_S
        failed = self._failed(messages)
        for message in messages:
            if message.id in failed:
                queues.give_back(self.journal, message, time.time() + AGAIN_AFTER_S * message.receives)
            else:
                queues.delete(self.journal, message)
        return 0.0

    def _failed(self, messages: list[Message]) -> set[str]:
        """The ids that were not done: those named in batchItemFailures, or all when the function raised."""
        try:
            answer = self.source.consumer({"Records": [_record(message) for message in messages]})
        except Exception:  # whatever a function raises, SQS shows the messages again
            LOG.exception("%s failed on %d messages", self.source.consumer.name, len(messages))
            return {message.id for message in messages}
        failures = answer.get("batchItemFailures", ()) if isinstance(answer, dict) else ()
        return {str(failure["itemIdentifier"]) for failure in failures}


def release(journal: Journal) -> None:
    """At the start of the only process that works on queues: what a killed one held is visible again."""
    journal.write("UPDATE message SET visible_at = ? WHERE receipt IS NOT NULL", time.time())


def _record(message: Message) -> dict[str, Any]:
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.receives),
            "SentTimestamp": str(int(message.sent_at * 1_000)),
        },
        "messageAttributes": {},
        "md5OfBody": message.md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn(message.queue),
        "awsRegion": "local",
    }
