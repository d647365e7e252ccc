"""What can be wrong with a body: its form, its size, its encoding, each of its fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from msgspec import inspect

from tests.contract import shapes
from tests.contract.district import District, Sent
from tests.contract.good import Served, encoded
from tests.contract.mistakes import ODD, Kind, Mistake

KB = 1_024
NOT_BLANK = r"\S"
DEEP = "[" * 40 + "]" * 40
NO_JSON = ["", "{", "nonsense", "{'a': 1}", '{"a": NaN}', '{"a": 1} {}', "\ufeff{}"]
OTHER_TYPES = [
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "application/json; charset=gbk",
    "application/octet-stream",  # API Gateway hands it over in base64
    "image/png",
]


def unknown_field(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    for steps in _objects(served):
        at = "".join(f"/{step}" for step in steps)
        for name, pointer in (("nick", "/nick"), ("a/b~c", "/a~1b~0c"), ("", "/")):
            body = shapes.with_(_body(sent), (*steps, name), ODD)
            yield Mistake(_with(sent, body), 400, "edge.unknown-field", at + pointer)


def wrong_type(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    for place in _places(served):
        for value in place.wrong:
            yield Mistake(_with(sent, _put(sent, place, value)), 400, "edge.type", place.pointer)


def out_of_bounds(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    for place in _places(served):
        for value, code in place.out_of_bounds:
            yield Mistake(_with(sent, _put(sent, place, value)), 400, code, place.pointer)


def line_break(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    """After a text that has to have a form: the last thing that a pattern may overlook."""
    for place in _places(served):
        is_there = shapes.is_there(_body(sent), place.steps)  # two fields may exclude each other
        if is_there and getattr(place.kind, "pattern", None) not in {None, NOT_BLANK}:
            broken = f"{shapes.at(_body(sent), place.steps)}\n"
            code = shapes.LENGTH if len(broken) - 1 == place.kind.max_length else shapes.PATTERN
            yield Mistake(_with(sent, _put(sent, place, broken)), 400, code, place.pointer)


def null(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    for place in _places(served):
        if not place.nullable:
            yield Mistake(_with(sent, _put(sent, place, None)), 400, "edge.type", place.pointer)


def missing(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    for place in _places(served):
        if place.required:
            body = shapes.without(_body(sent), place.steps)
            yield Mistake(_with(sent, body), 400, "edge.required", place.pointer)


def no_object(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    if served.endpoint.body is not None:
        for body in ([], "x", 5, None, True, [_body(sent)]):
            yield Mistake(_with(sent, body), 400, "edge.type", "")


def no_json(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    if served.endpoint.body is not None:
        for text in NO_JSON:
            yield Mistake(replace(sent, body=text.encode()), 400, "edge.json")


def not_utf8(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    if served.endpoint.body is None:
        return
    for place in _places(served):
        if isinstance(place.kind, (inspect.StrType, inspect.LiteralType)):
            text = encoded(_put(sent, place, "~~"))
            for wrong in (b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xf0\x9f\x98"):
                yield Mistake(replace(sent, body=text.replace(b"~~", wrong)), 400, "edge.utf-8")
    yield Mistake(replace(sent, body=sent.body.decode().encode("utf-16")), 400, "edge.utf-8")


def duplicate_key(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    if served.endpoint.body is not None:
        again = b"," + sent.body.removeprefix(b"{")
        yield Mistake(replace(sent, body=sent.body.removesuffix(b"}") + again), 400, "edge.duplicate-key")


def too_deep(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    code = "edge.body-unexpected" if served.endpoint.body is None else "edge.too-deep"
    for text in (DEEP, f'{{"a": {DEEP}}}', "[" * 30_000, '{"a":' * 10_000):
        yield Mistake(replace(_json(sent), body=text.encode()), 400, code)


def too_large(_: District, __: Served, sent: Sent) -> Iterator[Mistake]:
    for kb in (65, 300):
        for body in (b'{"a": "' + b"x" * (kb * KB) + b'"}', b" " * (kb * KB), b"\xff" * (kb * KB)):
            yield Mistake(replace(_json(sent), body=body), 413, "edge.too-large")
        binary = sent.headers | {"Content-Type": "application/octet-stream"}
        yield Mistake(replace(sent, headers=binary, body=b"x" * (kb * KB)), 413, "edge.too-large")


def unexpected_body(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    if served.endpoint.body is None:
        for body in (b"{}", b"x", b"\xff"):
            yield Mistake(replace(_json(sent), body=body), 400, "edge.body-unexpected")


def other_media_type(_: District, served: Served, sent: Sent) -> Iterator[Mistake]:
    if served.endpoint.body is not None:
        for media_type in OTHER_TYPES:
            headers = dict(sent.headers) | {"Content-Type": media_type}
            yield Mistake(replace(sent, headers=headers), 415, "edge.media-type")


KINDS: dict[str, Kind] = {
    "an unknown field": unknown_field,
    "a value of another type": wrong_type,
    "a value out of its bounds": out_of_bounds,
    "a line break at the end of a value": line_break,
    "null where a value belongs": null,
    "a required field left out": missing,
    "JSON that is no object": no_object,
    "what is no JSON": no_json,
    "what is no UTF-8": not_utf8,
    "the same key twice": duplicate_key,
    "a body nested too deep": too_deep,
    "a body too large": too_large,
    "a body where none is read": unexpected_body,
    "another media type": other_media_type,
}


def moved(served: Served, sent: Sent, instants: Iterable[str]) -> Iterator[Sent]:
    """With each of its instants moved to each of `instants`."""
    for place in _places(served):
        if isinstance(place.kind, inspect.DateTimeType):
            yield from (_with(sent, _put(sent, place, instant)) for instant in instants)


def _places(served: Served) -> tuple[shapes.Place, ...]:
    return () if served.endpoint.body is None else shapes.places(served.endpoint.body)


def _objects(served: Served) -> Iterator[shapes.Steps]:
    return iter(()) if served.endpoint.body is None else shapes.objects(served.endpoint.body)


def _body(sent: Sent) -> Any:
    return json.loads(sent.body)


def _put(sent: Sent, place: shapes.Place, value: Any) -> Any:
    return shapes.with_(_body(sent), place.steps, value)


def _with(sent: Sent, body: Any) -> Sent:
    return replace(sent, body=encoded(body))


def _json(sent: Sent) -> Sent:
    return replace(sent, headers=dict(sent.headers) | {"Content-Type": "application/json"})
