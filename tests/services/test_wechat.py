"""The WeChat port against an endpoint on a socket: the local platform's own, and one that answers as WeChat can."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import uvicorn
from nanhai.services.settings import Misconfigured
from nanhai.services.wechat import (
    ANSWER_BYTES_MAX,
    HttpsWeChat,
    InboxWeChat,
    Message,
    WeChatCode,
    WeChatUnavailable,
)

from infra.local import inbox
from infra.local.engine import free_port
from infra.local.gateway import Gateway
from infra.local.journal import Journal
from infra.local.pages import Pages

TOLD = Message({"thing1": "<b>topic</b>", "time2": "2020-03-01 12:00"})


class Endpoint:
    """Answers whatever it is told to, and remembers what it was asked."""

    def __init__(self):
        self.answer, self.status, self.asked = b"{}", 200, []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                server.asked.append((self.path, json.loads(body)))
                self.send_response(server.status)
                self.send_header("content-length", str(len(server.answer)))
                self.end_headers()
                self.wfile.write(server.answer)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = HttpsWeChat(f"http://127.0.0.1:{self.http.server_port}")


@pytest.fixture(scope="module")
def running() -> Iterator[Endpoint]:
    made = Endpoint()
    thread = Thread(target=made.http.serve_forever, daemon=True)
    thread.start()
    yield made
    made.http.shutdown()
    thread.join(10)
    made.http.server_close()


@pytest.fixture
def endpoint(running) -> Endpoint:
    running.answer, running.status = b"{}", 200
    running.asked.clear()
    return running


@pytest.fixture
def served(tmp_path) -> Iterator[str]:
    """The local platform's pages on a socket."""
    port = free_port()
    gateway = Gateway({}, Pages(Journal(tmp_path), tmp_path / "clock"))
    server = uvicorn.Server(uvicorn.Config(gateway, "127.0.0.1", port, log_level="error"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://127.0.0.1:{port}/local/wechat"
    server.should_exit = True
    thread.join(10)


def test_what_is_asked_has_the_form_of_wechats_own_interface(endpoint):
    endpoint.answer = b'{"errcode": 0, "openid": "o1"}'
    assert endpoint.port.openid("code-1") == "o1"
    assert endpoint.port.push("o1", TOLD)
    assert endpoint.asked == [
        ("/sns/jscode2session", {"js_code": "code-1", "grant_type": "authorization_code"}),
        (
            "/cgi-bin/message/subscribe/send",
            {
                "touser": "o1",
                "template_id": "nanhai-notice",
                "page": "pages/notices/notices",
                "data": {"thing1": {"value": "<b>topic</b>"}, "time2": {"value": "2020-03-01 12:00"}},
            },
        ),
    ]


@pytest.mark.parametrize(("answer", "taken"), [({"errcode": 0}, True), ({"errcode": 43101}, False)])
def test_a_message_is_taken_or_refused(endpoint, answer, taken):
    endpoint.answer = json.dumps(answer).encode()
    assert endpoint.port.push("o1", TOLD) is taken


def test_a_code_that_wechat_does_not_know_is_refused(endpoint):
    endpoint.answer = b'{"errcode": 40029, "errmsg": "invalid code"}'
    with pytest.raises(WeChatCode):
        endpoint.port.openid("used")


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, b'{"errcode": -1}'),
        (200, b"{}"),
        (200, b"[]"),
        (200, b'{"openid": ""}'),
        (200, b"not json"),
        (200, b"[" + b"0," * ANSWER_BYTES_MAX + b"0]"),
        (302, b'{"errcode": 0, "openid": "o1"}'),
        (500, b'{"errcode": 0, "openid": "o1"}'),
    ],
)
def test_anything_else_is_no_answer(endpoint, status, answer):
    endpoint.status, endpoint.answer = status, answer
    with pytest.raises(WeChatUnavailable):
        endpoint.port.openid("code-1")
    with pytest.raises(WeChatUnavailable):
        endpoint.port.push("o1", TOLD)


def test_nobody_there_is_no_answer():
    with pytest.raises(WeChatUnavailable):
        HttpsWeChat(f"http://127.0.0.1:{free_port()}").openid("code-1")


def test_on_a_local_platform_messages_lie_in_the_inbox_beside_the_sms(served, tmp_path):
    port, journal = InboxWeChat(served, "local"), Journal(tmp_path)
    openid = port.openid("code-1")
    assert (port.openid("code-1"), port.openid("code-2") == openid) == (openid, False)
    inbox.put(journal, "+8613800000000", "an sms", 1.0)
    assert port.push(openid, TOLD)
    newest, older = inbox.newest(journal)
    assert (newest["kind"], newest["phone"], newest["openid"]) == ("wechat", "", openid)
    assert newest["text"] == "<b>topic</b> · 2020-03-01 12:00"
    assert (older["kind"], older["phone"], older["text"]) == ("sms", "+8613800000000", "an sms")


@pytest.mark.parametrize(
    ("address", "stage"), [("http://127.0.0.1:1/", "prod"), ("http://inbox.example.cn/", "local"), ("", "local")]
)
def test_the_inbox_exists_on_a_local_stage_and_on_this_machine_only(address, stage):
    with pytest.raises(Misconfigured):
        InboxWeChat(address, stage)
