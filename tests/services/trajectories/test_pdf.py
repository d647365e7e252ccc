"""The document of a certificate: all that it says can be read on it, and its code is what was signed."""

from __future__ import annotations

import re

import pytest
from nanhai.domain.certificates import CITIES_PER_DAY_MAX, DAYS, Certificate, make
from nanhai.services.trajectories.pdf import drawn

from tests.domain.issuing import HERE, KID, private
from tests.services.trajectories.paper import contents, read_back

ISSUED_AT = 1_583_000_000  # 2020-03-01 02:13:20 here, when it was still February in Greenwich
TRIP = (("4406",),) * 11 + (("4201",), (), ("4406", "4401"))
FULLEST = (("2224", "5132", "5226", "6328", "6327", "5223", "4228"),) * DAYS


def document(language: str, cities=TRIP) -> tuple[bytes, str]:
    certificate = Certificate(KID, HERE, ISSUED_AT, "138****1234", cities)
    signed = make(certificate, private("today").sign)
    return drawn(certificate, signed, language), signed


def words(language: str, cities=TRIP) -> str:
    """All texts of a document, without the breaks of lines."""
    return "".join(lines(language, cities))


def lines(language: str, cities=TRIP) -> list[str]:
    """All lines of a document, read as their font encodes them."""
    drawn_text = contents(document(language, cities)[0])
    pieces = re.findall(rb"\(((?:\\.|[^\\()])*)\) Tj", drawn_text, re.DOTALL)
    raw = [re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), piece) for piece in pieces]
    raw = [re.sub(rb"\\(.)", rb"\1", piece, flags=re.DOTALL) for piece in raw]
    encoding = "utf-16-be" if language == "zh-CN" else "cp1252"
    return [piece.decode(encoding, errors="replace") for piece in raw]


@pytest.mark.parametrize("cities", [TRIP, FULLEST, ((),) * DAYS])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_its_code_is_the_certificate_that_was_signed(language, cities):
    made, signed = document(language, cities)
    assert read_back(made) == signed


def test_it_says_in_english_what_was_certified():
    told = words("en")
    for said in ("138****1234", "2020-03-01 02:13 UTC+8", "2020-03-02 00:00 UTC+8", "2020-02-16", "2020-02-29"):
        assert said in told
    assert told.count("Foshan") == 12
    assert (told.count("Wuhan"), told.count("Guangzhou"), told.count("Nothing that counts is known")) == (1, 1, 1)
    assert "2020-03-01Foshan" not in told


def test_it_says_in_chinese_what_was_certified():
    told = words("zh-CN")
    for said in ("行程证明", "138****1234", "2020-03-01 02:13 UTC+8", "武汉市", "没有可计入的信息", "超过 4 小时"):
        assert said in told
    assert told.count("佛山市") == 12


@pytest.mark.parametrize("cities", [TRIP, FULLEST])
def test_no_line_of_chinese_begins_with_what_ends_a_phrase_or_ends_with_what_begins_one(cities):
    written = [line for line in lines("zh-CN", cities) if line]
    assert [line for line in written if line[0] in "，。；：、）" or line[-1] in "（"] == []
    assert len(written) > 14


def test_the_same_certificate_is_the_same_file():
    assert document("zh-CN") == document("zh-CN")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_fullest_one_has_every_day_on_it(language):
    told = words(language, FULLEST)
    assert all(f"2020-02-{day}" in told for day in range(16, 30))
    assert len(FULLEST[0]) == CITIES_PER_DAY_MAX


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_no_font_travels_with_it_and_nothing_is_fetched_or_run(language):
    made, _ = document(language)
    assert re.findall(rb"/(?:FontFile\d?|URI|JavaScript|JS|Launch|EmbeddedFile)\b", made) == []
