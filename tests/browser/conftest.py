"""A throw-away platform with its small district, one Chromium, and as many phones as a test takes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from infra.demo.people import Citizen, Client, Json, Officer, Stage
from infra.local import cast as casts
from infra.local.detached import Options, throw_away
from infra.local.engine import free_port
from infra.local.folder import Folder
from tests.browser import hand
from tests.browser.hand import Phone

HERE = Path(__file__).parent
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
]


def pytest_collection_modifyitems(items):
    """All on one worker, where tests are spread by groups: one platform, one Chromium."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def film(tmp_path_factory) -> Path:
    """What the camera of every phone sees, once a test has written it."""
    return tmp_path_factory.mktemp("camera") / "film.y4m"


@pytest.fixture(scope="session")
def chromium(film):
    if not CHROMIUM.exists():
        told = f"{CHROMIUM} is not there (apt-get install chromium): THE PAGES OF THE CLIENT WERE NOT TESTED"
        pytest.fail(told) if os.environ.get("CI") == "true" else pytest.skip(told)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = [*FLAGS, f"--use-file-for-fake-video-capture={film}"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def folder(chromium, tmp_path_factory) -> Iterator[Folder]:
    """The folder of a platform that serves as long as these tests run."""
    folder = Folder(tmp_path_factory.mktemp("platform"))
    with throw_away(folder, Options(free_port())):
        yield folder


@pytest.fixture(scope="session")
def stage(folder) -> Stage:
    return Stage(folder.running().base)


@pytest.fixture(scope="session")
def cast(folder):
    return casts.read(folder)


@pytest.fixture(scope="session")
def citizen(stage, cast) -> Callable[[str], Citizen]:
    """The person of the district whose pass has this colour, signed in."""

    @cache
    def signed_in(colour: str) -> Citizen:
        [phone] = [person["phone"] for person in cast["people"] if person["colour"] == colour]
        citizen = Citizen(stage, phone=phone)
        citizen.sign_in()
        return citizen

    return signed_in


@pytest.fixture(scope="session")
def staff(stage, cast) -> Callable[..., Officer]:
    """A member of staff, signed in: a one-time code is good once, so each signs in once."""

    @cache
    def signed_in(role: str, number: int = 0) -> Officer:
        return Officer(stage, staff=cast["staff"][role][number]).sign_in()

    return signed_in


@pytest.fixture(scope="session")
def scan(staff) -> Callable[[str], Json]:
    """What the first gate says of a token."""
    return lambda token: staff("guard").send("POST", "/checkpoints/scans", {"token": token}, expect=200)


@pytest.fixture
def take(chromium, stage) -> Iterator[Callable[..., Phone]]:
    """Phones that must not log an error, break the content policy or ask another host for anything."""
    phones: list[Phone] = []

    def take(owner: Client | None = None, locale: str = "zh-CN") -> Phone:
        phones.append(hand.take(chromium, stage, owner, locale))
        return phones[-1]

    yield take
    for phone in phones:
        phone.context.close()
    assert [fault for phone in phones for fault in phone.faults] == []
