"""Finds a Java that is new enough."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from infra.local.trouble import NoJava

JAVA_VERSION_MIN = 17


def java() -> str:
    """The java command; NoJava when none is there or it is too old."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin")) if home else None
    found = found or shutil.which("java")
    if found is None:
        raise NoJava(f"DynamoDB Local needs Java {JAVA_VERSION_MIN} or newer: none was found (JAVA_HOME, PATH)")
    version = _version(found)
    if version < JAVA_VERSION_MIN:
        raise NoJava(f"DynamoDB Local needs Java {JAVA_VERSION_MIN} or newer: {found} is {version}")
    return found


def _version(command: str) -> int:
    said = subprocess.run([command, "-version"], capture_output=True, text=True, timeout=30).stderr
    number = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(number.group(1)) if number else 0
