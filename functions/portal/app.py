"""The public client and its configuration: static files, each with its hash, under a strict content policy."""

from __future__ import annotations

from pathlib import Path

from nanhai.edge.api import Api, Call, Raw
from nanhai.services.portal import configuration, files
from nanhai.services.portal.files import File
from nanhai.services.portal.schemas import Configuration

api = Api("portal")
app = api.app
HERE = Path(__file__).parent
STATIC = HERE / "static"
OPENAPI = HERE / "openapi.json"  # made by infra.openapi


@api.route("GET", "/", operation="client.read", summary="The client's first page", returns=Raw)
def first_page(_: Call) -> Raw:
    return _file("index.html")


@api.route(
    "GET",
    "/configuration",
    operation="config.read",
    summary="What a client must know before sign-in",
    returns=Configuration,
)
def read_configuration(call: Call) -> Configuration:
    return configuration.read(call.now)


@api.route("GET", "/openapi.json", operation="openapi.read", summary="The interface as OpenAPI 3.1", returns=Raw)
def read_openapi(_: Call) -> Raw:
    return _raw(files.read(OPENAPI))


@api.route("GET", "/{name}", operation="client.read", summary="One file of the client", returns=Raw)
def file(call: Call) -> Raw:
    return _file(call.path["name"])


@api.route("GET", "/vendor/{name}", operation="client.read", summary="One third-party file of the client", returns=Raw)
def vendor_file(call: Call) -> Raw:
    return _file(f"vendor/{call.path['name']}")


def _file(name: str) -> Raw:
    return _raw(files.find(STATIC, name))


def _raw(found: File) -> Raw:
    return Raw(found.body, found.content_type, found.headers)
