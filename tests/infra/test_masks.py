"""`nanhai masks verify` draws a round again from an address or a file, and its exit code says whether it was so."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from click.testing import CliRunner
from nanhai.domain.lottery import Entry

from infra.cli import main
from infra.masks import WRONG
from tests.domain.test_lottery import ROUND, drawn, seed

ENTRIES = [Entry(f"{number:016d}", ("EAST",)) for number in range(5)]


def published(beacon_source=None, seed_told=True) -> dict:
    told = drawn(seed(3), ENTRIES, {"EAST": 2}, "2996.76" if beacon_source else "")
    outcomes = [
        {"ticket": out.entry.ticket, "points": list(out.entry.points), "point": out.point} for out in told.outcomes
    ]
    head = {
        "phase": "told" if seed_told else "listed",
        "tickets": len(ENTRIES),
        "list_hash": told.list_hash,
        "listed_at": "2020-03-01T12:02:00Z",
        "drawn_at": "2020-03-01T12:05:00Z",
        "beacon": told.beacon or None,
        "seed": told.seed.hex() if seed_told else None,
        "pages": 2,
    }
    round_ = {
        "round_id": ROUND,
        "title": "第三轮口罩",
        "commitment": told.commitment,
        "beacon_source": beacon_source,
        "points": [{"point_id": "EAST", "portions": 2}],
    }
    return {"round": round_, "pages": [head | {"outcomes": outcomes[:3]}, head | {"outcomes": outcomes[3:]}]}


def verify(*arguments):
    return CliRunner().invoke(main, ["masks", "verify", *map(str, arguments)])


@pytest.fixture
def file(tmp_path):
    return tmp_path / "round.json"


def test_an_honest_draw_is_right_in_every_part(file):
    file.write_text(json.dumps(published()))
    result = verify(file)
    assert (result.exit_code, result.output.count("right  "), "WRONG" in result.output) == (0, 4, False)


def test_the_beacon_is_shown_to_be_compared(file):
    file.write_text(json.dumps(published("closing figure")))
    assert "beacon 2996.76: compare it with closing figure" in verify(file).output


def test_a_changed_winner_is_found(file):
    told = published()
    outcomes = told["pages"][0]["outcomes"]
    outcomes[0]["point"], outcomes[2]["point"] = None, "EAST"
    file.write_text(json.dumps(told))
    result = verify(file)
    assert (result.exit_code, result.output.count("WRONG")) == (WRONG, 1)


def test_a_round_that_is_not_drawn_is_said_so(file):
    file.write_text(json.dumps(published(seed_told=False)))
    result = verify(file)
    assert (result.exit_code, "not drawn yet: listed" in result.output) == (1, True)


@pytest.mark.parametrize("text", ["", "[]", '{"round": {}}'])
def test_a_file_that_is_none_is_said_so(file, text):
    file.write_text(text)
    result = verify(file)
    assert (result.exit_code, "is not what --save keeps" in result.output) == (1, True)


@pytest.fixture
def served():
    """The two public addresses of a round, page by page."""
    told = published()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answers = {
                "/masks/rounds/r": told["round"],
                "/masks/rounds/r/draw": told["pages"][0],
                "/masks/rounds/r/draw?page=1": told["pages"][1],
            }
            answer = answers.get(self.path)
            self.send_response(200 if answer else 404)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_):
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/masks/rounds"
    server.shutdown()
    server.server_close()
    thread.join()


def test_it_is_fetched_page_by_page_and_kept(served, file):
    assert verify("--save", file, f"{served}/r").exit_code == 0
    assert verify(file).exit_code == 0
    assert json.loads(file.read_text()) == published()


def test_an_address_without_a_round_is_said_so(served):
    result = verify(f"{served}/nothing")
    assert (result.exit_code, "404" in result.output) == (1, True)
