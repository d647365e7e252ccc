"""The demo plays the whole story, ends at the first difference, and leaves nothing running or lying about."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.demo import run
from infra.demo.people import Differs
from infra.demo.story import Story

pytestmark = pytest.mark.engine


@pytest.fixture
def played(tmp_path, monkeypatch):
    """Runs the command; what it leaves in its temporary folder, and who still runs on a folder there."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def play():
        result = CliRunner().invoke(run.command)
        lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.parent.is_dir()]
        assert not any(str(tmp_path).encode() in line for line in lines)
        assert list(tmp_path.iterdir()) == []
        return result

    return play


def test_every_answer_of_the_story_is_as_it_should_be(played):
    result = played()
    assert result.exit_code == 0, result.output
    steps = [line for line in result.stdout.splitlines() if line[:3].strip().isdigit() and line[3:5] == "  "]
    assert [int(line[:3]) for line in steps] == list(range(1, 47))
    assert result.stdout.endswith("46 steps, every answer as it should be\n")


def test_the_first_difference_ends_it_with_exit_code_1(played, monkeypatch):
    def differs(_story):
        raise Differs("blue instead of green")

    monkeypatch.setattr(Story, "sign_in", differs)
    result = played()
    assert result.exit_code == 1
    assert "demo: Differs: blue instead of green" in result.stderr
    assert "  3  " not in result.stdout
