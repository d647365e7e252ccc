"""The client's files as they lie in the repository."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[3] / "functions/portal/static"
VENDOR = json.loads((STATIC / "vendor/VENDOR.json").read_text("utf-8"))
OURS = [path for path in STATIC.iterdir() if path.is_file()]


@pytest.mark.parametrize("entry", VENDOR, ids=lambda entry: entry["name"])
def test_third_party_files_are_unchanged(entry) -> None:
    assert hashlib.sha256((STATIC / "vendor" / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]


def test_every_third_party_file_is_listed() -> None:
    listed = {entry["file"] for entry in VENDOR}
    assert {path.name for path in (STATIC / "vendor").glob("*.js")} == listed


def test_both_languages_have_every_text() -> None:
    zh, en = (json.loads((STATIC / f"{name}.json").read_text("utf-8")) for name in ("zh-CN", "en"))
    assert zh.keys() == en.keys()


def test_every_text_that_the_pages_ask_for_exists() -> None:
    texts = json.loads((STATIC / "en.json").read_text("utf-8"))
    asked = {key for path in STATIC.glob("*.js") for key in re.findall(r'\bt\("([^"]+)"\)', path.read_text("utf-8"))}
    assert asked
    assert asked <= texts.keys()


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|\son\w+=|style=|innerHTML|eval\(", text)


def test_the_first_load_fits_forty_kilobytes() -> None:
    files = [*OURS, STATIC / "vendor/uqr.js"]
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) <= 40 * 1024
