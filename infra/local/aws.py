"""SNS and SQS as boto3 speaks them, so that functions use their ordinary clients: an inbox and durable queues."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from infra.local import inbox, queues
from infra.local.http import Incoming, Outgoing
from infra.local.journal import Journal

BATCH_MAX = 10
DELAY_S_MAX = 900
SQS_ACCOUNT_ID = "000000000000"


class Wrong(ValueError):
    """A call that the real service would refuse; `code` as it would say it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def sns(journal: Journal, request: Incoming) -> Outgoing:
    """SNS's query protocol, Publish to a phone number only."""
    form = {name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
    if form.get("Action") != "Publish" or not {"PhoneNumber", "Message"} <= form.keys():
        return _xml(
            400, "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidParameter</Code></Error></ErrorResponse>"
        )
    message_id = str(uuid.uuid4())
    inbox.put(journal, form["PhoneNumber"], form["Message"], time.time())
    result = f"<PublishResult><MessageId>{escape(message_id)}</MessageId></PublishResult>"
    return _xml(200, f'<PublishResponse xmlns="{SNS_NAMESPACE}">{result}</PublishResponse>')


def sqs(journal: Journal, request: Incoming) -> Outgoing:
    """SQS's JSON protocol: what a producer calls."""
    operation = request.header("x-amz-target").removeprefix("AmazonSQS.")
    try:
        document = json.loads(request.body or b"{}")
        return _json(200, OPERATIONS[operation](journal, document))
    except KeyError as missing:
        return _json(400, _error("MissingParameter" if operation in OPERATIONS else "UnsupportedOperation", missing))
    except Wrong as wrong:
        return _json(400, _error(wrong.code, wrong))
    except ValueError as wrong:
        return _json(400, _error("InvalidParameterValue", wrong))


def queue_arn(name: str) -> str:
    return f"arn:aws:sqs:local:{SQS_ACCOUNT_ID}:{name}"


def queue_url(base: str, name: str) -> str:
    return f"{base}/local/sqs/{SQS_ACCOUNT_ID}/{name}"


def _send(journal: Journal, call: dict[str, Any]) -> dict[str, Any]:
    body = _sound(call["MessageBody"])
    (message_id,) = queues.send(journal, _queue(call), [body], _delay(call))
    return {"MessageId": message_id, "MD5OfMessageBody": queues.md5(body)}


def _send_batch(journal: Journal, call: dict[str, Any]) -> dict[str, Any]:
    entries = call["Entries"]
    if not 1 <= len(entries) <= BATCH_MAX:
        raise Wrong("AWS.SimpleQueueService.TooManyEntriesInBatchRequest", f"1 to {BATCH_MAX} entries")
    bodies = [_sound(entry["MessageBody"]) for entry in entries]
    ids = queues.send(journal, _queue(call), bodies, max(_delay(entry) for entry in entries))
    sent = zip(entries, ids, bodies, strict=True)
    return {
        "Successful": [
            {"Id": entry["Id"], "MessageId": message_id, "MD5OfMessageBody": queues.md5(body)}
            for entry, message_id, body in sent
        ],
        "Failed": [],
    }


def _attributes(journal: Journal, call: dict[str, Any]) -> dict[str, Any]:
    name = _queue(call)
    count = queues.waiting(journal).get(name, 0)
    return {"Attributes": {"QueueArn": queue_arn(name), "ApproximateNumberOfMessages": str(count)}}


def _queue(call: dict[str, Any]) -> str:
    return str(call["QueueUrl"]).rstrip("/").rsplit("/", 1)[-1]


def _delay(call: dict[str, Any]) -> int:
    return min(DELAY_S_MAX, max(0, int(call.get("DelaySeconds", 0))))


def _sound(body: str) -> str:
    if not 1 <= len(body.encode()) <= queues.BODY_BYTES_MAX:
        raise Wrong("InvalidParameterValue", f"a body has 1 to {queues.BODY_BYTES_MAX} bytes")
    return body


OPERATIONS: dict[str, Callable[[Journal, dict[str, Any]], dict[str, Any]]] = {
    "SendMessage": _send,
    "SendMessageBatch": _send_batch,
    "GetQueueAttributes": _attributes,
}
SNS_NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"


def _error(code: str, reason: Exception) -> dict[str, str]:
    return {"__type": f"com.amazonaws.sqs#{code}", "message": str(reason)}


def _json(status: int, document: dict[str, Any]) -> Outgoing:
    return Outgoing(status, (("content-type", "application/x-amz-json-1.0"),), json.dumps(document).encode())


def _xml(status: int, document: str) -> Outgoing:
    return Outgoing(status, (("content-type", "text/xml"),), document.encode())
