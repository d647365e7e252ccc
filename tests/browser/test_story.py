"""From nothing to a green pass, and to yellow, without touching the screen."""

from __future__ import annotations

import time

from playwright.sync_api import expect

from infra.demo.people import Citizen
from infra.demo.story import rfc3339

HOUR_S = 3_600


def test_a_keyboard_is_enough_from_signing_in_to_a_yellow_pass_that_the_community_cleared(
    take, stage, cast, staff, scan
) -> None:
    phone, worker = take(), cast["identities"][0]
    sign_in(phone, worker["phone"])
    register(phone, worker)
    apply(phone)
    assert scan(phone.token())["verdict"] == "admit"
    declare_fever(phone)
    assert scan(phone.token())["verdict"] == "hold"
    clear(staff, worker)
    phone.press("刷新")
    expect(phone.page.locator(".pass .admits")).to_have_text("已查验，可在限定地点临时通行")
    assert scan(phone.token())["verdict"] == "admit-temporary"


def sign_in(phone, number: str) -> None:
    page = phone.open()
    phone.write("手机号码", number.removeprefix("+86"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("短信验证码")).to_be_focused()
    page.keyboard.type(phone.stage.last_code(number))
    page.keyboard.press("Enter")


def register(phone, worker) -> None:
    page = phone.page
    expect(page.get_by_role("heading", name="实名登记")).to_be_focused()
    phone.write("姓名", worker["name"])
    phone.write("证件号码", worker["id_number"])
    phone.write("所在村（居）", "桂城 桂一")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    phone.write("现住址", "桂澜路 1 号")
    page.keyboard.press("Enter")


def apply(phone) -> None:
    expect(phone.page.get_by_role("heading", name="我的通行证")).to_be_focused()
    phone.press("申领通行证")
    phone.expect_pass("绿码")


def declare_fever(phone) -> None:
    page = phone.page
    phone.reach(page.get_by_role("link", name="健康申报"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="健康申报")).to_be_focused()
    phone.write("体温", "37.6")
    phone.reach(page.get_by_label("咳嗽"))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="已收到申报")).to_be_focused()
    phone.reach(page.get_by_role("link", name="查看通行证"))
    page.keyboard.press("Enter")
    phone.expect_pass("黄码")
    expect(page.get_by_text("申报体温达到 37.3 °C")).to_be_visible()


def clear(staff, worker) -> None:
    """The community's officer finds the person by ID card, before any case, and clears them for the first gate, for an
    hour."""
    officer = staff("community-officer")
    card = {"id_type": worker["id_type"], "id_number": worker["id_number"]}
    asked = card | {"purpose": "desk-help"}
    found = officer.send("POST", "/identity/desk/lookups", asked, expect=200)
    clearance = {
        "person_id": found["person_id"],
        "places": [staff("guard").staff["gate"]],
        "until": rfc3339(officer.stage.now() + HOUR_S),
        "evidence": "home visit 1",
        "legal_basis": "nanhai-notice-7",
    }
    time.sleep(1.1)  # evidence of the same second as a clearance would end it
    officer.send("POST", "/casework/clearances", clearance, expect=201)


def test_a_child_gets_a_pass_of_its_own_from_the_guardians_phone(take, citizen, cast) -> None:
    phone, child = take(citizen("green")), cast["identities"][1]
    page = phone.open("family")
    page.get_by_role("link", name="添加家人").click()
    page.get_by_label("姓名").fill(child["name"])
    page.get_by_label("证件号码").fill(child["id_number"])
    page.get_by_role("button", name="添加家人").click()
    expect(page.get_by_label("已取得本人同意")).to_be_focused()
    page.get_by_label("已取得本人同意").check()
    page.get_by_role("button", name="添加家人").click()
    expect(page.get_by_role("heading", name=f"{child['name'][0]}＊的通行证")).to_be_visible()
    phone.expect_pass("绿码")
    page.get_by_role("link", name="家人").click()
    expect(page.locator(".cards .badge.green")).to_have_text("绿码")


def test_the_language_changes_and_is_kept(take) -> None:
    phone = take()
    page = phone.open()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_signing_out_ends_the_session_on_the_server_too(take, stage, cast) -> None:
    owner = Citizen(stage, phone=cast["people"][-1]["phone"])
    owner.sign_in()
    page = take(owner).open()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    assert page.evaluate("localStorage['nanhai.session']") is None
    refreshed = {"refresh_token": owner.tokens["refresh_token"], "device": owner.device}
    assert owner.raw("POST", "/identity/sessions/refresh", refreshed).status_code == 401
