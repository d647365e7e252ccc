"""What can be wrong with a URL or its method."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import quote

from msgspec import inspect
from nanhai.edge import paging
from nanhai.edge.paging import Page

from infra.local.rest import resolve
from tests.contract.district import District, Sent
from tests.contract.good import Served
from tests.contract.mistakes import GATEWAYS_OWN, ODD, Kind, Mistake

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW")
ODD_SEGMENTS = [
    "%00",
    "me%00",
    "..%2F..%2Fetc%2Fpasswd",
    "%2e%2e",
    "..",
    "%F0%9F%98%80",
    "x" * 100,
    "%",
    "%zz",
    "%ff%fe",
    "a%20b",
    "%27%20or%201=1",
    "me%0A",
    ODD,
]
NO_QUERY_VALUE: dict[type[inspect.Type], list[str]] = {
    inspect.StrType: ["%00", "x" * 5_000, "%F0%9F%98%80%20!", "440605011001%0A"],
    inspect.IntType: ["x", "1.5", "", "-1", "1e999", "9" * 400],
    inspect.LiteralType: ["no-such", "", ODD],
    inspect.DateTimeType: ["yesterday", "", "2020-06-24T10:00:00", "2020-13-24T10:00:00Z", "nan", "1e400"],
    inspect.BoolType: ["yes", "", "2", "5"],
    inspect.DateType: ["yesterday", "", "24.06.2020", "2020-02-30", "5"],
}


def unknown_parameter(_: District, __: Served, sent: Sent) -> Iterator[Mistake]:
    for name, pointer in (("colour", "/colour"), ("a%2Fb~c", "/a~1b~0c"), ("%F0%9F%98%80", "/😀")):
        yield Mistake(_asked(sent, f"{name}={ODD}"), 400, "edge.unknown-field", pointer)
    yield Mistake(_asked(sent, "&".join(f"x{n}=1" for n in range(201))), 400, "edge.malformed")


def repeated_parameter(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    for name in ("colour", *(field.encode_name for field in _query_fields(served))):
        twice = f"{name}=1&{name}=1"
        yield Mistake(replace(sent, query=twice), 400, "edge.repeated", f"/{name}")


def wrong_parameter(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    for field in _query_fields(served):
        kind = _plain(field.type)
        for value in (*NO_QUERY_VALUE[type(kind)], *_beyond(kind)):
            if field.encode_name != "cursor":
                yield Mistake(_asked(sent, f"{field.encode_name}={value}"), 400, None, f"/{field.encode_name}")


def _beyond(kind: inspect.Type) -> list[int]:
    """The first number that is too large."""
    if not isinstance(kind, inspect.IntType):
        return []
    return [kind.lt if kind.le is None else kind.le + 1]


def missing_parameter(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    for field in _query_fields(served):
        if field.required:
            yield Mistake(_asked(sent, "", field.encode_name), 400, "edge.required", f"/{field.encode_name}")


def bad_cursor(district: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    query = served.endpoint.query
    if query is None or not issubclass(query, Page):
        return
    elsewhere = paging.seal(district.here.ring.cursor, {"n": 1}, "another list", district.now)
    foreign = paging.seal(b"k" * 32, {"n": 1}, "another list", district.now)
    for cursor in ("x", "%3D%3D%3D%3D", "%F0%9F%98%80", "%00", "A" * 2_048, elsewhere, foreign):
        yield Mistake(_asked(sent, f"cursor={cursor}"), 400, "edge.cursor", "/cursor")
    for cursor in ("", "A" * 2_049):
        yield Mistake(_asked(sent, f"cursor={cursor}"), 400, "edge.length", "/cursor")


def odd_segment(district: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    parts = sent.path.split("/")
    pattern = f"/{served.base}{served.endpoint.path}".split("/")
    for place in [place for place, part in enumerate(pattern) if part.startswith("{")]:
        for odd in ODD_SEGMENTS:
            path = "/".join([*parts[:place], odd, *parts[place + 1 :]])
            yield Mistake(replace(sent, path=path), 404, None)


def unknown_path(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    for path in (f"/nowhere{served.endpoint.path}", f"{sent.path.rstrip('/')}/a/b/c", f"/{served.base}//x/y"):
        yield Mistake(replace(sent, path=path), 404, GATEWAYS_OWN)


def unknown_method(district: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    app = district.apps[served.base]
    resource = resolve(app.routes, sent.path.removeprefix(f"/{served.base}") or "/")
    for method in METHODS:
        if method not in app.routes[resource.pattern]:
            yield Mistake(replace(sent, method=method), 404, GATEWAYS_OWN)


KINDS: dict[str, Kind] = {
    "an unknown parameter": unknown_parameter,
    "a parameter twice": repeated_parameter,
    "a parameter of another form": wrong_parameter,
    "a required parameter left out": missing_parameter,
    "a bad cursor": bad_cursor,
    "odd characters in the path": odd_segment,
    "an unknown path": unknown_path,
    "an unknown method": unknown_method,
}


def moved(served: Served, sent: Sent, instants: Iterable[str]) -> Iterator[Sent]:
    """With each of its instants moved to each of `instants`."""
    for field in _query_fields(served):
        if isinstance(_plain(field.type), inspect.DateTimeType):
            yield from (_asked(sent, f"{field.encode_name}={quote(instant)}") for instant in instants)


def _query_fields(served: Served) -> tuple[inspect.Field, ...]:
    return () if served.endpoint.query is None else inspect.type_info(served.endpoint.query).fields


def _plain(kind: inspect.Type) -> inspect.Type:
    parts = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    return next(part for part in parts if not isinstance(part, inspect.NoneType))


def _asked(sent: Sent, more: str, instead_of: str = "") -> Sent:
    """The query with one more parameter, in place of the one of the same name."""
    name = instead_of or more.partition("=")[0]
    rest = [part for part in sent.query.split("&") if part and part.partition("=")[0] != name]
    return replace(sent, query="&".join([*rest, *([more] if more else [])]))
