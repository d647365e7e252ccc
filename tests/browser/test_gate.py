"""The guard's page: pictures, the camera and typed codes in, a loud verdict out."""

from __future__ import annotations

import io

import pyotp
import pytest
from PIL import Image
from playwright.sync_api import expect

SIDE = (640, 480)
FRAMES = 10


@pytest.fixture
def gate(take, staff):
    return take(staff("guard", 1))


def picture(phone) -> Image.Image:
    return Image.open(io.BytesIO(phone.page.screenshot())).convert("RGB")


def file(image: Image.Image) -> dict:
    data = io.BytesIO()
    image.save(data, "PNG")
    return {"name": "pass.png", "mimeType": "image/png", "buffer": data.getvalue()}


def expect_verdict(page, verdict: str, word: str) -> None:
    expect(page.locator(".verdict")).to_have_attribute("data-verdict", verdict)
    expect(page.locator(".verdict .word")).to_have_text(word)


@pytest.fixture
def green(take, citizen):
    phone = take(citizen("green"))
    phone.open()
    phone.expect_pass("绿码")
    return phone


def test_a_guard_signs_in_with_password_and_one_time_code(take, stage, cast) -> None:
    member = cast["staff"]["guard"][3]
    page = take().open()
    page.get_by_role("link", name="卡口人员登录").click()
    page.get_by_label("工号").fill(member["staff_id"])
    page.get_by_label("密码").fill("wrong")
    page.get_by_label("动态口令").fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("工号、密码或动态口令不正确。")
    page.get_by_label("密码").fill(member["password"])
    page.get_by_label("动态口令").fill(pyotp.TOTP(member["totp_secret"]).at(int(stage.now())))
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"卡口：{member['gate']}")).to_be_visible()


TURNED = {
    "as it is": lambda image: image,
    "turned": lambda image: image.rotate(17, expand=True, fillcolor="#777"),
    "upside down": lambda image: image.rotate(180),
    "small": lambda image: image.resize((image.width // 3, image.height // 3)),
    "large": lambda image: image.resize((image.width * 3, image.height * 3)),
}


@pytest.mark.parametrize("turn", TURNED.values(), ids=TURNED)
def test_a_picture_of_a_pass_is_read_and_judged(gate, green, turn) -> None:
    page = gate.open("gate")
    page.get_by_label("从图片识别").set_input_files(file(turn(picture(green))))
    expect_verdict(page, "admit", "允许通行")
    expect(page.locator(".verdict .badge")).to_have_text("绿码")


@pytest.mark.parametrize(("colour", "verdict", "word"), [("yellow", "hold", "暂不放行"), ("red", "refuse", "不予通行")])
def test_yellow_holds_and_red_is_refused(gate, citizen, colour, verdict, word) -> None:
    page = gate.open("gate")
    page.get_by_label("二维码内容").fill(citizen(colour).token())
    page.keyboard.press("Enter")
    expect_verdict(page, verdict, word)
    expect(page.locator(f".verdict.{colour}")).to_be_visible()


def test_a_picture_without_a_code_is_a_loud_cannot_verify(gate) -> None:
    page = gate.open("gate")
    page.get_by_label("从图片识别").set_input_files(file(Image.new("RGB", SIDE, "#888")))
    expect_verdict(page, "cannot-verify", "无法核验")
    expect(page.locator(".verdict")).to_contain_text("图片中没有可识别的二维码。")


def test_a_file_that_is_no_picture_is_a_loud_cannot_verify(gate) -> None:
    page = gate.open("gate")
    nonsense = {"name": "pass.png", "mimeType": "image/png", "buffer": b"no picture"}
    page.get_by_label("从图片识别").set_input_files(nonsense)
    expect_verdict(page, "cannot-verify", "无法核验")


def test_what_is_no_token_is_a_loud_cannot_verify_and_the_next_one_starts_afresh(gate) -> None:
    page = gate.open("gate")
    page.get_by_label("二维码内容").fill("https://example.org/")
    page.keyboard.press("Enter")
    expect_verdict(page, "cannot-verify", "无法核验")
    page.get_by_role("button", name="下一位").click()
    expect(page.locator(".verdict")).to_be_hidden()
    expect(page.get_by_label("二维码内容")).to_be_focused()


def test_without_a_network_nothing_is_admitted(gate, green) -> None:
    token = green.token()
    page = gate.open("gate")
    gate.context.set_offline(True)
    page.get_by_label("二维码内容").fill(token)
    page.keyboard.press("Enter")
    expect_verdict(page, "cannot-verify", "无法核验")
    expect(page.locator(".verdict")).to_contain_text("网络不可用。")


def test_the_camera_reads_a_pass_that_is_held_up_to_it(gate, green, film) -> None:
    held_up = picture(green)
    held_up.thumbnail((SIDE[0], SIDE[1] - 20))
    scene = Image.new("RGB", SIDE, "#556")
    scene.paste(held_up.rotate(4, expand=True, fillcolor="#556"), (180, 0))
    film.write_bytes(y4m(scene))
    page = gate.open("gate")
    page.get_by_role("button", name="打开摄像头扫码").click()
    expect_verdict(page, "admit", "允许通行")
    page.get_by_role("button", name="关闭摄像头").click()
    expect(page.locator("video")).to_be_hidden()


def y4m(scene: Image.Image) -> bytes:
    """A still film, as Chromium's make-believe camera reads it."""
    light, blue, red = scene.convert("YCbCr").split()
    half = (SIDE[0] // 2, SIDE[1] // 2)
    frame = light.tobytes() + blue.resize(half).tobytes() + red.resize(half).tobytes()
    return b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n" % SIDE + (b"FRAME\n" + frame) * FRAMES


def test_other_staff_is_told_that_it_has_no_gate(take, staff) -> None:
    page = take(staff("community-officer")).open("gate")
    expect(page.get_by_text("您的岗位没有卡口")).to_be_visible()
