"""The pass on the screen: colour, shape, word and clock for the eye, a code for the machine, and its end."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from infra.demo import eyes
from infra.demo.people import SETTLE_S_MAX, Citizen, Differs

HERE = timezone(timedelta(hours=8))
HERE_S, DAY_S = 8 * 3_600, 86_400
RENEWED_MS, ENDED_MS = 160_000, 320_000
# The next so many different times that the clock shows, as seconds since midnight.
TICKS = """count => new Promise((done) => {
  const seen = [];
  const clock = document.querySelector(".pass time");
  new MutationObserver(() => {
    const [hours, minutes, seconds] = clock.textContent.split(":").map(Number);
    const now = (hours * 60 + minutes) * 60 + seconds;
    if (seen.at(-1) !== now) seen.push(now);
    if (seen.length === count) done(seen);
  }).observe(clock, { childList: true });
})"""
COLOURS = [
    ("green", "绿码", "允许通行", "rgb(48, 201, 141)", "admit"),
    ("blue", "蓝码", "允许通行", "rgb(42, 99, 196)", "admit"),
    ("yellow", "黄码", "须经村（居）查验后临时通行", "rgb(253, 231, 41)", "hold"),
    ("red", "红码", "不予通行", "rgb(131, 6, 11)", "refuse"),
]


@pytest.mark.parametrize(("colour", "word", "admits", "paint", "verdict"), COLOURS, ids=[row[0] for row in COLOURS])
def test_the_screenshot_of_each_colour_is_what_the_gate_says(
    take, citizen, scan, colour, word, admits, paint, verdict
) -> None:
    phone = take(citizen(colour))
    page = phone.open()
    phone.expect_pass(word)
    expect(page.locator(".pass .admits")).to_have_text(admits)
    expect(page.locator(".pass")).to_have_css("background-color", paint)
    seen = scan(phone.token())
    assert (seen["verdict"], seen["colour"]) == (verdict, colour)


def test_every_colour_has_a_shape_of_its_own(take, citizen) -> None:
    shapes = set()
    for colour, word, *_ in COLOURS:
        phone = take(citizen(colour))
        page = phone.open()
        phone.expect_pass(word)
        shapes.add(page.locator(".pass .word .outline").get_attribute("d"))
    assert len(shapes) == len(COLOURS)


def test_the_clock_ticks_by_the_second_and_is_the_servers_whatever_the_phone_thinks(take, citizen, stage) -> None:
    phone = take(citizen("green"))
    phone.page.clock.install(time=datetime(2020, 2, 1, 3, 4, 5, tzinfo=HERE))
    page = phone.open()
    phone.expect_pass("绿码")
    first = shown(page)
    now = int(stage.now() + HERE_S) % DAY_S
    assert (now - first) % DAY_S in range(5) or (first - now) % DAY_S in range(3)
    seconds = page.evaluate(TICKS, 3)
    assert [(after - before) % DAY_S for before, after in pairwise(seconds)] == [1, 1]


def test_without_a_network_it_shows_until_its_slots_end_and_then_the_code_is_gone(take, citizen) -> None:
    phone = take(citizen("green"))
    phone.page.clock.install()
    page = phone.open()
    phone.expect_pass("绿码")
    first = phone.token()
    phone.context.set_offline(True)
    page.clock.fast_forward(RENEWED_MS)
    expect(page.locator(".pass .left")).to_contain_text("网络不可用")
    phone.expect_pass("绿码")
    assert phone.token() != first
    page.clock.fast_forward(ENDED_MS - RENEWED_MS)
    expect(page.locator(".pass .word")).to_have_text("无法核验")
    expect(page.locator(".pass")).to_have_class("pass none")
    expect(page.locator(".qr svg")).to_have_count(0)
    with pytest.raises(Differs):
        eyes.read(page.screenshot())
    phone.context.set_offline(False)
    page.get_by_role("button", name="刷新").click()
    phone.expect_pass("绿码")


def test_turning_the_phones_clock_back_does_not_make_a_pass_last(take, citizen) -> None:
    phone = take(citizen("green"))
    phone.page.clock.install()
    page = phone.open()
    phone.expect_pass("绿码")
    phone.context.set_offline(True)
    page.clock.set_system_time(datetime.now(HERE) - timedelta(hours=1))
    page.clock.fast_forward(ENDED_MS)
    expect(page.locator(".qr svg")).to_have_count(0)


def test_a_tap_turns_the_boat(take, citizen) -> None:
    phone = take(citizen("green"))
    page = phone.open()
    phone.expect_pass("绿码")
    boat = page.get_by_role("button", name="龙舟")
    moving = boat.locator("span")
    assert moving.evaluate("boat => boat.getAnimations()[0].playState") == "running"
    boat.click()
    expect(moving).to_have_css("animation-direction", "reverse")
    boat.click()
    expect(moving).to_have_css("animation-direction", "normal")


def test_an_ended_access_token_is_renewed_once_unseen(take, stage, cast) -> None:
    owner = Citizen(stage, phone=cast["people"][0]["phone"])
    owner.sign_in()
    owner.tokens["access_token"] = "ended"
    phone = take(owner)
    refreshed = []
    phone.page.on("request", lambda request: refreshed.append(request) if "refresh" in request.url else None)
    phone.open()
    phone.expect_pass("绿码")
    assert len(refreshed) == 1


def test_an_ended_session_leads_to_signing_in(take, stage) -> None:
    nobody = Citizen(stage, tokens={"access_token": "ended", "refresh_token": "ended", "registered": True})
    page = take(nobody).open()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    expect(page.get_by_role("alert").first).to_have_text("登录已失效，请重新登录。")


def test_why_tells_the_record_behind_a_colour_and_what_it_was_before(take, citizen) -> None:
    page = take(citizen("yellow")).open("why")
    expect(page.locator(".answer .badge")).to_have_text("黄码")
    expect(page.get_by_text("健康申报 · 37.9 ℃")).to_be_visible()
    expect(page.get_by_text("规则版本：nanhai-2020-03-01")).to_be_visible()
    page.get_by_label("时刻").fill("2026-01-01T08:00:00")
    page.get_by_role("button", name="查询").click()
    expect(page.locator(".answer .badge")).to_have_text("灰码")
    expect(page.get_by_text("当时没有影响颜色的情况")).to_be_visible()


def test_the_inbox_tells_of_each_change(take, citizen) -> None:
    owner = citizen("yellow")
    until = time.monotonic() + SETTLE_S_MAX
    while not owner.send("GET", "/identity/me/notices", expect=200)["notices"] and time.monotonic() < until:
        time.sleep(0.2)
    page = take(owner).open("notices")
    expect(page.locator(".cards .badge").first).to_have_text("黄码")


def shown(page) -> int:
    """Seconds since midnight, as the page has it."""
    hours, minutes, seconds = map(int, page.locator(".pass time").text_content().split(":"))
    return (hours * 60 + minutes) * 60 + seconds
