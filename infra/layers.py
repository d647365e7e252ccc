"""The Lambda layers, built into build/layers: `dependencies` (the locked third parties and Chalice's runtime), `nanhai`
(our package), the libraries that infra/functions.yaml gives some functions, all byte-compiled and trimmed, and the
folders that it makes layers (the portal's client). The same bytes from the same inputs.

A zip that Chalice makes holds source only, and Lambda cannot write what it compiles: every cold start would compile
again. With unchecked-hash bytecode Python trusts what lies there. All of it travels as bytecode alone: a traceback
keeps its files and line numbers.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import chalice

from infra import elf, functions
from infra.functions import ROOT, Function

LAYERS = ROOT / "layers"
SOURCES = ROOT / "functions"
BUILD = ROOT / "build" / "layers"
LAYERS_MAX_BYTES = 8_000_000  # all zips together, but for the libraries that only some functions stand on
LIBRARIES_MAX_BYTES = 60_000_000  # those together: DuckDB and numpy are 37 of them
UNPACKED_MAX_BYTES = 250_000_000  # what Lambda bears of all layers of one function, with its code
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
GLIBC_OLD, GLIBC_NEW = 26, 34  # Lambda's Python 3.11 stands on Amazon Linux 2, later ones on 2023
BOTOCORE_SERVICES = frozenset({"dynamodb", "kms", "sqs", "sns", "sts", "s3"})
BOTOCORE_SHARED = frozenset({"endpoints", "partitions", "_retry", "sdk-default-configuration"})
UNUSED = (
    "cffi",  # builds bindings; running them takes _cffi_backend alone
    "pycparser",  # the same
    "boto3/data",  # of boto3.resource
    "share",  # manual pages
    "dateutil/zoneinfo",  # botocore reads UTC only
    "dateutil/rrule.py",  # and no calendars
    "boto3/s3",  # transfers in parts: what goes through a bucket here is small
    "boto3/ec2",
    "s3transfer/crt.py",  # the same, by native code
    "s3transfer/processpool.py",
    "urllib3/contrib/emscripten",  # of browsers
    "urllib3/contrib/socks.py",
    "urllib3/contrib/pyopenssl.py",
)
BOTOCORE_UNUSED = ("examples-", "paginators-", "waiters-")  # of a service: documentation, and what no function asks for
DROPPED_FOLDERS = frozenset({"__pycache__", "tests", "test", "testing", "bin", "examples"})
DROPPED_RECORDS = frozenset({"RECORD", "INSTALLER", "REQUESTED", "WHEEL", "direct_url.json", "top_level.txt"})
DROPPED_SUFFIXES = frozenset({".pyi", ".pyx", ".pxd", ".c", ".h", ".typed", ".exe"})
WITHOUT_DOCSTRINGS = "-o2"  # a tenth of our own bytecode, which nothing reads at run time
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say


@dataclass(frozen=True, slots=True)
class Layer:
    name: str
    path: Path
    sha256: str

    @property
    def size(self) -> int:
        return self.path.stat().st_size


class LayerFault(Exception):
    """A layer could not be built; the message says why in one line."""


def build(
    out: Path = BUILD, layers: Path = LAYERS, sources: Path = SOURCES, of: Iterable[Function] | None = None
) -> tuple[Layer, ...]:
    """All layers of these functions as zips under `out`, those under every function first.

    LayerFault when they cannot be made or are too large.
    """
    out.mkdir(parents=True, exist_ok=True)
    chosen = tuple(functions.load() if of is None else of)
    libraries = dict.fromkeys(name for one in chosen for name in one.libraries)
    own = (folder(out, name, sources / one.name / source) for one in chosen for name, source in one.folders.items())
    built = (dependencies(out, layers), ours(out, layers), *own)
    beside = tuple(library(name, out, layers) for name in libraries)
    _check(sum(layer.size for layer in built), LAYERS_MAX_BYTES, "layers")
    _check(sum(layer.size for layer in beside), LIBRARIES_MAX_BYTES, "libraries")
    return (*built[:2], *beside, *built[2:])


def dependencies(out: Path = BUILD, layers: Path = LAYERS) -> Layer:
    """What every function stands on, with Chalice's runtime."""
    return _installed("dependencies", out, layers, _add_chalice, _chalice_version())


def library(name: str, out: Path = BUILD, layers: Path = LAYERS) -> Layer:
    """What only some functions stand on, from layers/<name>/requirements.txt."""
    return _installed(name, out, layers)


def ours(out: Path, layers: Path) -> Layer:
    path = out / "nanhai.zip"
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch) / "python"
        shutil.copytree(layers / "nanhai" / "python", tree, ignore=shutil.ignore_patterns(*DROPPED_FOLDERS))
        _compile(tree, WITHOUT_DOCSTRINGS)
        _drop_sources(tree)
        _pack(tree, "python", path)
    return _layer("nanhai", path)


def folder(out: Path, name: str, source: Path) -> Layer:
    """The files of `source` as they are, for Lambda to lay out as /opt/<name>."""
    if not source.is_dir():
        raise LayerFault(f"{source} is not there, but infra/functions.yaml makes it the layer {name}")
    path = out / f"{name}.zip"
    _pack(source, name, path)
    return _layer(name, path)


def _installed(
    name: str, out: Path, layers: Path, add: Callable[[Path], None] = lambda _: None, added: str = ""
) -> Layer:
    """Installing takes seconds and the network, so the zip is kept under a name made of its inputs."""
    lock = layers / name / "requirements.txt"
    if not lock.is_file():
        raise LayerFault(f"{lock} is not there: lock the {name} first")
    sources = (lock, Path(__file__), Path(elf.__file__))
    inputs = [*(path.read_bytes() for path in sources), added.encode(), RUNTIME.encode()]
    key = hashlib.sha256(b"\0".join(inputs)).hexdigest()
    path = out / f"{name}-{key[:16]}.zip"
    if not path.is_file():
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            tree = Path(scratch) / "python"
            _install(lock, tree)
            _trim(tree)
            add(tree)
            _compile(tree)
            _drop_sources(tree)
            _pack(tree, "python", path)
    return _layer(name, path)


def _check(total: int, most: int, what: str) -> None:
    if total > most:
        raise LayerFault(f"the {what} have {total:,} bytes, more than {most:,}")


def _install(lock: Path, tree: Path) -> None:
    """Wheels for Lambda's Linux, not for this machine; nothing that the lock has no hash for."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--require-hashes", "--no-deps", "--only-binary=:all:", "--no-compile", "--target", str(tree)]
    command += [word for tag in _platforms() for word in ("--platform", tag)]
    command += ["--python-version", RUNTIME.removeprefix("python"), "--implementation", "cp", "-r", str(lock)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LayerFault(f"pip could not install {lock.name}: {' '.join(done.stderr.strip().splitlines()[-1:])}")


def _platforms() -> Iterator[str]:
    """Newest first; a wheel for an older libc runs on a newer one."""
    newest = GLIBC_OLD if sys.version_info < (3, 12) else GLIBC_NEW
    yield from (f"manylinux_2_{minor}_x86_64" for minor in range(newest, 16, -1))
    yield "manylinux2014_x86_64"


def _trim(tree: Path) -> None:
    for path in sorted(tree.rglob("*"), reverse=True):
        if path.is_dir() and (path.name in DROPPED_FOLDERS or _is_unused_data(path, tree)):
            shutil.rmtree(path)
        elif path.is_file() and (_is_packaging(path) or _is_unused_model(path) or path.suffix in DROPPED_SUFFIXES):
            path.unlink()
    for name in UNUSED:
        shutil.rmtree(tree / name, ignore_errors=True)
        (tree / name).unlink(missing_ok=True)
    for path in (tree / "botocore" / "data").glob("*.json*"):
        if path.name.split(".")[0] not in BOTOCORE_SHARED:
            path.unlink()
    for path in (tree / "botocore" / "data").rglob("service-2.json.gz"):
        _drop_documentation(path)
    for path in tree.rglob("*.so"):
        elf.strip(path)


def _drop_documentation(path: Path) -> None:
    """A service's model without its texts, which are two thirds of it: they become docstrings of methods."""
    model = json.loads(gzip.decompress(path.read_bytes()), object_hook=_undocumented)
    for parameter in model.get("clientContextParams", {}).values():
        parameter["documentation"] = ""  # botocore reads these, S3's alone among ours, and fails without
    path.write_bytes(gzip.compress(json.dumps(model, separators=(",", ":")).encode(), mtime=0))


def _undocumented(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "documentation" or not isinstance(value, str)}


def _is_unused_data(path: Path, tree: Path) -> bool:
    return path.parent == tree / "botocore" / "data" and path.name not in BOTOCORE_SERVICES


def _is_unused_model(path: Path) -> bool:
    return "botocore" in path.parts and path.name.startswith(BOTOCORE_UNUSED)


def _is_packaging(path: Path) -> bool:
    return path.parent.suffix == ".dist-info" and path.name in DROPPED_RECORDS


def _add_chalice(tree: Path) -> None:
    """What Chalice would put into every zip, once and compiled (infra/deploy/packager.py leaves it out there)."""
    source = Path(chalice.__file__).parent
    (tree / "chalice").mkdir()
    for name in ("__init__.py", "app.py"):
        shutil.copyfile(source / name, tree / "chalice" / name)


def _chalice_version() -> str:
    return str(chalice.__version__)


def _drop_sources(tree: Path) -> None:
    for source in tree.rglob("*.py"):
        if source.with_suffix(".pyc").is_file():
            source.unlink()


def _pack(tree: Path, root: str, path: Path) -> None:
    """A zip with the files of `tree` under `root`, which is where they will lie under /opt."""
    part = path.with_suffix(f".{os.getpid()}.part")
    with zipfile.ZipFile(part, "w") as archive:
        for file in sorted(file for file in tree.rglob("*") if file.is_file()):
            entry = zipfile.ZipInfo(f"{root}/{file.relative_to(tree).as_posix()}", EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=9)
    part.replace(path)


def _compile(tree: Path, *how: str) -> None:
    """Beside each source, where Python looks when there is none.

    In a process of its own with a fixed hash seed: the order of a set's constants is then the same every time.
    """
    command = [sys.executable, "-m", "compileall", "-q", "-j", "1", "--invalidation-mode", "unchecked-hash"]
    command += [*how, "-b", "-s", str(tree), "-p", "/opt/python", str(tree)]
    environ = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    if done.returncode:
        raise LayerFault(f"{tree.name} does not compile: {(done.stdout + done.stderr).strip()}")


def _layer(name: str, path: Path) -> Layer:
    return Layer(name, path, hashlib.sha256(path.read_bytes()).hexdigest())


def runs_here() -> bool:
    """Whether this machine can execute what the layers hold."""
    return platform.system() == "Linux" and platform.machine() == "x86_64"


if __name__ == "__main__":
    for layer in build():
        sys.stdout.write(f"{layer.name:14} {layer.size:>10,} bytes  {layer.sha256[:16]}  {layer.path}\n")
