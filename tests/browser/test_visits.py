"""One phone, several people: what was shown to one is never shown to the next."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from infra.demo.people import Citizen

PASSES = re.compile(r"/passes/")
REQUESTS_OF_A_PASS, WAIT_MS = 2, 300


@pytest.fixture
def phones(cast) -> dict[str, str]:
    """The phone numbers of the district by the colour of their holder's pass."""
    return {person["colour"]: person["phone"] for person in cast["people"]}


@pytest.fixture
def blue(stage, phones) -> Citizen:
    citizen = Citizen(stage, phone=phones["blue"])
    citizen.sign_in()
    return citizen


def sign_in(page: Page, stage, number: str) -> None:
    page.get_by_label("手机号码").fill(number.removeprefix("+86"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("短信验证码")).to_be_focused()
    page.keyboard.type(stage.last_code(number))
    page.keyboard.press("Enter")


def test_the_next_one_on_a_phone_is_never_shown_the_pass_of_the_one_before(take, stage, phones, blue) -> None:
    phone = take(blue)
    page = phone.open()
    phone.expect_pass("蓝码")
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    page.route(PASSES, lambda route: route.abort())
    sign_in(page, stage, phones["yellow"])
    expect(page.get_by_role("heading", name="我的通行证")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_text("网络不可用。")
    expect(page.locator(".pass")).to_have_count(0)
    page.unroute(PASSES)
    page.get_by_role("button", name="重试").click()
    phone.expect_pass("黄码")


def test_a_pass_that_comes_after_signing_out_is_dropped(take, stage, phones, blue) -> None:
    phone = take(blue)
    page = phone.open()
    phone.expect_pass("蓝码")
    waiting = []
    page.route(PASSES, lambda route: waiting.append(route))
    with page.expect_request("**/passes/me"):  # the second of the two
        page.get_by_role("button", name="刷新").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    sign_in(page, stage, phones["yellow"])
    expect(page.get_by_role("heading", name="我的通行证")).to_be_visible()
    for route in waiting[:REQUESTS_OF_A_PASS]:
        route.continue_()
    page.wait_for_timeout(WAIT_MS)
    for route in waiting[REQUESTS_OF_A_PASS:]:
        route.abort()
    expect(page.get_by_role("alert")).to_have_text("网络不可用。")
    expect(page.locator(".pass")).to_have_count(0)
    page.unroute(PASSES)


def test_signing_out_in_one_tab_takes_the_pass_from_the_other(take, stage, phones, blue) -> None:
    phone = take(blue)
    page = phone.open()
    phone.expect_pass("蓝码")
    other = phone.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="退出登录").click()
    expect(other.get_by_role("heading", name="登录")).to_be_visible()
    expect(page.locator(".pass")).to_have_count(0)
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    sign_in(other, stage, phones["yellow"])
    phone.expect_pass("黄码")


def test_what_one_person_sent_is_never_sent_again_in_the_name_of_the_next(take, citizen) -> None:
    blue, next_one, sent = citizen("blue"), citizen("yellow"), []
    page = take(blue).open("declare")

    def end_and_replace(route) -> None:
        sent.append(route.request.headers["authorization"])
        kept = {**next_one.tokens, "visit": "another"}
        page.evaluate("kept => { localStorage['nanhai.session'] = JSON.stringify(kept) }", kept)
        route.fulfill(status=401, json={"title": "x", "code": "edge.unauthenticated"})

    page.route("**/declarations", end_and_replace)
    page.get_by_label("咳嗽").check()
    page.get_by_role("button", name="提交申报").click()
    expect(page.get_by_role("alert")).to_have_text("x")
    assert sent == [f"Bearer {blue.tokens['access_token']}"]
    assert page.evaluate("JSON.parse(localStorage['nanhai.session']).visit") == "another"
