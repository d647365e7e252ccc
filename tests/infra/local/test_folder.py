"""One platform at a time holds a data folder, and what it keeps there is its owner's alone."""

from __future__ import annotations

import stat
import subprocess
import sys

import pytest

from infra.local.folder import Folder, Running, write_private
from infra.local.trouble import AlreadyRunning, BrokenData, NotRunning, Trouble

RUNNING = Running(1, 8440, {"NANHAI_STAGE": "local"})
HOLD = "import sys, time; from pathlib import Path; from infra.local.folder import Folder\n"
HOLD += "with Folder(Path(sys.argv[1])).held(): print('held', flush=True); time.sleep(60)"


@pytest.fixture
def folder(tmp_path) -> Folder:
    made = Folder(tmp_path / "data")
    made.make()
    return made


def test_a_second_holder_is_told_that_another_platform_runs(folder):
    with folder.held(), pytest.raises(AlreadyRunning), folder.held():
        pytest.fail("held twice")
    assert not folder.is_held


def test_a_killed_holder_holds_nothing(folder):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(folder.path)], stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"held\n"
    assert folder.is_held
    holder.kill()
    holder.communicate()
    assert not folder.is_held


def test_what_runs_is_known_while_it_holds_the_folder_and_only_then(folder):
    with folder.held():
        folder.announce(RUNNING)
        assert folder.running() == RUNNING
    with pytest.raises(NotRunning):
        folder.running()


def test_a_platform_that_has_not_announced_itself_is_still_starting(folder):
    with folder.held(), pytest.raises(Trouble, match="still starting"):
        folder.running()


def test_what_it_writes_is_readable_by_its_owner_only(folder):
    write_private(folder.credentials, "secret")
    assert stat.S_IMODE(folder.credentials.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_a_file_where_the_folder_should_be_is_one_clear_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BrokenData, match="cannot be used"):
        Folder(tmp_path / "file").make()


def test_clearing_deletes_what_a_platform_keeps_and_nothing_else(folder):
    with folder.held():
        folder.announce(RUNNING)
    write_private(folder.key_file, "key")
    (folder.engine / "dynoxide.db").touch()
    (folder.path / "mine.txt").touch()
    folder.clear()
    assert {path.name for path in folder.path.iterdir()} == {"mine.txt", "lock"}


def test_a_folder_of_a_running_platform_is_not_cleared(folder):
    with folder.held(), pytest.raises(AlreadyRunning):
        folder.clear()
