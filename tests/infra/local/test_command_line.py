"""What keeps a platform from running is said in one line, with an exit code of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import closing

import pytest
from botocore.exceptions import EndpointConnectionError
from click.testing import CliRunner
from nanhai.store import connection
from nanhai.store.writes import StoreUnavailable

from infra.cli import main
from infra.local import condition
from infra.local.folder import Folder, Running, write_private

COMMANDS = (
    "up", "down", "status", "reset", "seed", "credentials", "code",
    "inspect", "keys", "staff", "demo", "deploy", "package",
)  # fmt: skip


def nanhai(*arguments, **more):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], **more)


def in_one_line(result, code):
    assert result.exit_code == code, result.output
    assert result.stderr.startswith("nanhai: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.fixture
def taken():
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]


def test_help_lists_every_command_and_every_exit_code():
    said = nanhai("--help").stdout
    assert all(f"  {command}" in said for command in COMMANDS)
    assert all(f"  {code}  " in said for code in range(9))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    result = nanhai(command, "--help")
    assert (result.exit_code, "Usage:" in result.stdout) == (0, True)


def test_help_is_quick_because_it_imports_no_command():
    code = "import sys, infra.cli; sys.exit(any(m in sys.modules for m in ('boto3', 'chalice', 'nanhai', 'moto')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_taken_port_is_exit_code_3(tmp_path, taken):
    said = in_one_line(nanhai("up", "--data", tmp_path / "d", "--port", taken), 3)
    assert str(taken) in said
    assert "--port" in said


def test_a_detached_start_gives_the_same_exit_code(tmp_path, taken):
    in_one_line(nanhai("up", "--detach", "--data", tmp_path / "d", "--port", taken), 3)


def test_a_file_for_a_data_folder_is_exit_code_4(tmp_path):
    (tmp_path / "file").touch()
    in_one_line(nanhai("up", "--data", tmp_path / "file"), 4)


@pytest.mark.engine
def test_a_broken_database_is_exit_code_4(tmp_path):
    folder = Folder(tmp_path)
    folder.make()
    (folder.engine / "dynoxide.db").write_bytes(b"this is no database" * 400)
    in_one_line(nanhai("up", "--data", tmp_path, "--port", free()), 4)


def test_a_broken_journal_is_exit_code_4(tmp_path):
    (tmp_path / "journal.db").write_bytes(b"this is no database" * 400)
    in_one_line(nanhai("up", "--data", tmp_path, "--port", free()), 4)


@pytest.mark.engine
@pytest.mark.parametrize(
    ("name", "content"), [("register.json", "{"), ("register.json", "[]"), ("clock", "noon"), ("engine.json", "{}}")]
)
def test_any_other_broken_file_of_the_folder_is_exit_code_4(tmp_path, monkeypatch, name, content):
    undone_afterwards(monkeypatch)
    (tmp_path / name).write_text(content)
    assert name in in_one_line(nanhai("up", "--data", tmp_path, "--port", free()), 4)


@pytest.mark.engine
def test_a_folder_that_another_engine_began_is_exit_code_4(tmp_path):
    write_private(tmp_path / "engine.json", '{"kind": "dynamodb-local", "endpoint": ""}')
    said = in_one_line(nanhai("up", "--engine", "dynoxide", "--data", tmp_path, "--port", free()), 4)
    assert "kept by dynamodb-local" in said


def test_a_platform_that_runs_already_is_exit_code_5(tmp_path):
    with Folder(tmp_path).held():
        in_one_line(nanhai("up", "--data", tmp_path, "--port", free()), 5)
        in_one_line(nanhai("reset", "--yes", "--data", tmp_path), 5)


def test_a_missing_java_is_exit_code_6(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    said = in_one_line(nanhai("up", "--engine", "dynamodb-local", "--data", tmp_path / "d", "--port", free()), 6)
    assert "Java 17" in said


def test_a_java_that_is_too_old_is_exit_code_6(tmp_path, monkeypatch):
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_392\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    said = in_one_line(nanhai("up", "--engine", "dynamodb-local", "--data", tmp_path / "d", "--port", free()), 6)
    assert "is 8" in said


def test_an_endpoint_where_nothing_answers_is_exit_code_7(tmp_path):
    nobody = f"http://127.0.0.1:{free()}"
    in_one_line(nanhai("up", "--dynamodb-endpoint", nobody, "--data", tmp_path, "--port", free()), 7)


@pytest.mark.parametrize("command", [("down",), ("status",), ("seed", "--people", "5"), ("inspect", "counters")])
def test_a_command_for_a_platform_that_does_not_run_is_exit_code_8(tmp_path, command):
    in_one_line(nanhai(*command, "--data", tmp_path), 8)


def test_reset_asks_first(tmp_path):
    write_private(tmp_path / "key", "k")
    assert nanhai("reset", "--data", tmp_path, input="n\n").exit_code == 1
    assert (tmp_path / "key").exists()
    assert nanhai("reset", "--data", tmp_path, input="y\n").exit_code == 0
    assert not (tmp_path / "key").exists()


def test_status_of_a_platform_whose_gateway_is_silent_says_so(tmp_path):
    folder = Folder(tmp_path)
    with folder.held():
        folder.announce(Running(os.getpid(), free(), {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1"}))
        result = nanhai("status", "--data", tmp_path)
    assert result.exit_code == 1
    assert "does not answer" in result.stdout


@pytest.mark.parametrize(
    "refusal", [StoreUnavailable(retry_after_s=5), EndpointConnectionError(endpoint_url="http://127.0.0.1:1")]
)
def test_a_platform_whose_database_is_gone_is_one_line_and_exit_code_1(tmp_path, monkeypatch, refusal):
    def gone(_folder):
        raise refusal

    monkeypatch.setattr(condition, "read", gone)
    in_one_line(nanhai("status", "--data", tmp_path), 1)


def undone_afterwards(monkeypatch):
    """A platform in this process takes over the environment and what is composed from it."""
    for key, value in os.environ.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setattr(
        "infra.local.supervisor.adopt", lambda told: [monkeypatch.setenv(*pair) for pair in told.items()]
    )
    connection.reset()


def free() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
