"""What is deployed, and what `chalice package` makes of the same code with the plain stack; their sizes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from infra import functions, layers
from infra.deploy import copies, templates
from infra.deploy.stages import Stage
from infra.deploy.target import Target
from infra.functions import ROOT, Function
from tests.bench.compare import Result, counted

BUILD = ROOT / "build" / "bench"
PEER = "chalice package with all dependencies"
REGION = "ap-east-1"
MEASURED = "passes"
KB, MB = 1e3, 1e6
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".chalice", "app.py")


@dataclass(frozen=True, slots=True)
class Packages:
    layers: Mapping[str, Path]
    apps: Mapping[str, Path]
    measured: tuple[Path, ...]  # the layers that the function MEASURED stands on
    plain: Path  # the same function as chalice package makes it

    @property
    def largest_app(self) -> str:
        return max(self.apps, key=lambda name: _size(self.apps[name]))


def results() -> Iterator[Result]:
    found = built()
    ours, theirs = sum(map(_size, (*found.measured, found.apps[MEASURED]))), _size(found.plain)
    size = round(ours / MB, 3), round(theirs / MB, 3)
    yield Result("package-size", PEER, round(ours / theirs, 4), "<= 0.4", 1, *size, "MB of zip")
    largest, size_kb = found.largest_app, _size(found.apps[found.largest_app]) / KB
    told = f"counted: the largest app, {largest}"
    yield counted("package-app-zip-kb", size_kb, "<= 50", told, len(found.apps), "KB of zip")
    libraries = {name for function in functions.load() for name in function.libraries}
    common = [path for name, path in found.layers.items() if name not in libraries]
    told = "counted: all layers but the libraries of some functions"
    yield counted("package-layers-mb", sum(map(_size, common)) / MB, "<= 8", told, len(common), "MB of zip")


@cache
def built() -> Packages:
    """Everything packaged anew, once a run; pip may need the network."""
    target = Target(
        Stage("bench", "https://register.invalid", "https://register.invalid"), REGION, lambda _: None, build=BUILD
    )
    made = {layer.name: layer.path for layer in layers.build()}
    apps = {
        function.name: templates.one(target, function, BUILD / "apps" / function.name) for function in target.functions
    }
    measured = next(function for function in target.functions if function.name == MEASURED)
    zips = {name: folder / "deployment.zip" for name, folder in apps.items()}
    return Packages(made, zips, tuple(made[name] for name in measured.layers), _plain(target, measured))


def unpacked(*zips: Path, into: str) -> Path:
    """A fresh folder with the content of `zips`, as Lambda lays it out: nothing in it is compiled later."""
    folder = BUILD / into
    shutil.rmtree(folder, ignore_errors=True)
    for path in zips:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
    return folder


def _plain(target: Target, function: Function) -> Path:
    """One Chalice project as its documentation says: code in vendor/, dependencies in requirements.txt."""
    project = BUILD / "plain"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(target.sources / function.name, project / "vendor", ignore=LEFT_OUT)
    shutil.copytree(target.layers / "nanhai" / "python", project / "vendor", ignore=LEFT_OUT, dirs_exist_ok=True)
    shutil.copyfile(target.sources / function.name / "app.py", project / "app.py")
    shutil.copyfile(target.layers / "dependencies" / "requirements.txt", project / "requirements.txt")
    told = copies.environment(target, templates.placeholders(target))
    configuration = {"version": "2.0", "app_name": "plain", "environment_variables": told, "stages": {"dev": {}}}
    (project / ".chalice").mkdir()
    (project / ".chalice" / "config.json").write_text(json.dumps(configuration), "utf-8")
    return _chalice_package(project)


def _chalice_package(project: Path) -> Path:
    """Chalice's own command line, not ours of infra/deploy."""
    command = [
        str(Path(sys.executable).with_name("chalice")),
        "--project-dir",
        str(project),
        "package",
        str(project / "out"),
    ]
    environ = {**os.environ, "AWS_DEFAULT_REGION": REGION, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=project, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"chalice package failed: {(done.stdout + done.stderr).strip()[-300:]}")
    return project / "out" / "deployment.zip"


def _size(path: Path) -> int:
    return path.stat().st_size
