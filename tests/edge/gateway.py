"""A request as API Gateway's proxy integration hands it to an app, and the answer as it would leave."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from infra.local.rest import resolve


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return self.json["code"]

    @property
    def faults(self) -> list[tuple[str, str]]:
        return [(error["pointer"], error["code"]) for error in self.json.get("errors", [])]


ADDRESS = "192.0.2.7"


def ask(app, method, url, *, body=None, raw=None, token=None, once=None, headers=(), address=ADDRESS) -> Answer:
    """Sends `body` as JSON, or `raw` (text or bytes) just as it is."""
    sent = {"Accept": "application/json"} | dict(headers)
    if body is not None:
        raw = json.dumps(body)
        sent = {"Content-Type": "application/json"} | sent
    if token is not None:
        sent["Authorization"] = f"Bearer {token}"
    if once is not None:
        sent["Idempotency-Key"] = once
    return answer(app(event(app, method, url, raw, sent, address), None))


def event(app, method, url, raw=None, headers=(), address=ADDRESS) -> dict[str, Any]:
    split = urlsplit(url)
    resource = resolve(app.routes, split.path)
    assert resource is not None, f"no route for {url}"
    query = parse_qs(split.query, keep_blank_values=True)
    encoded = isinstance(raw, bytes)
    return {
        "resource": resource.pattern,
        "path": split.path,
        "httpMethod": method,
        "headers": dict(headers),
        "multiValueHeaders": {name: [value] for name, value in dict(headers).items()},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": resource.parameters or None,
        "stageVariables": None,
        "body": base64.b64encode(raw).decode() if encoded else raw,
        "isBase64Encoded": encoded,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": resource.pattern,
            "path": split.path,
            "requestId": "11111111-2222-4333-8444-555555555555",
            "identity": {"sourceIp": address, "userAgent": "test"},
        },
    }


def answer(result: dict[str, Any]) -> Answer:
    body = result["body"]
    return Answer(
        result["statusCode"],
        {name.lower(): value for name, value in result["headers"].items()},
        base64.b64decode(body) if result.get("isBase64Encoded") else body.encode(),
    )
