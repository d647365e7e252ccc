"""The client's files as they lie in the repository."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest
from nanhai.domain.colour import Colour, Verdict
from nanhai.domain.records import READERS, SYMPTOMS, Source
from nanhai.domain.resident_id import ID_TYPES

STATIC = Path(__file__).parents[3] / "functions/portal/static"
VENDOR = json.loads((STATIC / "vendor/VENDOR.json").read_text("utf-8"))
OURS = sorted(path for path in STATIC.iterdir() if path.is_file())
MODULES = [path for path in OURS if path.suffix == ".js"]
TEXTS = {name: json.loads((STATIC / f"{name}.json").read_text("utf-8")) for name in ("zh-CN", "en")}
FIRST_LOAD_BYTES_MAX = 40 * 1024
LINES_MAX = 200
ASKED = re.compile(r'\bt\(\s*"([^"]+)"')
IMPORTED = re.compile(r'^import\s[^"]*"\./([^"]+)"', re.MULTILINE)
# Texts that a page asks for by what the server says: a code of the interface has its word in both languages.
FAMILIES = {
    "colour": Colour,
    "admits": Colour,
    "verdict": Verdict,
    "verdict-hint": Verdict,
    "symptom": SYMPTOMS,
    "class": READERS,
    "source": Source,
    "id-type": ID_TYPES,
}


@pytest.mark.parametrize("entry", VENDOR, ids=lambda entry: entry["file"])
def test_third_party_files_are_unchanged_and_their_licence_lies_beside_them(entry) -> None:
    assert hashlib.sha256((STATIC / "vendor" / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert "Permission is hereby granted" in (STATIC / "vendor" / f"{entry['name']}.LICENSE").read_text("utf-8")


def test_every_third_party_file_is_listed() -> None:
    listed = {entry["file"] for entry in VENDOR}
    assert {path.name for path in (STATIC / "vendor").glob("*.js")} == listed


def test_both_languages_have_every_text() -> None:
    assert TEXTS["zh-CN"].keys() == TEXTS["en"].keys()


def test_every_text_that_the_pages_ask_for_exists() -> None:
    asked = {key for path in MODULES for key in ASKED.findall(path.read_text("utf-8"))}
    assert asked
    assert asked <= TEXTS["en"].keys()


@pytest.mark.parametrize("family", FAMILIES)
def test_every_code_of_the_interface_has_a_text(family) -> None:
    assert {f"{family}.{code}" for code in FAMILIES[family]} <= TEXTS["en"].keys()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_words_for_people_are_in_the_texts_only(path: Path) -> None:
    assert not re.search("[\u3400-\u9fff]", path.read_text("utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_is_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LINES_MAX


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|\son\w+=\"|style=|innerHTML|eval\(|(?:src|href)=\"/", text)


def test_the_first_load_fits_forty_kilobytes() -> None:
    files = {"index.html", "style.css", "icon.svg", "zh-CN.json", *_imported("app.js")}
    assert "vendor/decode.js" not in files
    assert "vendor/uqr.js" in files
    assert sum(len(gzip.compress((STATIC / name).read_bytes())) for name in files) <= FIRST_LOAD_BYTES_MAX


def _imported(first: str) -> set[str]:
    """`first` and all that it imports at once; what is imported when it is needed does not count."""
    found, waiting = set(), [first]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += IMPORTED.findall((STATIC / name).read_text("utf-8"))
    return found
