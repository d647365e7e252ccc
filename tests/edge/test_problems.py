"""What goes wrong is told by a code and a sentence, and never by somebody's data."""

from __future__ import annotations

from typing import get_args

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from nanhai.domain.errors import Fault, Kind, Refusal
from nanhai.edge import problems
from pynamodb.exceptions import GetError

from tests.edge.gateway import ask


def test_a_refusal_has_the_form_of_rfc_9457(app):
    given = ask(app, "GET", "/trouble/invalid", headers={"Accept-Language": "en"})
    assert given.status == 422
    assert given.headers["content-type"] == "application/problem+json"
    assert given.json == {
        "type": "urn:nanhai:problem:invalid",
        "title": "Some entries need to be corrected.",
        "status": 422,
        "code": "invalid",
        "correlation_id": "11111111-2222-4333-8444-555555555555",
        "errors": [
            {"pointer": "/a", "code": "edge.required", "detail": "This field is required."},
            {"pointer": "/b/0", "code": "edge.length", "detail": "The length must be ≤ 3."},
        ],
    }


def test_every_kind_of_refusal_has_a_status():
    assert problems.STATUS.keys() == set(get_args(Kind))


@pytest.mark.parametrize(
    ("kind", "retry_after_s", "header"),
    [
        ("too-many", 77, "77"),
        ("too-many", None, "2"),
        ("unavailable", None, "2"),
        ("conflict", 1, "1"),
        ("conflict", None, None),
    ],
)
def test_who_should_wait_is_told_how_long(kind, retry_after_s, header):
    refused = type("Some", (Refusal,), {"code": "some", "kind": kind})(retry_after_s=retry_after_s)
    assert problems.answer(refused, "en", "c").headers.get("Retry-After") == header


def test_who_must_sign_in_is_told_how(app):
    assert ask(app, "GET", "/passes/me").headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("trouble", "status"), [("throttled", 503), ("timeout", 503), ("bug", 500), ("aws-bug", 500)])
def test_trouble_below_is_told_apart_from_a_mistake_of_ours(app, capsys, trouble, status):
    given = ask(app, "GET", f"/trouble/{trouble}")
    assert (given.status, "retry-after" in given.headers) == (status, status == 503)
    assert given.code == {503: "edge.unavailable", 500: "internal"}[status]
    assert "13800138000" not in given.body.decode() + str(given.headers) + capsys.readouterr().out


@pytest.mark.parametrize(
    ("cause", "unavailable"),
    [
        (ReadTimeoutError(endpoint_url="https://example.invalid"), True),
        (ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "GetItem"), True),
        (ClientError({"Error": {"Code": "503"}, "ResponseMetadata": {"HTTPStatusCode": 503}}, "GetItem"), True),
        (ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetItem"), False),
    ],
)
def test_pynamodb_is_looked_through_to_its_cause(cause, unavailable):
    assert (problems.as_refusal(GetError("failed", cause)) is not None) == unavailable


def test_a_refusal_without_a_text_still_has_a_sentence():
    refused = type("New", (Refusal,), {"code": "nobody.wrote-this"})(Fault("/x", "nor.this"))
    assert b"This cannot be done." in problems.answer(refused, "en", "c").body.encode()
