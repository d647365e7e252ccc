"""Chalice in a process of its own: every app module is called `app`, so no two may share one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from infra.deploy.target import DeployFault, Target
from infra.functions import ROOT

RUN_S_MAX = 900
LINES_SHOWN = 12


def run(target: Target, copy: Path, verb: str, *arguments: str) -> None:
    """`chalice <verb>` over a build copy; DeployFault with the end of what it printed when it fails."""
    done = subprocess.run(
        command(copy, verb, *arguments),
        cwd=copy,
        env=environment(target),
        capture_output=True,
        text=True,
        check=False,
        timeout=RUN_S_MAX,
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()[-LINES_SHOWN:]
        raise DeployFault(f"chalice {verb} of {copy.name} failed:\n  " + "\n  ".join(said))


def command(copy: Path, verb: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "infra.deploy.packager", "--project-dir", str(copy), verb, *arguments]


def environment(target: Target) -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": os.pathsep.join((str(target.layers / "nanhai" / "python"), str(ROOT))),
        "AWS_DEFAULT_REGION": target.region,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
