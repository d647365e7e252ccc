"""The public client and its configuration: static files, each with its hash, under a strict content policy."""

from __future__ import annotations

from pathlib import Path

import nanhai
from nanhai.domain.errors import Invalid
from nanhai.edge.api import Api, Call, Raw
from nanhai.services.identity.limits import TooMany
from nanhai.services.platform import platform
from nanhai.services.portal import configuration, files, places
from nanhai.services.portal.files import File
from nanhai.services.portal.schemas import Configuration, Divisions, FindAddress, Found

api = Api("portal")
app = api.app
HERE = Path(__file__).parent
BESIDE = HERE / "static"  # in the repository
LAYER = Path(nanhai.__file__).parents[2] / "client"  # /opt/client on Lambda, where our own layer lies too
STATIC = BESIDE if BESIDE.is_dir() else LAYER
FIRST_PAGE = "index.html"
OPENAPI = HERE / "openapi.json"  # made by infra.openapi


@api.route("GET", "/", operation="client.read", summary="The client's first page", returns=Raw)
def first_page(call: Call) -> Raw:
    """Its links are relative: without a slash at the end it is asked for again, by its name (so never twice)."""
    if call.url_path.endswith("/"):
        return _file(FIRST_PAGE)
    return Raw("", "text/plain", {"Location": f"/{call.url_path.strip('/')}/{FIRST_PAGE}"}, status=308)


@api.route(
    "GET",
    "/configuration",
    operation="config.read",
    summary="What a client must know before sign-in",
    returns=Configuration,
)
def read_configuration(call: Call) -> Configuration:
    return configuration.read(call.now)


@api.route("GET", "/divisions", operation="division.read", summary="The towns and their communities", returns=Divisions)
def list_divisions(_: Call) -> Raw:
    return _raw(places.listed(platform().settings.district))


@api.route(
    "POST",
    "/addresses",
    operation="address.find",
    summary="The community of an address or a point",
    returns=Found,
    errors=(Invalid, TooMany),
)
def find_address(call: Call, body: FindAddress) -> Found:
    return places.find(platform(), body, call.address, call.now)


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
