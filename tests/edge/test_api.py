"""What every route gets from the edge, whatever its handler does."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.edge.api import Api, Call, endpoints
from nanhai.edge.endpoint import Undeclared

from tests.edge.gateway import answer, ask, event
from tests.edge.sample import Told, sample

ALWAYS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "content-language": "zh-CN",
    "x-correlation-id": "11111111-2222-4333-8444-555555555555",
}


def test_a_struct_becomes_json_with_the_declared_status(app):
    given = ask(app, "POST", "/told", body={"name": "黄"})
    assert (given.status, given.json) == (202, {"name": "黄", "address": "192.0.2.7"})
    assert given.headers["content-type"] == "application/json"


def test_nothing_returned_is_204_without_a_body(app, here):
    given = ask(app, "DELETE", "/session", token=here.token(Role.CITIZEN))
    assert (given.status, given.body) == (204, b"")


@pytest.mark.parametrize("url", ["/page", "/passes/me", "/trouble/bug"])
def test_every_answer_carries_the_same_protective_headers(app, url):
    assert ALWAYS.items() <= ask(app, "GET", url).headers.items()


def test_a_raw_answer_keeps_its_type_and_may_be_cached_if_it_says_so(app):
    given = ask(app, "GET", "/image", headers={"Accept": "image/png"})
    assert given.body == b"\x89PNG"
    assert (given.headers["content-type"], given.headers["cache-control"]) == ("image/png", "max-age=5")
    assert ask(app, "GET", "/page").body.decode() == "<p>页"


def test_a_raw_answer_may_have_a_status_of_its_own_and_know_what_was_asked_for(app):
    given = ask(app, "GET", "/moved")
    assert (given.status, given.headers["location"], given.body) == (308, "/moved/page", b"")
    assert ALWAYS.items() <= given.headers.items()


@pytest.mark.parametrize("accept", ["image/avif,image/webp,*/*;q=0.8", "image/png"])
def test_bytes_go_to_whoever_accepts_them(app, accept):
    assert ask(app, "GET", "/image", headers={"Accept": accept}).status == 200


def test_bytes_that_nobody_accepts_are_a_problem_and_not_chalices_own_error(app):
    given = ask(app, "GET", "/image", headers={"Accept": "application/json"})
    assert (given.status, given.code) == (406, "edge.not-acceptable")


def test_the_language_is_the_readers(app):
    zh, en = (ask(app, "GET", "/passes/me", headers={"Accept-Language": tag}) for tag in ("zh-Hans-CN", "en-GB"))
    assert (zh.json["title"], en.json["title"]) == ("请先登录。", "Please sign in first.")
    assert en.headers["content-language"] == "en"


@pytest.mark.parametrize("value", ["a b", "%E9%BB%84", "..%2f", "x" * 65, "a;b"])
def test_a_path_that_could_name_nothing_is_absent(app, here, value):
    assert ask(app, "GET", f"/passes/{value}", token=here.token(Role.CITIZEN)).status == 404


def test_an_operation_that_the_matrix_does_not_know_stops_the_app_from_loading():
    api = Api("wrong")
    with pytest.raises(Undeclared):

        @api.route("GET", "/", operation="colour.set", summary="Sets a colour", returns=Told)
        def wrong(call: Call) -> Told:
            return Told("never")


def test_a_route_past_the_api_is_found():
    api = sample()
    assert len(endpoints(api.app)) == 10
    api.app.route("/past")(dict)
    with pytest.raises(TypeError, match="/past"):
        endpoints(api.app)


def test_a_handler_stays_a_plain_function():
    @Api("plain").route("GET", "/", operation="config.read", summary="Plain", returns=Told)
    def plain(call: Call) -> Told:
        return Told("plain")

    assert plain(None) == Told("plain")


def test_a_handler_that_answers_what_it_does_not_declare_is_an_error_of_ours(here):
    api = Api("undeclared")

    @api.route("GET", "/", operation="config.read", summary="Nothing")
    def nothing(call: Call) -> None:
        return Told("something")  # type: ignore[return-value] # the mistake under test

    assert ask(api.app, "GET", "/").status == 500


def test_the_origin_of_the_client_may_ask_from_elsewhere_when_it_is_named(here, monkeypatch):
    assert "access-control-allow-origin" not in ask(sample().app, "GET", "/page").headers
    monkeypatch.setenv("NANHAI_ORIGIN", "https://pass.example")
    for url in ("/page", "/passes/me"):
        headers = ask(sample().app, "GET", url).headers
        assert headers["access-control-allow-origin"] == "https://pass.example"
        assert "Idempotency-Key" in headers["access-control-allow-headers"]
        exposed = set(headers["access-control-expose-headers"].split(","))
        assert exposed == {"Content-Language", "Link", "Retry-After", "X-Correlation-Id"}


def test_a_request_without_a_correlation_id_gets_one(app):
    sent = event(app, "GET", "/page")
    del sent["requestContext"]["requestId"]
    assert len(answer(app(sent, None)).headers["x-correlation-id"]) == 36
