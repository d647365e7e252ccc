"""Messages into a queue: all of them, or a refusal and some. Whoever consumes them bears one that comes twice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from nanhai.domain.errors import Unavailable

MESSAGES_PER_REQUEST = 10


class QueueUnavailable(Unavailable):
    code = "sweep.queue-unavailable"


def send(url: str, bodies: Sequence[str]) -> None:
    """Raises QueueUnavailable when one of them may not have got there."""
    from botocore.exceptions import BotoCoreError, ClientError

    for start in range(0, len(bodies), MESSAGES_PER_REQUEST):
        chunk = bodies[start : start + MESSAGES_PER_REQUEST]
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(chunk)]
        try:
            answer = sqs().send_message_batch(QueueUrl=url, Entries=entries)
        except (BotoCoreError, ClientError) as failed:
            raise QueueUnavailable(retry_after_s=5) from failed
        if answer.get("Failed"):
            raise QueueUnavailable(retry_after_s=5)


@cache
def sqs() -> Any:  # noqa: ANN401 - botocore builds its clients at run time
    import boto3
    from botocore.config import Config

    return boto3.client(
        "sqs", config=Config(connect_timeout=1, read_timeout=5, retries={"total_max_attempts": 3, "mode": "standard"})
    )
