"""A request without the agreed form is told what, and where, and never quoted back."""

from __future__ import annotations

import json

import pytest
from nanhai.edge.body import BODY_BYTES_MAX, DEPTH_MAX, decode
from nanhai.edge.malformed import Malformed, TooDeep

from tests.edge.gateway import ask
from tests.edge.sample import Tell

GOOD = {"name": "黄"}
SHAPES = [
    ({}, "/name", "edge.required"),
    ([], "", "edge.type"),
    (None, "", "edge.type"),
    (GOOD | {"nick": 1}, "/nick", "edge.unknown-field"),
    (GOOD | {"a/b~c": 1}, "/a~1b~0c", "edge.unknown-field"),
    ({"name": 5}, "/name", "edge.type"),
    ({"name": ""}, "/name", "edge.length"),
    ({"name": "x" * 21}, "/name", "edge.length"),
    (GOOD | {"way": "boat"}, "/way", "edge.choice"),
    (GOOD | {"way": 3}, "/way", "edge.type"),
    (GOOD | {"at": "yesterday"}, "/at", "edge.type"),
    (GOOD | {"stays": [{}]}, "/stays/0/region", "edge.required"),
    (GOOD | {"stays": [{"region": "44"}, {"region": "Foshan"}]}, "/stays/1/region", "edge.pattern"),
    (GOOD | {"stays": [{"region": "44", "nights": 0}]}, "/stays/0/nights", "edge.range"),
    (GOOD | {"stays": [{"region": "44", "nights": 1.5}]}, "/stays/0/nights", "edge.type"),
    (GOOD | {"stays": [{"region": "44"}] * 4}, "/stays", "edge.length"),
]
TEXTS = [
    ("", "edge.json"),
    ("{", "edge.json"),
    ('{"name": "黄"} x', "edge.json"),
    ('{"name": "黄", "more": NaN}', "edge.json"),
    ('{"name": "黄", "more": -Infinity}', "edge.json"),
    ('{"name": "黄", "more": 1e999}', "edge.type"),
    ('{"name": "\\ud800"}', "edge.json"),
    ("\ufeff{}", "edge.json"),
    ('{"name": "黄", "name": "何"}', "edge.duplicate-key"),
    ('{"name": "黄", "more": [{"a": 1, "\\u0061": 2}]}', "edge.duplicate-key"),
    (b'{"name": "\xff"}', "edge.utf-8"),
    ('{"name": "黄"}'.encode("utf-16"), "edge.utf-8"),
    ('{"name": "\ud800"}', "edge.utf-8"),
    ('{"name": "黄", "more": ' + "[" * 5_000 + "]" * 5_000 + "}", "edge.too-deep"),
    ('{"name": "黄", "more": ' + "[" * 5_000, "edge.too-deep"),
]


@pytest.mark.parametrize(("body", "pointer", "code"), SHAPES)
def test_each_shape_error_has_a_code_and_a_pointer(app, body, pointer, code):
    given = ask(app, "POST", "/told", raw=json.dumps(body), headers={"Content-Type": "application/json"})
    assert (given.status, given.code, given.faults) == (400, code, [(pointer, code)])


@pytest.mark.parametrize(("raw", "code"), TEXTS)
def test_what_is_not_json_has_a_code_of_its_own(app, raw, code):
    given = ask(app, "POST", "/told", raw=raw, headers={"Content-Type": "application/json"})
    assert (given.status, given.code) == (400, code)


def test_a_body_that_is_not_base64_is_refused_and_not_an_accident(app):
    from tests.edge.gateway import answer, event

    sent = event(app, "POST", "/told", b"{}", {"Content-Type": "application/json"}) | {"body": "*not base64*"}
    assert answer(app(sent, None)).code == "edge.json"


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"]
)
def test_json_may_name_its_encoding(app, media_type):
    assert ask(app, "POST", "/told", body=GOOD, headers={"Content-Type": media_type}).status == 202


@pytest.mark.parametrize(
    "media_type",
    ["", "text/plain", "application/jsonp", "application/json; charset=gbk", "multipart/form-data", "image/png"],
)
def test_another_media_type_is_refused(app, media_type):
    given = ask(app, "POST", "/told", body=GOOD, headers={"Content-Type": media_type})
    assert (given.status, given.code) == (415, "edge.media-type")


@pytest.mark.parametrize("encoded", [False, True])
def test_a_body_may_have_64_kilobytes_and_no_more(app, encoded):
    fill = BODY_BYTES_MAX - len(json.dumps(GOOD | {"more": ""}))
    fits, over = (json.dumps(GOOD | {"more": "x" * length}) for length in (fill, fill + 1))
    headers = {"Content-Type": "application/json"}
    send = [raw.encode() if encoded else raw for raw in (fits, over, over * 4)]
    assert [ask(app, "POST", "/told", raw=raw, headers=headers).status for raw in send] == [202, 413, 413]


def test_brackets_within_texts_are_not_depth():
    told = decode(json.dumps({"name": '\\"[[[[{{{{', "more": ["[" * 50, '\\"' + "{" * 50]}).encode(), Tell)
    assert told.more[0] == "[" * 50


def test_sixteen_levels_are_read_and_seventeen_are_not():
    def nested(levels):
        return b'{"name": "x", "more": ' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"

    decode(nested(DEPTH_MAX), Tell)
    with pytest.raises(TooDeep):
        decode(nested(DEPTH_MAX + 1), Tell)


def test_a_refusal_never_quotes_a_value():
    secret = "13800138000"
    for body in ({"name": "x", "way": secret}, {"name": [secret]}, {"name": "x", "at": secret}, {"name": secret * 9}):
        with pytest.raises(Malformed) as refused:
            decode(json.dumps(body).encode(), Tell)
        assert secret not in repr((refused.value.faults, refused.value.params))


def test_a_body_where_none_is_read_is_refused(app, here):
    from nanhai.domain.actors import Role

    given = ask(app, "DELETE", "/session", token=here.token(Role.CITIZEN), body={})
    assert (given.status, given.code) == (400, "edge.body-unexpected")


QUERIES = [
    ("limit=5&limit=6", "/limit", "edge.repeated"),
    ("limit=many", "/limit", "edge.type"),
    ("limit=0", "/limit", "edge.range"),
    ("limit=101", "/limit", "edge.range"),
    ("colour=red", "/colour", "edge.unknown-field"),
    ("cursor=", "/cursor", "edge.length"),
    ("state=" + "x" * 5_000, "/state", "edge.length"),
]


@pytest.mark.parametrize(("query", "pointer", "code"), QUERIES)
def test_a_query_is_held_to_its_declaration_too(app, here, officer, query, pointer, code):
    given = ask(app, "GET", f"/list?{query}", token=officer)
    assert (given.status, given.faults) == (400, [(pointer, code)])


def test_a_route_without_a_query_takes_none(app):
    assert ask(app, "GET", "/page?v=1").faults == [("/v", "edge.unknown-field")]
