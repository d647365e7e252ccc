"""What Lambda is given of a function, and its unpacking as Lambda does it: the zip as the task, layers under opt."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from infra.runtime.faults import RuntimeFault

RUNTIME_MODULES = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")


@dataclass(frozen=True, slots=True)
class Package:
    name: str
    handler: str  # module.attribute
    code: Path
    layers: tuple[Path, ...]
    environment: Mapping[str, str]
    timeout_s: int
    memory_mb: int = 512


@dataclass(frozen=True, slots=True)
class Unpacked:
    """`task` is /var/task, `opt` /opt, `runtime` /var/runtime."""

    task: Path
    opt: Path
    runtime: Path

    @property
    def python_path(self) -> str:
        return f"{self.opt / 'python'}:{self.runtime}"


def unpack(package: Package, folder: Path) -> Unpacked:
    """The package laid out under `folder`; later layers win over earlier ones."""
    unpacked = Unpacked(folder / "task", folder / "opt", folder / "runtime")
    _extract(package.code, unpacked.task)
    for layer in package.layers:
        _extract(layer, unpacked.opt)
    _runtime(unpacked.runtime)
    return unpacked


def _extract(source: Path, folder: Path) -> None:
    with zipfile.ZipFile(source) as archive:
        archive.extractall(folder)


def _runtime(folder: Path) -> None:
    """AWS's runtime and nothing else of what this Python has installed."""
    folder.mkdir()
    for name in RUNTIME_MODULES:
        found = find_spec(name)
        if found is None or found.origin is None:
            raise RuntimeFault(f"{name} is not installed: it comes with awslambdaric, among what tests need")
        path = Path(found.origin)
        path = path.parent if path.name == "__init__.py" else path
        (folder / path.name).symlink_to(path)
