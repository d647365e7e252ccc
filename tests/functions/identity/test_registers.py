"""The register of legal persons: a file on a local stage, an HTTPS endpoint elsewhere, and never a guess."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest
import urllib3
from nanhai.services import ports
from nanhai.services.ports import FileLegalRegister, HttpsLegalRegister, LegalRegisterUnavailable, Organisation
from nanhai.services.settings import Misconfigured

from tests.functions.identity.company import FOUNDRY, STRANGER, row

ROW = row("南海某某铸造有限公司", "+8613900001001", above=True)
KNOWN = Organisation("南海某某铸造有限公司", "440605011001", "+8613900001001", above_designated_size=True)
URL = "https://register.example/legal"


@dataclass
class Endpoint:
    """Answers as a register does, and remembers what it was asked."""

    status: int
    content: bytes
    asked: list = field(default_factory=list)

    def request(self, method, url, *, body, timeout, retries, **_):
        self.asked.append((method, url, json.loads(body), bool(timeout), retries))
        return self

    def read(self, most: int) -> bytes:
        return self.content[:most]


def endpoint(monkeypatch, answer: object, status: int = 200) -> Endpoint:
    made = Endpoint(status, answer if isinstance(answer, bytes) else json.dumps(answer).encode())
    monkeypatch.setattr(ports, "_pool", lambda: made)
    return made


@pytest.mark.parametrize("stage", ["live", "pilot", ""])
def test_a_file_exists_on_a_local_stage_only(tmp_path, stage):
    with pytest.raises(Misconfigured):
        FileLegalRegister(tmp_path / "legal.json", stage)


def test_a_file_is_read_again_when_it_has_changed(tmp_path):
    path = tmp_path / "legal.json"
    register = FileLegalRegister(path, "test")
    path.write_text("{}")
    assert register.find(FOUNDRY) is None
    path.write_text(json.dumps({FOUNDRY: ROW}))
    assert (register.find(FOUNDRY), register.find(STRANGER)) == (KNOWN, None)


@pytest.mark.parametrize("content", [None, "{", json.dumps({FOUNDRY: {"name": "no more than that"}})])
def test_a_file_that_cannot_be_read_is_no_answer(tmp_path, content):
    if content is not None:
        (tmp_path / "legal.json").write_text(content)
    with pytest.raises(LegalRegisterUnavailable):
        FileLegalRegister(tmp_path / "legal.json", "test").find(FOUNDRY)


def test_the_endpoint_is_asked_once_with_the_code_alone(monkeypatch):
    asked = endpoint(monkeypatch, ROW | {"known": True}).asked
    assert HttpsLegalRegister(URL).find(FOUNDRY) == KNOWN
    assert asked == [("POST", URL, {"uscc": FOUNDRY}, True, False)]


def test_an_endpoint_that_knows_no_such_code_says_so(monkeypatch):
    endpoint(monkeypatch, {"known": False})
    assert HttpsLegalRegister(URL).find(STRANGER) is None


NO_ANSWERS = [
    ({"known": True}, 200),
    (ROW, 200),
    (ROW | {"known": "yes"}, 200),
    (ROW | {"known": True, "above_designated_size": 1}, 200),
    (ROW | {"known": True, "name": "x" * 20_000}, 200),
    ([], 200),
    (b"<html>", 200),
    (b"\xff", 200),
    ({"known": False}, 404),
    ({"known": False}, 500),
]


@pytest.mark.parametrize(("answer", "status"), NO_ANSWERS)
def test_what_is_no_answer_is_taken_for_none(monkeypatch, answer, status):
    endpoint(monkeypatch, answer, status)
    with pytest.raises(LegalRegisterUnavailable):
        HttpsLegalRegister(URL).find(FOUNDRY)


def test_an_endpoint_out_of_reach_is_no_answer(monkeypatch):
    class Down:
        def request(self, *_, **__):
            raise urllib3.exceptions.ProtocolError

    monkeypatch.setattr(ports, "_pool", Down)
    with pytest.raises(LegalRegisterUnavailable):
        HttpsLegalRegister(URL).find(FOUNDRY)
