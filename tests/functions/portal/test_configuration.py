"""What the portal tells a client before anybody has signed in."""

from __future__ import annotations

import importlib.util
import json
import shutil

import nanhai
import pytest
from nanhai.domain.colour import Colour
from nanhai.policies.divisions import divisions
from nanhai.vault.ring import public_of

from infra.functions import ROOT
from infra.local.apps import load
from tests.edge.gateway import answer, ask, event


def test_a_client_learns_where_it_is_and_whose_signature_to_trust(platform):
    answer = ask(load("portal"), "GET", "/configuration")
    assert answer.status == 200
    told = answer.json
    assert told.keys() == {"district", "stage", "policy", "server_time", "trust_root", "communities"}
    assert (told["district"], told["stage"], told["policy"]) == ("440605", "test", "nanhai-2020-03-01")
    assert told["trust_root"] == public_of(platform.ring.root).hex()
    assert told["server_time"].endswith("Z")
    assert told["communities"][0] == {"code": "440605011001", "name": "桂一社区居委会", "town": "桂城街道"}
    assert len(told["communities"]) == len(divisions("440605").communities)


def test_nothing_secret_is_in_the_configuration(platform):
    told = ask(load("portal"), "GET", "/configuration").body.decode()
    ring = platform.ring
    assert not any(secret.hex() in told for secret in (ring.kek, ring.index, ring.cursor, ring.days, ring.root))


@pytest.fixture
def published(here, monkeypatch, tmp_path):
    """The portal with this text as its description."""
    from functions.portal import app

    def publish(name, text=None):
        path = tmp_path / name
        if text is not None:
            path.write_text(text, "utf-8")
        monkeypatch.setattr(app, "OPENAPI", path)
        return ask(load("portal"), "GET", "/openapi.json")

    return publish


def test_the_interface_is_published_as_it_lies_beside_the_app(published):
    text = json.dumps({"openapi": "3.1.0", "title": "南海通"}, ensure_ascii=False)
    answer = published("there.json", text)
    assert (answer.status, answer.body.decode(), answer.headers["content-type"]) == (200, text, "application/json")
    assert answer.headers["cache-control"] == "public, max-age=300"


def test_without_a_description_there_is_no_page(published):
    answer = published("missing.json")
    assert (answer.status, answer.code) == (404, "portal.no-file")


@pytest.mark.parametrize(
    "path", ["/app.py", "/openapi.json.map", "/..%2fapp.py", "/static", "/vendor/..", "/vendor/VENDOR.md"]
)
def test_no_file_but_the_clients_own_is_served(here, path):
    answer = ask(load("portal"), "GET", path)
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("url_path", "location"),
    [
        ("/portal/", None),  # by the domain
        ("/portal", "/portal/index.html"),
        ("/prod/", None),  # by the API's own address
        ("/prod", "/prod/index.html"),
        ("//portal", "/portal/index.html"),  # never another host
        (None, None),
    ],
)
def test_the_first_page_is_served_where_its_relative_links_hold(here, url_path, location):
    asked = event(load("portal"), "GET", "/")
    asked["requestContext"]["path"] = url_path
    given = answer(load("portal")(asked, None))
    if location is None:
        assert (given.status, given.headers["content-type"]) == (200, "text/html; charset=utf-8")
    else:
        assert (given.status, given.headers["location"], given.body) == (308, location, b"")
        assert given.headers["cache-control"] == "no-store"


def test_the_page_that_is_led_to_is_the_first_page_and_leads_nowhere(here):
    led, first = (ask(load("portal"), "GET", path) for path in ("/index.html", "/"))
    assert (led.status, led.body) == (200, first.body)


def test_without_its_files_beside_it_the_client_comes_from_the_layer_that_lies_beside_ours(here, monkeypatch, tmp_path):
    """On Lambda: /var/task/app.py, /opt/python/nanhai and /opt/client."""
    for name in ("task/app.py", "opt/client/index.html"):
        (tmp_path / name).parent.mkdir(parents=True)
    shutil.copyfile(ROOT / "functions" / "portal" / "app.py", tmp_path / "task" / "app.py")
    (tmp_path / "opt" / "client" / "index.html").write_text("<!doctype html><title>layer</title>", "utf-8")
    monkeypatch.setattr(nanhai, "__file__", str(tmp_path / "opt" / "python" / "nanhai" / "__init__.py"))
    spec = importlib.util.spec_from_file_location("portal_on_lambda", tmp_path / "task" / "app.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert ask(module.app, "GET", "/").body == b"<!doctype html><title>layer</title>"


def test_the_first_page_comes_under_a_strict_policy(here):
    page = ask(load("portal"), "GET", "/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'; script-src 'self'" in page.headers["content-security-policy"]
    style = ask(load("portal"), "GET", "/style.css").body.decode()
    assert all(f".{colour.value}" in style for colour in Colour)
