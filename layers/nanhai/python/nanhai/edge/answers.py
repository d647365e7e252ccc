"""What a handler returned, as what API Gateway is handed."""

from __future__ import annotations

import msgspec
from chalice.app import Response

from nanhai.edge.endpoint import Endpoint, Raw
from nanhai.texts import Language

JSON = "application/json"
EVERY_ANSWER = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language, Authorization, Origin",
}


class Answer(msgspec.Struct, frozen=True):
    status: int
    body: str | bytes = ""
    content_type: str = JSON
    headers: dict[str, str] = msgspec.field(default_factory=dict)

    def response(self, language: Language, correlation_id: str) -> Response:
        headers: dict[str, str | list[str]] = {
            **EVERY_ANSWER,
            "Content-Type": self.content_type,
            "Content-Language": language,
            "X-Correlation-Id": correlation_id,
            **self.headers,
        }
        return Response(body=self.body, headers=headers, status_code=self.status)


def of(endpoint: Endpoint, returned: object) -> Answer:
    """The answer of a handler; TypeError when it is not what the route declares."""
    if isinstance(returned, Raw):
        return Answer(returned.status or endpoint.status, returned.body, returned.content_type, returned.headers)
    if endpoint.returns is None and returned is not None:
        raise TypeError(f"{endpoint.operation} declares no answer")
    return repeated(endpoint, msgspec.json.encode(returned))


def repeated(endpoint: Endpoint, encoded: bytes) -> Answer:
    """The answer whose JSON is known already."""
    return Answer(endpoint.status, "" if endpoint.returns is None else encoded.decode("utf-8"))
