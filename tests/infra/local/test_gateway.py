"""The local gateway is API Gateway as far as a function or a client can tell."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tests.infra.local.sample import PICTURE, client, gateway, slow_app
from tests.loops import run


def ask(folder, method, path, *, base="http://127.0.0.1:8440", served=None, **more):
    async def once():
        async with client(served or gateway(folder), base) as http:
            return await http.request(method, path, **more)

    return run(once())


def test_a_function_sees_the_proxy_event_in_full(tmp_path):
    answer = ask(
        tmp_path,
        "POST",
        "/sample/echo/a%20b?x=1&x=2&empty=",
        content="{}",
        headers=[("X-Twice", "one"), ("X-Twice", "two"), ("Content-Type", "application/json")],
    )
    event = answer.json()["event"]
    assert (event["resource"], event["path"]) == ("/echo/{name}", "/sample/echo/a%20b")
    assert event["pathParameters"] == {"name": "a%20b"}  # as API Gateway leaves it
    assert event["queryStringParameters"] == {"x": "2", "empty": ""}
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"], "empty": [""]}
    assert event["headers"]["x-twice"] == "two"
    assert event["multiValueHeaders"]["x-twice"] == ["one", "two"]
    assert (event["body"], event["isBase64Encoded"]) == ("{}", False)
    context = event["requestContext"]
    assert (context["httpMethod"], context["resourcePath"], context["stage"]) == ("POST", "/echo/{name}", "local")
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert context["requestId"]


def test_a_literal_segment_wins_over_a_parameter(tmp_path):
    assert ask(tmp_path, "GET", "/sample/echo/literal").json()["name"] == "the literal one"


def test_a_binary_answer_is_decoded_for_whoever_accepts_it(tmp_path):
    answer = ask(tmp_path, "GET", "/sample/picture", headers={"Accept": "image/png"})
    assert (answer.content, answer.headers["content-type"]) == (PICTURE, "image/png")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nowhere"),
        ("GET", "/sample/none"),
        ("DELETE", "/sample/picture"),
        ("GET", "/local/none"),
        ("GET", "/sample/echo"),
    ],
)
def test_an_unknown_path_or_method_is_a_problem_of_404(tmp_path, method, path):
    answer = ask(tmp_path, method, path)
    assert (answer.status_code, answer.json()["code"]) == (404, "edge.no-such-path")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-correlation-id"] == answer.json()["correlation_id"]


def test_cors_is_answered_for_routes_that_declare_it_and_for_no_other(tmp_path):
    allowed = ask(tmp_path, "OPTIONS", "/sample/echo/x")
    assert allowed.headers["access-control-allow-origin"] == "https://client.example"
    assert allowed.headers["access-control-allow-methods"] == "GET,OPTIONS,POST"
    assert "idempotency-key" in allowed.headers["access-control-allow-headers"].lower()
    assert ask(tmp_path, "OPTIONS", "/sample/picture").status_code == 404


def test_what_takes_longer_than_the_limit_is_a_problem_while_the_function_goes_on(tmp_path):
    released = threading.Event()
    served = gateway(tmp_path, slow_app(released), time_limit_s=0.05)
    answer = ask(tmp_path, "GET", "/sample/slow", served=served)
    released.set()
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "edge.timeout", "5")


def test_the_limit_is_that_of_api_gateway():
    from infra.local.invoke import TIME_LIMIT_S

    assert TIME_LIMIT_S == 29.0


def test_a_body_over_ten_megabytes_is_refused_before_any_function_sees_it(tmp_path):
    answer = ask(tmp_path, "POST", "/sample/echo/x", content=b"x" * (10 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "edge.too-large")


def test_more_query_fields_than_anybody_needs_are_refused(tmp_path):
    answer = ask(tmp_path, "GET", "/sample/echo/x?" + "&".join(f"a{n}=1" for n in range(300)))
    assert answer.status_code == 400


def test_two_hundred_at_once_never_see_each_others_request(tmp_path):
    async def crowd():
        async with client(gateway(tmp_path)) as http:
            asked = [http.post(f"/sample/echo/{n}", headers={"X-Who": str(n)}, content=str(n)) for n in range(200)]
            return [answer.json() for answer in await asyncio.gather(*asked)]

    for n, seen in enumerate(run(crowd())):
        mine = str(n)
        assert (seen["name"], seen["event"]["body"], seen["event"]["headers"]["x-who"]) == (mine, mine, mine)


def test_a_page_elsewhere_cannot_reach_it_through_a_name_of_its_own(tmp_path):
    assert ask(tmp_path, "GET", "/local/inbox", base="http://evil.example:8440").status_code == 403
    crossed = ask(tmp_path, "GET", "/local/inbox", headers={"Sec-Fetch-Site": "cross-site"})
    assert crossed.status_code == 403


@pytest.mark.parametrize("path", ["/", "/portal"])
def test_its_root_and_the_portal_without_its_slash_lead_to_the_client(tmp_path, path):
    answer = ask(tmp_path, "GET", path)
    assert (answer.status_code, answer.headers["location"]) == (302, "/portal/")
