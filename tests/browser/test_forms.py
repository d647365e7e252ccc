"""Forms: what is wrong stands at its field, the first of them is focused, and a lost answer costs nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from infra.demo.people import Citizen


@pytest.fixture
def newcomer(stage, cast) -> Citizen:
    """Signed in by a phone that nobody has registered."""
    citizen = Citizen(stage, phone="+8619811111111")
    citizen.sign_in()
    return citizen


def faulty(page) -> list[str]:
    """The names of the fields that are marked, in the order of the page."""
    return page.locator("[aria-invalid=true]").evaluate_all("found => found.map((field) => field.name)")


def told(page, name: str) -> str:
    """What is said at a field, by the element that describes it."""
    return page.locator(f"#{name}-error").text_content()


def test_a_wrong_number_and_a_wrong_code_are_told_at_their_fields(take, stage) -> None:
    phone = take()
    page = phone.open()
    page.get_by_label("手机号码").fill("123")
    page.keyboard.press("Enter")
    expect(page.get_by_label("手机号码")).to_be_focused()
    expect(page.locator("#phone-error")).to_contain_text("11 位手机号码")
    page.get_by_label("手机号码").fill("198 2222 2222")
    page.keyboard.press("Enter")
    code = stage_code(page, stage, "+8619822222222")
    page.get_by_label("短信验证码").fill("000000" if code != "000000" else "111111")
    page.keyboard.press("Enter")
    expect(page.locator("#code-error")).to_have_text("验证码不正确。")
    expect(page.get_by_label("短信验证码")).to_be_focused()
    assert faulty(page) == ["code"]


def stage_code(page, stage, phone: str) -> str:
    expect(page.get_by_label("短信验证码")).to_be_focused()
    return stage.last_code(phone)


def test_registration_tells_every_fault_at_once_and_focuses_the_first(take, newcomer) -> None:
    page = take(newcomer).open()
    page.get_by_role("button", name="实名登记").click()
    expect(page.get_by_label("姓名")).to_be_focused()
    assert faulty(page) == ["name", "id_number", "community", "address"]
    assert [told(page, name) for name in ("name", "community")] == ["请填写证件上的姓名。", "请选择本区的村（居）。"]


def test_a_corrected_fault_is_gone_and_the_next_one_focused(take, newcomer) -> None:
    page = take(newcomer).open()
    page.get_by_role("button", name="实名登记").click()
    expect(page.get_by_label("姓名")).to_be_focused()
    page.get_by_label("姓名").fill("张三")
    page.get_by_role("button", name="实名登记").click()
    expect(page.get_by_label("证件号码")).to_be_focused()
    assert faulty(page) == ["id_number", "community", "address"]
    assert told(page, "name") == ""


def test_a_community_is_found_by_parts_of_its_name(take, newcomer) -> None:
    page = take(newcomer).open()
    field = page.get_by_label("所在村（居）")
    field.fill("西樵 ")
    options = page.locator("#community-list li")
    expect(options.first).to_contain_text("西樵镇")
    count = options.count()
    field.fill("西樵 社区")
    expect(options.first).to_contain_text("社区")
    assert 0 < options.count() <= count
    page.keyboard.press("ArrowDown")
    chosen = options.first.text_content()
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(field).to_have_value(chosen)
    expect(page.locator("#community-list")).to_be_hidden()
    field.fill("没有这个地方")
    expect(options).to_have_count(0)


def test_a_declaration_says_what_is_wrong_with_a_temperature(take, citizen) -> None:
    page = take(citizen("blue")).open("declare")
    for typed in ("55", "三十七度"):
        page.get_by_label("体温").fill(typed)
        page.keyboard.press("Enter")
        expect(page.locator("#temperature_c-error")).not_to_be_empty()
        expect(page.get_by_label("体温")).to_be_focused()


LOST = {
    "no answer": (lambda route: route.abort(), "网络不可用。"),
    "cut": (lambda route: route.fulfill(status=201, body='{"record'), "网络不可用。"),
    "503": (
        lambda route: route.fulfill(status=503, json={"title": "请稍后再试。", "code": "edge.unavailable"}),
        "请稍后再试。",
    ),
    "504": (lambda route: route.fulfill(status=504, body="<html>"), "系统出现问题，请稍后再试。"),
    "409": (
        lambda route: route.fulfill(status=409, json={"title": "处理中。", "code": "edge.still-running"}),
        "处理中。",
    ),
}


@pytest.mark.parametrize(("lose", "told"), LOST.values(), ids=LOST)
def test_a_declaration_whose_answer_was_lost_counts_once_when_sent_again(take, citizen, lose, told) -> None:
    owner = citizen("yellow")
    before = declared(owner)
    page = take(owner).open("declare")
    keys: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            return route.continue_()
        route.fetch()
        return lose(route)

    page.route("**/declarations", lose_the_first_answer)
    page.get_by_label("咳嗽").check()
    page.get_by_role("button", name="提交申报").click()
    expect(page.get_by_role("alert")).to_have_text(told)
    page.get_by_role("button", name="提交申报").click()
    expect(page.get_by_role("heading", name="已收到申报")).to_be_visible()
    assert (len(keys), len(set(keys))) == (2, 1)
    assert declared(owner) - before == 1


def declared(owner: Citizen) -> int:
    return owner.pass_of()["record_version"]
