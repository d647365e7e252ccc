"""The whole interface as an OpenAPI 3.1 document, from what the routes declare; made ahead, never while serving."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from nanhai.domain.errors import Absent, Refusal
from nanhai.edge import authority, malformed, problems
from nanhai.edge.authentication import Dismissed, NotAToken
from nanhai.edge.endpoint import ANYTHING, Endpoint, Raw
from nanhai.edge.incoming import SEGMENT
from nanhai.edge.once import HEADER, KEY
from nanhai.edge.problems import Problem
from nanhai.services.schemas import END
from nanhai.store.writes import Busy, KeyReused
from nanhai.texts import LANGUAGES

Json = dict[str, Any]
Kinds = Iterable[type[Refusal]]
REFERENCE = "#/components/schemas/{name}"
PROBLEM = {problems.CONTENT_TYPE: {"schema": {"$ref": REFERENCE.format(name=Problem.__name__)}}}
TEXTS = (ANYTHING, "image/svg+xml")  # answers that are no bytes, or of every kind
OF_QUERY = (malformed.UnknownField, malformed.Repeated, malformed.WrongType, malformed.OutOfRange)
OF_BODY = (
    malformed.Unreadable,
    malformed.BadUtf8,
    malformed.TooDeep,
    malformed.DuplicateKey,
    malformed.UnknownField,
    malformed.Required,
    malformed.WrongType,
    malformed.WrongLength,
    malformed.OutOfRange,
    malformed.WrongPattern,
    malformed.UnknownChoice,
    malformed.BadMediaType,
    malformed.BodyTooLarge,
)
OF_ONCE = (malformed.OnceKeyRequired, malformed.BadOnceKey, KeyReused, Busy)


def document(functions: Mapping[str, Sequence[Endpoint]]) -> Json:
    """The interface of `functions`: for each base path, the endpoints served under it."""
    schemas = _schemas([endpoint for endpoints in functions.values() for endpoint in endpoints])
    paths: Json = {}
    for name, endpoints in sorted(functions.items()):
        for endpoint in sorted(endpoints, key=lambda endpoint: endpoint.path):
            path = paths.setdefault(f"/{name}{endpoint.path}".removesuffix("/"), {})
            path[endpoint.method.lower()] = _operation(name, endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Nanhai Pass 南海通",
            "version": "1",
            "summary": "A four-colour electronic pass: facts are stored, colours are computed.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in sorted(functions)],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer", "bearerFormat": "at+jwt"}},
        },
    }


def _schemas(endpoints: Sequence[Endpoint]) -> Json:
    types = {part for endpoint in endpoints for part in (endpoint.body, endpoint.query, endpoint.returns)}
    structs = sorted((part for part in types - {None, Raw} if part is not None), key=lambda part: part.__qualname__)
    _, components = msgspec.json.schema_components([*structs, Problem], ref_template=REFERENCE)
    encoded = msgspec.json.encode(dict(sorted(components.items())))  # JSON knows no tuples
    return msgspec.json.decode(encoded.replace(_written(END), _written("$")), type=Json)


def _written(pattern: str) -> bytes:
    """A part of a pattern as it stands in JSON."""
    return msgspec.json.encode(pattern)[1:-1]


def _operation(name: str, endpoint: Endpoint, schemas: Json) -> Json:
    public = authority.is_public(endpoint.operation)
    rules = authority.MATRIX[endpoint.operation]
    operation: Json = {
        "operationId": f"{name}.{endpoint.view.__name__}",
        "tags": [name],
        "summary": endpoint.summary,
        "security": [] if public else [{"session": []}],
        "x-operation": endpoint.operation,
        "parameters": [*_in_path(endpoint), *_in_query(endpoint, schemas), *_in_headers(endpoint)],
        "responses": _responses(endpoint, public=public),
    }
    if not public:
        operation["x-scopes"] = {role.value: rule.value for role, rule in rules.items()}
    if endpoint.body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _of(endpoint.body)}}}
    return operation


def _in_path(endpoint: Endpoint) -> list[Json]:
    schema = {"type": "string", "pattern": f"^{SEGMENT.pattern}$"}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in endpoint.parameters]


def _in_query(endpoint: Endpoint, schemas: Json) -> list[Json]:
    if endpoint.query is None:
        return []
    struct = schemas[endpoint.query.__name__]
    required = struct.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in struct["properties"].items()
    ]


def _in_headers(endpoint: Endpoint) -> list[Json]:
    language = {"name": "Accept-Language", "in": "header", "schema": {"type": "string", "examples": list(LANGUAGES)}}
    key = {
        "name": HEADER,
        "in": "header",
        "required": True,
        "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
    }
    return [language, key] if endpoint.once else [language]


def _responses(endpoint: Endpoint, *, public: bool) -> Json:
    refusals: dict[int, set[str]] = {}
    for refusal in _refusals(endpoint, public=public):
        refusals.setdefault(getattr(refusal, "status", problems.STATUS[refusal.kind]), set()).add(refusal.code)
    answers = {str(endpoint.status): _answer(endpoint)}
    answers |= {str(status): _problem(codes) for status, codes in sorted(refusals.items())}
    return answers | {"default": {"description": "Something unforeseen", "content": PROBLEM}}


def _refusals(endpoint: Endpoint, *, public: bool) -> Iterable[type[Refusal]]:
    yield from endpoint.errors
    yield problems.DependencyUnavailable
    yield from OF_QUERY if endpoint.query is not None else (malformed.UnknownField,)
    yield from OF_BODY if endpoint.body is not None else (malformed.BodyUnexpected,)
    if endpoint.once:
        yield from OF_ONCE
    if not public:
        yield from (authority.Unauthenticated, NotAToken, Dismissed, authority.NotAllowed, authority.NotRegistered)
    if endpoint.parameters or authority.is_scoped(endpoint.operation):
        yield Absent


def _answer(endpoint: Endpoint) -> Json:
    answer: Json = {"description": endpoint.summary}
    if endpoint.returns is Raw:
        answer["content"] = {endpoint.media_type: {}}
        if endpoint.media_type not in TEXTS:
            answer["description"] += ". Accept has to name its type first: API Gateway hands it out as base64 otherwise"
    elif endpoint.returns is not None:
        answer["content"] = {"application/json": {"schema": _of(endpoint.returns)}}
    return answer


def _problem(codes: Iterable[str]) -> Json:
    return {"description": ", ".join(sorted(codes)), "content": PROBLEM}


def _of(part: type) -> Json:
    return msgspec.json.schema_components([part], ref_template=REFERENCE)[0][0]
