"""Events as AWS sends them, made by hand: API Gateway's, DynamoDB's, EventBridge's, SQS's."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.deploy_check.trial import REGION, STAGE

Event = dict[str, Any]
ACCEPT = "application/json, application/problem+json, */*"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def body(self) -> str:
        return self.content.decode()

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        return json.loads(self.body)


def rest(
    method: str,
    path: str,
    *,
    resource: str = "",
    parameters: Mapping[str, str] | None = None,
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> Event:
    """A request on `path`, served by the route `resource`, which is the path itself where nothing else is said."""
    sent = {"accept": ACCEPT, "content-type": "application/json", "host": "api.invalid", **(headers or {})}
    return {
        "resource": resource or path,
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": dict(parameters) if parameters else None,
        "stageVariables": None,
        "requestContext": _context(method, resource or path),
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def answer(result: Mapping[str, Any]) -> Answer:
    """What API Gateway would send on."""
    listed = {name: values[-1] for name, values in (result.get("multiValueHeaders") or {}).items()}
    headers = {name.lower(): str(value) for name, value in {**(result.get("headers") or {}), **listed}.items()}
    body = result.get("body") or ""
    content = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    return Answer(result["statusCode"], headers, content)


def stream(*records: Event) -> Event:
    return {"Records": list(records)}


def change(table: str, kind: str, keys: Event, new: Event | None = None, old: Event | None = None) -> Event:
    """One record of a table's stream; `keys` and images as DynamoDB writes attributes."""
    images = {name: image for name, image in (("NewImage", new), ("OldImage", old)) if image is not None}
    return {
        "eventID": uuid.uuid4().hex,
        "eventName": kind,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": {
            "ApproximateCreationDateTime": time.time(),
            "Keys": keys,
            "SequenceNumber": str(time.time_ns()).zfill(21),
            "SizeBytes": 100,
            "StreamViewType": "NEW_AND_OLD_IMAGES" if images else "KEYS_ONLY",
            **images,
        },
        "eventSourceARN": f"arn:aws:dynamodb:{REGION}:123456789012:table/nanhai-{STAGE.name}-{table}/stream/s",
    }


def schedule(name: str) -> Event:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:123456789012:rule/nanhai-{STAGE.name}-{name}-event"],
        "detail": {},
    }


def queue(name: str, *messages: Mapping[str, Any]) -> Event:
    """Messages as boto3 receives them from the queue of this name, in Lambda's spelling."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "md5OfBody": message["MD5OfBody"],
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{REGION}:123456789012:nanhai-{STAGE.name}-{name}",
                "awsRegion": REGION,
            }
            for message in messages
        ]
    }


def _context(method: str, resource: str) -> Event:
    now = time.time()
    return {
        "accountId": "123456789012",
        "apiId": "check",
        "stage": STAGE.name,
        "requestId": str(uuid.uuid4()),
        "resourcePath": resource,
        "path": f"/{STAGE.name}{resource}",
        "httpMethod": method,
        "protocol": "HTTP/1.1",
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "requestTimeEpoch": int(now * 1_000),
        "authorizer": None,
        "identity": {"sourceIp": "192.0.2.1", "userAgent": "deploy-check"},
    }
