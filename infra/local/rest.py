"""API Gateway's REST API with Lambda proxy integration: a request becomes the event, Lambda's result the answer.

Kept as the real one does it: path and path parameters stay percent-encoded, the query is decoded, the last of repeated
headers wins in `headers` and all are in `multiValueHeaders`, a body is base64 when its content type is binary for the
API, and a result is decoded only when the first type in Accept is.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from infra.local.apps import SharedChalice
from infra.local.http import Headers, Incoming, Outgoing

STAGE = "local"
ACCOUNT = "000000000000"
QUERY_FIELDS_MAX = 200
TEXT_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Resource:
    """A route of the app, such as /{who}/paper/{paper_id}, and what stood in its braces."""

    pattern: str
    parameters: dict[str, str]


def resolve(routes: Iterable[str], path: str) -> Resource | None:
    """The route that serves `path`; literal segments win over parameters, a trailing slash does not count."""
    parts = (path.rstrip("/") or "/").split("/")
    for pattern in sorted(routes, key=_specificity):
        parameters = _match(pattern.split("/"), parts)
        if parameters is not None:
            return Resource(pattern, parameters)
    return None


def event(app: SharedChalice, request: Incoming, resource: Resource) -> dict[str, Any]:
    """The proxy event for a request on `resource`."""
    query = parse_qsl(request.query, keep_blank_values=True, max_num_fields=QUERY_FIELDS_MAX)
    binary = _is_of(request.header("content-type"), app.api.binary_types)
    return {
        "resource": resource.pattern,
        "path": request.raw_path,
        "httpMethod": request.method,
        "headers": dict(request.headers),
        "multiValueHeaders": _grouped(request.headers),
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": _grouped(query) or None,
        "pathParameters": resource.parameters or None,
        "stageVariables": None,
        "requestContext": _context(app.app_name, request, resource),
        "body": _body(request.body, binary),
        "isBase64Encoded": binary and bool(request.body),
    }


def outgoing(result: Mapping[str, Any], app: SharedChalice, request: Incoming) -> Outgoing:
    """The answer in Lambda's result; ValueError, KeyError or TypeError when it has not the agreed form."""
    headers = [(name.lower(), str(value)) for name, value in (result.get("headers") or {}).items()]
    for name, values in (result.get("multiValueHeaders") or {}).items():
        headers += [(name.lower(), str(value)) for value in values]
    if all(name != "content-type" for name, _ in headers):
        headers.append(("content-type", TEXT_TYPE))
    body = result.get("body") or ""
    first_accepted = request.header("accept").split(",")[0]
    decode = result.get("isBase64Encoded") and _is_of(first_accepted, app.api.binary_types)
    return Outgoing(int(result["statusCode"]), tuple(headers), base64.b64decode(body) if decode else body.encode())


def preflight(app: SharedChalice, resource: Resource) -> Headers | None:
    """What API Gateway's own OPTIONS method answers for a route with CORS; None without CORS."""
    methods = app.routes[resource.pattern]
    cors = next((entry.cors for entry in methods.values() if entry.cors is not None), None)
    if cors is None:
        return None
    allowed = ",".join(sorted({*methods, "OPTIONS"}))
    return (
        ("access-control-allow-methods", allowed),
        *((name.lower(), value) for name, value in cors.get_access_control_headers().items()),
    )


def _specificity(pattern: str) -> tuple[bool, ...]:
    return tuple(segment.startswith("{") for segment in pattern.split("/"))


def _match(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(parts):
        return None
    parameters = {}
    for wanted, found in zip(pattern, parts, strict=True):
        if wanted.startswith("{") and found:
            parameters[wanted[1:-1]] = found
        elif wanted != found:
            return None
    return parameters


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _body(body: bytes, binary: bool) -> str | None:
    if not body:
        return None
    return base64.b64encode(body).decode("ascii") if binary else body.decode("utf-8", errors="replace")


def _is_of(media_type: str, binary_types: Iterable[str]) -> bool:
    plain = media_type.split(";")[0].strip().lower()
    return "*/*" in binary_types or plain in {known.lower() for known in binary_types}


def _context(app_name: str, request: Incoming, resource: Resource) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "accountId": ACCOUNT,
        "apiId": app_name,
        "stage": STAGE,
        "requestId": str(uuid.uuid4()),
        "extendedRequestId": uuid.uuid4().hex,
        "resourceId": resource.pattern,
        "resourcePath": resource.pattern,
        "path": request.raw_path,
        "httpMethod": request.method,
        "protocol": "HTTP/1.1",
        "domainName": request.header("host"),
        "domainPrefix": request.header("host").split(".")[0],
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(now.timestamp() * 1_000),
        "authorizer": None,
        "identity": {
            "sourceIp": request.address,
            "userAgent": request.header("user-agent"),
            "accountId": None,
            "apiKey": None,
            "caller": None,
            "user": None,
            "userArn": None,
        },
    }
