"""What the gateway answers by itself: the very answers that infra/gateway-responses.json gives API Gateway."""

from __future__ import annotations

import json
import uuid
from functools import cache
from typing import Any, Literal

from infra.functions import ROOT
from infra.local.http import Outgoing

Kind = Literal[
    "MISSING_AUTHENTICATION_TOKEN",  # its name for a path or method that does not exist
    "BAD_REQUEST_PARAMETERS",
    "REQUEST_TOO_LARGE",
    "THROTTLED",
    "INTEGRATION_FAILURE",
    "INTEGRATION_TIMEOUT",
    "WAF_FILTERED",
]
ALWAYS = {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
}


def refuse(kind: Kind) -> Outgoing:
    """The problem+json answer for `kind`."""
    told = _told()[kind]
    correlation = str(uuid.uuid4())
    body = {
        "type": f"urn:nanhai:problem:{told['code']}",
        "title": told["title"],
        "status": told["status"],
        "code": told["code"],
        "correlation_id": correlation,
    }
    headers = ALWAYS | {name.lower(): value for name, value in told.get("headers", {}).items()}
    headers["x-correlation-id"] = correlation
    return Outgoing(told["status"], tuple(headers.items()), json.dumps(body, ensure_ascii=False).encode())


@cache
def _told() -> dict[str, dict[str, Any]]:
    document: dict[str, dict[str, Any]] = json.loads((ROOT / "infra" / "gateway-responses.json").read_text("utf-8"))
    return document
