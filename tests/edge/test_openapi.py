"""The description follows from the declarations."""

from __future__ import annotations

import pytest
from nanhai.edge.api import endpoints
from nanhai.edge.openapi import document
from openapi_spec_validator import OpenAPIV31SpecValidator


@pytest.fixture
def described(app):
    return document({"sample": endpoints(app)})


def test_the_document_is_valid_openapi(described):
    OpenAPIV31SpecValidator(described).validate()


def test_an_operation_says_who_may_ask_and_with_what(described):
    apply = described["paths"]["/sample/applications"]["post"]
    assert (apply["x-operation"], apply["security"], apply["x-scopes"]) == (
        "pass.apply",
        [{"session": []}],
        {"citizen": "own"},
    )
    assert apply["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Tell"}
    assert [parameter["name"] for parameter in apply["parameters"]] == ["Accept-Language", "Idempotency-Key"]


def test_a_query_is_described_parameter_by_parameter(described):
    parameters = described["paths"]["/sample/list"]["get"]["parameters"]
    assert [(p["name"], p["in"], p.get("required", False)) for p in parameters[:3]] == [
        ("limit", "query", False),
        ("cursor", "query", False),
        ("state", "query", False),
    ]


def test_every_refusal_that_the_edge_may_give_is_told(described):
    responses = described["paths"]["/sample/applications"]["post"]["responses"]
    assert responses.keys() == {"202", "400", "401", "403", "409", "413", "415", "422", "503", "default"}
    assert "edge.duplicate-key" in responses["400"]["description"]


def test_where_nobody_is_asked_nothing_is_secured(described):
    assert described["paths"]["/sample/page"]["get"]["security"] == []
