"""An app with one route of each kind, built anew for every test."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from botocore.exceptions import ClientError, ConnectTimeoutError
from nanhai.domain.errors import Absent, Fault, Invalid
from nanhai.edge.api import Api, Call, Raw
from nanhai.edge.paging import Page
from nanhai.services.schemas import Answer, Request


class Stay(Request, frozen=True):
    region: Annotated[str, msgspec.Meta(pattern="^[0-9]+$")]
    nights: Annotated[int, msgspec.Meta(ge=1, le=60)] = 1


class Tell(Request, frozen=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    way: Literal["train", "car"] = "car"
    at: datetime | None = None
    stays: Annotated[list[Stay], msgspec.Meta(max_length=3)] = msgspec.field(default_factory=list)
    more: Any = None


class Told(Answer, frozen=True):
    name: str
    address: str = ""


class Filter(Page, frozen=True):
    state: str | None = None


class Listed(Answer, frozen=True):
    began: dict[str, Any] | None
    cursor: str | None


class NoSuchCase(Absent):
    code = "sample.no-such-case"


def sample() -> Api:
    api = Api("sample")

    @api.route("POST", "/told", operation="code.send", summary="Told", returns=Told, status=202)
    def tell(call: Call, body: Tell) -> Told:
        return Told(body.name, call.address)

    @api.route("POST", "/applications", operation="pass.apply", summary="Once", returns=Told, status=202, once=True)
    def apply(call: Call, body: Tell) -> Told:
        assert call.once is not None
        return Told(body.name, call.once.owner)

    @api.route("GET", "/passes/{who}", operation="pass.show", summary="Own", returns=Told)
    def show(call: Call) -> Told:
        return Told(call.actor.id, call.path["who"])

    @api.route("GET", "/list", operation="approval.list", summary="A list", query=Filter, returns=Listed)
    def listed(call: Call) -> Listed:
        from nanhai.edge import paging

        return Listed(paging.start(call), paging.cursor(call, {"n": 7}))

    @api.route("GET", "/records/{division}", operation="person.records", summary="Scoped", returns=Told)
    def records(call: Call) -> Told:
        if call.path["division"] == "none":
            raise NoSuchCase
        call.require_scope(call.path["division"])
        return Told("seen")

    @api.route("DELETE", "/session", operation="session.close", summary="Nothing back")
    def close(call: Call) -> None:
        pass

    @api.route("GET", "/image", operation="client.read", summary="Bytes", returns=Raw)
    def image(call: Call) -> Raw:
        return Raw(b"\x89PNG", "image/png", {"Cache-Control": "max-age=5"})

    @api.route("GET", "/page", operation="client.read", summary="Text", returns=Raw)
    def page(call: Call) -> Raw:
        return Raw("<p>页", "text/html; charset=utf-8")

    @api.route("GET", "/moved", operation="client.read", summary="Elsewhere", returns=Raw)
    def moved(call: Call) -> Raw:
        return Raw("", "text/plain", {"Location": f"{call.url_path}/page"}, status=308)

    @api.route("GET", "/trouble/{kind}", operation="config.read", summary="Everything that can go wrong", returns=Told)
    def trouble(call: Call) -> Told:
        raise TROUBLE[call.path["kind"]]

    return api


TROUBLE = {
    "invalid": Invalid(Fault("/a", "edge.required"), Fault("/b/0", "edge.length", {"bound": "≤ 3"})),
    "throttled": ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow 13800138000"}}, "GetItem"),
    "timeout": ConnectTimeoutError(endpoint_url="https://example.invalid"),
    "bug": KeyError("13800138000"),
    "aws-bug": ClientError({"Error": {"Code": "ValidationException", "Message": "bad 13800138000"}}, "GetItem"),
}
