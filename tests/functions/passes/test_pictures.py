"""The QR picture, read back by an independent decoder."""

from __future__ import annotations

import io
import re

import pytest
import zxingcpp
from nanhai.domain.identifiers import PersonId
from nanhai.domain.records import IdentityLink
from PIL import Image, ImageDraw

PNG, SVG = {"Accept": "image/png"}, {"Accept": "image/svg+xml"}
PERSONS = {
    "green": lambda world: world.person(),
    "blue": lambda world: world.person(region="430102"),
    "yellow": lambda world: world.person(IdentityLink("420106"), region="420106"),
    "red": lambda world: world.person(world.order()),
}


def read(picture: bytes) -> zxingcpp.Barcode:
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))
    return found


def drawn(svg: str) -> bytes:
    """The one path of segno's drawing, as pixels."""
    width = int(re.search(r'width="(\d+)"', svg)[1])
    path = re.search(r'class="qrline"[^>]*?\sd="([^"]+)"', svg) or re.search(r'stroke="#000"[^>]*?\sd="([^"]+)"', svg)
    scale = int(re.search(r"scale\((\d+)\)", svg)[1])
    picture = Image.new("L", (width, width), 255)
    pen = ImageDraw.Draw(picture)
    x = y = 0.0
    for verb, numbers in re.findall(r"([Mmh])([-\d. ]+)", path[1]):
        given = [float(number) for number in numbers.split()]
        if verb == "h":
            pen.rectangle([x * scale, (y - 0.5) * scale, (x + given[0]) * scale - 1, (y + 0.5) * scale - 1], fill=0)
            x += given[0]
        else:
            x, y = (given[0], given[1]) if verb == "M" else (x + given[0], y + given[1])
    buffer = io.BytesIO()
    picture.save(buffer, "png")
    return buffer.getvalue()


def token(world, person: PersonId) -> str:
    return world.ask("GET", "/me/tokens", person).json["slots"][0]["token"]


@pytest.mark.parametrize("colour", PERSONS)
def test_the_picture_of_every_colour_holds_the_present_token(world, colour):
    person = PERSONS[colour](world)
    assert world.colour(person) == colour
    answer = world.ask("GET", "/me/qr.png", person, headers=PNG)
    found = read(answer.body)
    assert (answer.status, answer.headers["content-type"], found.text) == (200, "image/png", token(world, person))
    assert (found.format, found.ec_level) == (zxingcpp.BarcodeFormat.QRCode, "M")


def test_the_drawing_holds_it_too(world):
    person = world.person()
    answer = world.ask("GET", "/me/qr.svg", person, headers=SVG)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert read(drawn(answer.body.decode())).text == token(world, person)


def test_a_picture_is_never_stored_on_the_way(world):
    answer = world.ask("GET", "/me/qr.png", world.person(), headers=PNG)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("picture", ["qr.png", "qr.svg"])
def test_a_grey_pass_has_nothing_to_scan(world, picture):
    answer = world.ask("GET", f"/me/{picture}", world.person(proven=False), headers=PNG | SVG)
    assert (answer.status, answer.code) == (409, "passes.nothing-to-scan")


def test_a_picture_of_somebody_elses_pass_is_absent(world):
    assert world.ask("GET", f"/{world.person()}/qr.png", world.person(), headers=PNG).code == "absent"


def test_who_accepts_no_picture_gets_none(world):
    assert world.ask("GET", "/me/qr.png", world.person()).code == "edge.not-acceptable"
