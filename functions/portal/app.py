"""The public client and its configuration: static files, each with its hash, under a strict content policy."""

from __future__ import annotations

from pathlib import Path

from nanhai.edge.api import Api, Call, Raw
from nanhai.services.portal import configuration, files
from nanhai.services.portal.schemas import Configuration

api = Api("portal")
app = api.app
STATIC = Path(__file__).parent / "static"


@api.route("GET", "/", operation="client.read", summary="The client's first page", returns=Raw)
def first_page(call: Call) -> Raw:
    return _file("index.html")


@api.route("GET", "/configuration", operation="config.read", summary="What a client must know before sign-in", returns=Configuration)
def read_configuration(call: Call) -> Configuration:
    return configuration.read(call.now)


@api.route("GET", "/{name}", operation="client.read", summary="One file of the client", returns=Raw)
def file(call: Call) -> Raw:
    return _file(call.path["name"])


@api.route("GET", "/vendor/{name}", operation="client.read", summary="One third-party file of the client", returns=Raw)
def vendor_file(call: Call) -> Raw:
    return _file(f"vendor/{call.path['name']}")


def _file(name: str) -> Raw:
    found = files.find(STATIC, name)
    return Raw(found.body, found.content_type, found.headers)
