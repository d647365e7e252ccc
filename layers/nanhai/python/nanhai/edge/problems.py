"""Every failure as application/problem+json (RFC 9457): a stable code, a text in the reader's language, no detail
that belongs to somebody else. What is not a refusal says nothing but that it happened."""

from __future__ import annotations

import msgspec
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError
from pynamodb.exceptions import PynamoDBException

from nanhai.domain.errors import Fault, Kind, Refusal, Unavailable
from nanhai.edge.answers import Answer
from nanhai.store.passing import passes
from nanhai.texts import Language, text

CONTENT_TYPE = "application/problem+json"
STATUS: dict[Kind, int] = {
    "malformed": 400,
    "invalid": 422,
    "unauthenticated": 401,
    "forbidden": 403,
    "absent": 404,
    "conflict": 409,
    "too-large": 413,
    "too-many": 429,
    "unavailable": 503,
}
RETRY_AFTER_S = 2
WAITING = {"too-many", "unavailable"}


class Internal(Exception):
    code = "internal"


class DependencyUnavailable(Unavailable):
    """AWS did not answer, or asked for patience."""

    code = "edge.unavailable"


class Error(msgspec.Struct, frozen=True):
    """One fault: where, as a JSON pointer, and what."""

    pointer: str
    code: str
    detail: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    code: str
    correlation_id: str
    errors: tuple[Error, ...] = ()


def answer(failure: Exception, language: Language, correlation_id: str) -> Answer:
    """The answer that tells of `failure`; never raises."""
    refused = as_refusal(failure)
    if refused is None:
        return _answer(500, Internal.code, text(Internal.code, language), language, correlation_id)
    status = getattr(refused, "status", STATUS[refused.kind])
    title = text(refused.code, language, refused.params)
    return _answer(status, refused.code, title, language, correlation_id, refused.faults, _headers(refused))


def as_refusal(failure: Exception) -> Refusal | None:
    """`failure` if it is an expected no, a plain unavailability for AWS in trouble, None for everything unforeseen."""
    if isinstance(failure, Refusal):
        return failure
    cause = failure.cause if isinstance(failure, PynamoDBException) and failure.cause else failure
    if isinstance(cause, (ConnectionError, HTTPClientError)):
        return DependencyUnavailable()
    if isinstance(cause, ClientError) and passes(cause):
        return DependencyUnavailable()
    return None


def _headers(refused: Refusal) -> dict[str, str]:
    headers = {}
    if refused.kind == "unauthenticated":
        headers["WWW-Authenticate"] = "Bearer"
    if refused.kind in WAITING or refused.retry_after_s is not None:
        headers["Retry-After"] = str(refused.retry_after_s or RETRY_AFTER_S)
    return headers


def _answer(
    status: int,
    code: str,
    title: str,
    language: Language,
    correlation_id: str,
    faults: tuple[Fault, ...] = (),
    headers: dict[str, str] | None = None,
) -> Answer:
    errors = tuple(Error(fault.pointer, fault.code, text(fault.code, language, fault.params)) for fault in faults)
    problem = Problem(f"urn:nanhai:problem:{code}", title, status, code, correlation_id, errors)
    return Answer(status, msgspec.json.encode(problem).decode("utf-8"), CONTENT_TYPE, headers or {})
