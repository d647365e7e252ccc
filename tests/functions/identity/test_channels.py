"""WeChat linked with consent and taken away again; news of every kind in the reader's language."""

from __future__ import annotations

import secrets
from dataclasses import replace
from types import MappingProxyType

import pytest
from nanhai.services import platform as composing
from nanhai.services.news import news
from nanhai.services.wechat import WeChatCode, WeChatUnavailable
from nanhai.store.writes import send
from nanhai.texts import LANGUAGES, text

from functions.identity import app as identity
from tests.functions.identity.world import HE, HUANG

CODE = {"wechat_code": "code-1", "consent": True}
NOTHING = {"wechat": False, "since": None}
OPENID = "oPENID-of-code-1"
KIND = "casework-batch-order"


class WeChat:
    def __init__(self):
        self.asked = []

    def openid(self, code):
        self.asked.append(code)
        if code == "used":
            raise WeChatCode
        if code == "down":
            raise WeChatUnavailable(retry_after_s=5)
        return f"oPENID-of-{code}"


@pytest.fixture
def wechat(world, monkeypatch):
    made = WeChat()
    monkeypatch.setattr(identity, "platform", lambda: replace(composing.platform(), wechat=made))
    return made


def link(phone, body=MappingProxyType(CODE), once=None):
    return phone.ask("POST", "/me/channels", body=dict(body), once=once or secrets.token_hex(16))


def test_linked_with_consent_told_since_when_and_taken_away_again(world, wechat):
    phone = world.registered(HUANG)
    assert phone.ask("GET", "/me/channels").json == NOTHING
    given = link(phone)
    assert (given.status, given.json["wechat"]) == (200, True)
    assert phone.ask("GET", "/me/channels").json == given.json
    assert link(phone, {"wechat_code": None}).json == NOTHING
    assert phone.ask("GET", "/me/channels").json == NOTHING


def test_what_is_linked_is_sealed_and_everybodys_own(world, wechat):
    phone = world.registered(HUANG)
    link(phone)
    assert OPENID not in world.everything()
    assert world.registered(HE).ask("GET", "/me/channels").json == NOTHING


def test_a_repeated_request_asks_wechat_once_for_its_code_is_good_once(world, wechat):
    phone, once = world.registered(HUANG), secrets.token_hex(16)
    first = link(phone, once=once)
    world.pass_time(60)
    assert (link(phone, once=once).json, wechat.asked) == (first.json, ["code-1"])


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"wechat_code": "code-1"}, 422, "invalid"),
        ({"wechat_code": "used", "consent": True}, 422, "wechat.code"),
        ({"wechat_code": "down", "consent": True}, 503, "wechat.unavailable"),
        ({"wechat_code": "", "consent": True}, 400, None),
        ({"wechat_code": "x" * 129, "consent": True}, 400, None),
        ({"consent": True}, 400, None),
    ],
)
def test_what_cannot_be_linked_says_why_and_links_nothing(world, wechat, body, status, code):
    phone = world.registered(HUANG)
    given = link(phone, body)
    assert given.status == status
    assert code in (None, given.json["code"])
    assert phone.ask("GET", "/me/channels").json == NOTHING


def test_linking_is_tried_ten_times_a_day(world, wechat):
    phone = world.registered(HUANG)
    assert [link(phone).status for _ in range(11)] == [200] * 10 + [429]


def test_where_there_is_no_mini_program_that_is_said(world):
    given = link(world.registered(HUANG))
    assert (given.status, given.json["code"]) == (404, "wechat.none")


def test_news_is_told_in_the_readers_language(world):
    phone = world.registered(HUANG)
    until = {"until": "2020-07-08"}
    send([news(world.platform, phone.tokens["person_id"], world.now, KIND, until, "batch-1")])
    for language in LANGUAGES:
        (told,) = phone.ask("GET", "/me/notices", headers={"Accept-Language": language}).json["notices"]
        assert (told["kind"], told["text"]) == (KIND, text(f"notice.{KIND}", language, until))
        assert "2020-07-08" in told["text"]
        assert [told[name] for name in ("colour", "word", "since", "until", "reasons")] == [None] * 4 + [[]]
