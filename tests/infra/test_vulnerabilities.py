"""What nobody has looked at is never called free of vulnerabilities."""

from __future__ import annotations

import json
import subprocess

import pytest

from infra import vulnerabilities

SOUND = {"name": "a", "version": "1", "vulns": []}
SKIPPED = {"name": "b", "skip_reason": "not found"}
BROKEN = {"name": "c", "version": "1", "vulns": [{"id": "CVE-2020-1", "fix_versions": ["2"]}]}


@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        (json.dumps({"dependencies": [SOUND]}), 0, ""),
        (json.dumps({"dependencies": [SOUND, SKIPPED]}), vulnerabilities.NOT_LOOKED_AT, "1 of 2 packages"),
        (json.dumps({"dependencies": [SKIPPED, BROKEN]}), 1, "c 1: CVE-2020-1"),
        (json.dumps({"dependencies": []}), vulnerabilities.NOT_LOOKED_AT, "any package"),
        ("no connection", vulnerabilities.NOT_LOOKED_AT, "any package"),
    ],
)
def test_the_exit_code_says_what_is_known_and_what_nobody_asked(monkeypatch, capsys, said, code, told):
    answered = subprocess.CompletedProcess((), 0, said, "")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: answered)
    assert vulnerabilities.main() == code
    printed = capsys.readouterr()
    assert told in printed.out + printed.err
