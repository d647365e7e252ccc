"""From nothing to a green pass, and to yellow, without touching the screen."""

from __future__ import annotations

from playwright.sync_api import expect

from infra.demo.people import Citizen


def test_a_keyboard_is_enough_from_signing_in_to_a_pass_that_the_gate_admits(take, stage, cast, guard) -> None:
    phone, worker = take(), cast["identities"][0]
    page = phone.open()
    phone.write("手机号码", worker["phone"].removeprefix("+86"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("短信验证码")).to_be_focused()
    page.keyboard.type(stage.last_code(worker["phone"]))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="实名登记")).to_be_focused()
    phone.write("姓名", worker["name"])
    phone.write("证件号码", worker["id_number"])
    phone.write("所在村（居）", "桂城")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    phone.write("现住址", "桂澜路 1 号")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="我的通行证")).to_be_focused()
    phone.press("申领通行证")
    phone.expect_pass("绿码")
    assert guard(0).send("POST", "/checkpoints/scans", {"token": phone.token()}, expect=200)["verdict"] == "admit"

    phone.reach(page.get_by_role("link", name="健康申报"))
    page.keyboard.press("Enter")
    phone.write("体温", "37.6")
    phone.reach(page.get_by_label("咳嗽"))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="已收到申报")).to_be_focused()
    phone.reach(page.get_by_role("link", name="查看通行证"))
    page.keyboard.press("Enter")
    phone.expect_pass("黄码")
    expect(page.get_by_text("申报体温达到 37.3 °C")).to_be_visible()
    assert guard(0).send("POST", "/checkpoints/scans", {"token": phone.token()}, expect=200)["verdict"] == "hold"


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
