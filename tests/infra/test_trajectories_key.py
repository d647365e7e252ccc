"""The operators' key is handed over in a file of one's own, with a trace, and makes the pseudonyms that we know."""

from __future__ import annotations

import hashlib
import hmac
import stat

import pytest
from click.testing import CliRunner
from nanhai.domain.days import local_day
from nanhai.services.trajectories.phones import pseudonym
from nanhai.store import audit

import infra.trajectories_key
from infra.cli import main

NUMBER = "+8613800000001"


@pytest.fixture
def asked(platform, monkeypatch, tmp_path):
    monkeypatch.setattr(infra.trajectories_key, "become", lambda *_: None)
    return lambda file: CliRunner().invoke(main, ["trajectories", "key", "--data", str(tmp_path), str(file)])


def test_whoever_has_it_names_a_number_as_we_do(asked, platform, tmp_path):
    told = asked(tmp_path / "operators")
    assert told.exit_code == 0, told.output
    held = bytes.fromhex((tmp_path / "operators").read_text("ascii"))
    assert hmac.digest(held, NUMBER.encode(), hashlib.sha256)[:16].hex() == pseudonym(platform, NUMBER)
    assert held.hex() not in told.output
    assert stat.S_IMODE((tmp_path / "operators").stat().st_mode) == 0o600


def test_it_leaves_a_trace_and_overwrites_nothing(asked, platform, tmp_path):
    (tmp_path / "operators").write_text("mine")
    assert asked(tmp_path / "operators").exit_code == 2
    assert (tmp_path / "operators").read_text() == "mine"
    assert traces(platform) == []
    asked(tmp_path / "other")
    assert traces(platform) == ["operator"]


def traces(platform) -> list[str]:
    found = audit.entries(local_day(platform.now()))
    return [told.entry.actor for told in found if told.entry.operation == "trajectories.key"]
