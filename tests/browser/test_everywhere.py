"""What holds on every page, in both languages and on narrow phones."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from infra.demo.people import Citizen

AUDIT = (Path(__file__).parent / "audit.js").read_text("utf-8")
NARROWEST, HEIGHT = 320, 640  # WCAG 1.4.10
NOBODY, GUARD = "nobody", "guard"
PAGES = [
    (NOBODY, ""),
    (NOBODY, "gate"),
    ("green", ""),
    ("yellow", ""),
    ("red", ""),
    ("blue", "declare"),
    ("blue", "family"),
    ("blue", "family-add"),
    ("yellow", "why"),
    ("yellow", "notices"),
    (GUARD, "gate"),
]


@pytest.fixture
def owner(request, citizen, staff):
    who = request.param
    return None if who == NOBODY else staff("guard", 1) if who == GUARD else citizen(who)


@pytest.mark.parametrize(("owner", "page"), PAGES, indirect=["owner"], ids=lambda part: part or "first")
def test_names_targets_contrast_and_width_are_right_in_both_languages(take, owner, page) -> None:
    phone = take(owner)
    shown = phone.open(page)
    assert shown.evaluate(AUDIT) == []
    shown.get_by_role("button", name="English").click()
    expect(shown.locator("html")).to_have_attribute("lang", "en")
    phone.settle()
    assert shown.evaluate(AUDIT) == []
    shown.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
    assert shown.evaluate(AUDIT) == []


def test_marked_fields_and_an_open_list_pass_the_same_audit(take, stage) -> None:
    citizen = Citizen(stage, phone="+8619833333333")
    citizen.sign_in()
    page = take(citizen).open()
    page.get_by_role("button", name="实名登记").click()
    expect(page.get_by_label("姓名")).to_be_focused()
    page.get_by_label("所在村（居）").fill("大沥")
    expect(page.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    assert page.evaluate(AUDIT) == []


@pytest.mark.parametrize("token", ["NO TOKEN", None], ids=["cannot verify", "admit"])
def test_a_verdict_passes_the_same_audit(take, staff, citizen, token) -> None:
    page = take(staff("guard", 1)).open("gate")
    page.get_by_label("二维码内容").fill(token or citizen("green").token())
    page.keyboard.press("Enter")
    expect(page.locator(".verdict .word")).to_be_visible()
    assert page.evaluate(AUDIT) == []


def test_a_keyboard_user_can_skip_the_navigation(take, citizen) -> None:
    page = take(citizen("green")).open("declare")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到主要内容")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("体温")).to_be_focused()


def test_less_motion_slows_the_boat_and_steps_it(take, citizen) -> None:
    phone = take(citizen("green"))
    phone.page.emulate_media(reduced_motion="reduce")
    page = phone.open()
    phone.expect_pass("绿码")
    expect(page.locator(".lane span")).to_have_css("animation-timing-function", "steps(12)")
