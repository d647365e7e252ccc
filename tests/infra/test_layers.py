"""Layers and app zips: small, compiled, trimmed, and the same bytes from the same inputs."""

from __future__ import annotations

import ctypes
import gzip
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import botocore.loaders
import pytest

from infra import elf, functions, layers
from infra.deploy import copies, templates
from infra.deploy.stages import Stage
from infra.deploy.target import Target
from infra.layers import LAYERS, LAYERS_MAX_BYTES, LIBRARIES_MAX_BYTES, UNPACKED_MAX_BYTES, LayerFault

UNCHECKED_HASH = 0b01  # in a .pyc: told by its hash, and Python need not look (PEP 552)


@pytest.fixture(scope="module")
def dependencies():
    """As build/layers keeps it: built once for all runs."""
    return layers.dependencies()


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    return layers.ours(tmp_path_factory.mktemp("ours"), LAYERS)


CLIENT = functions.ROOT / "functions" / "portal" / "static"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    return layers.folder(tmp_path_factory.mktemp("client"), "client", CLIENT)


@pytest.fixture(scope="module")
def sheets():
    return layers.library("sheets")


@pytest.fixture(scope="module")
def signals():
    return layers.library("signals")


@pytest.fixture(scope="module")
def paper():
    return layers.library("paper")


@pytest.fixture(scope="module")
def names(dependencies):
    return zipfile.ZipFile(dependencies.path).namelist()


def bytecode(layer):
    with zipfile.ZipFile(layer.path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.endswith(".pyc")}


@pytest.fixture
def kept(dependencies, sheets, signals, paper, tmp_path):
    """A folder where what takes an installation has been built already."""
    for layer in (dependencies, sheets, signals, paper):
        shutil.copyfile(layer.path, tmp_path / layer.path.name)
    return tmp_path


def test_all_together_are_small_enough(dependencies, ours, client):
    assert dependencies.size + ours.size + client.size <= LAYERS_MAX_BYTES


def test_the_libraries_of_some_functions_have_a_bound_of_their_own(sheets, signals, paper):
    assert sheets.size + signals.size + paper.size <= LIBRARIES_MAX_BYTES


def test_unpacked_lambda_bears_what_the_function_with_the_most_stands_on(dependencies, ours, signals, paper):
    made = [zipfile.ZipFile(layer.path) for layer in (dependencies, ours, signals, paper)]
    assert sum(entry.file_size for archive in made for entry in archive.infolist()) <= UNPACKED_MAX_BYTES * 0.8


def test_unpacked_and_all_together_they_are_a_tenth_of_what_lambda_bears(dependencies, ours, client, sheets):
    made = [zipfile.ZipFile(layer.path) for layer in (dependencies, ours, client, sheets)]
    assert sum(entry.file_size for archive in made for entry in archive.infolist()) <= UNPACKED_MAX_BYTES / 10


def test_those_under_every_function_come_first_then_libraries_and_then_the_portals_client(kept):
    assert [layer.name for layer in layers.build(kept)] == [
        "dependencies",
        "nanhai",
        "sheets",
        "signals",
        "paper",
        "client",
    ]


@pytest.mark.parametrize(
    ("named", "made"),
    [
        ({"passes"}, ["dependencies", "nanhai"]),
        ({"portal"}, ["dependencies", "nanhai", "client"]),
        ({"arrivals", "enterprises"}, ["dependencies", "nanhai", "sheets"]),
    ],
)
def test_only_the_layers_of_the_functions_at_hand_are_built_each_once(kept, named, made):
    chosen = [function for function in functions.load() if function.name in named]
    assert [layer.name for layer in layers.build(kept, of=chosen)] == made


@pytest.mark.parametrize("what", ["layers", "libraries"])
def test_too_large_layers_are_refused(kept, monkeypatch, what):
    monkeypatch.setattr(layers, f"{what.upper()}_MAX_BYTES", 1_000)
    with pytest.raises(LayerFault, match=rf"the {what} have [\d,]+ bytes, more than 1,000"):
        layers.build(kept, LAYERS)


@pytest.mark.parametrize("name", ["dependencies", "ours", "sheets"])
def test_bytecode_is_trusted_without_a_look_at_its_source(request, name):
    compiled = bytecode(request.getfixturevalue(name))
    assert compiled
    for code in compiled.values():
        assert code[:4] == importlib.util.MAGIC_NUMBER
        assert int.from_bytes(code[4:8], "little") == UNCHECKED_HASH


def test_nothing_travels_with_its_source(names, sheets, ours):
    names = [*names, *zipfile.ZipFile(sheets.path).namelist(), *zipfile.ZipFile(ours.path).namelist()]
    assert [name for name in names if name.endswith(".py")] == []
    assert [name for name in names if "__pycache__" in name] == []


def test_the_client_is_laid_out_file_by_file_as_it_is(client):
    lying = {f"client/{path.relative_to(CLIENT)}": path.read_bytes() for path in CLIENT.rglob("*") if path.is_file()}
    with zipfile.ZipFile(client.path) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == lying


def test_everything_that_python_looks_for_lies_where_lambda_looks(names, ours):
    assert all(name.startswith("python/") for name in (*names, *zipfile.ZipFile(ours.path).namelist()))


def test_every_locked_package_is_there_and_chalices_runtime(names):
    tops = {name.split("/")[1].removesuffix(".pyc") for name in names}
    assert {"argon2", "boto3", "botocore", "chalice", "cryptography", "msgspec", "pynamodb", "segno"} <= tops
    assert {name for name in names if name.startswith("python/chalice/")} == {
        "python/chalice/__init__.pyc",
        "python/chalice/app.pyc",
    }


def test_botocore_knows_the_services_that_are_used_and_no_other(names):
    data = {name.split("/")[3] for name in names if name.startswith("python/botocore/data/") and name.count("/") > 3}
    assert data == layers.BOTOCORE_SERVICES


def test_a_services_model_travels_without_its_texts_and_botocore_still_reads_it(dependencies, tmp_path):
    zipfile.ZipFile(dependencies.path).extractall(tmp_path)
    for service in layers.BOTOCORE_SERVICES:
        (model,) = (tmp_path / "python/botocore/data" / service).glob("*/service-2.json.gz")
        told = json.loads(gzip.decompress(model.read_bytes()))
        assert told["operations"].keys() == loaded_here(service)["operations"].keys()
        assert told["shapes"].keys() == loaded_here(service)["shapes"].keys()
        assert re.search(rb'"documentation":"[^"]', gzip.decompress(model.read_bytes())) is None


def loaded_here(service):
    return botocore.loaders.create_loader().load_service_model(service, "service-2")


def test_the_sheets_layer_holds_what_its_lock_names_and_nothing_else(sheets):
    tops = {name.split("/")[1] for name in zipfile.ZipFile(sheets.path).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"defusedxml", "et_xmlfile", "openpyxl"}


def test_nothing_unused_travels(names):
    unused = tuple(f"python/{name.removesuffix('.py')}{end}" for name in layers.UNUSED for end in ("/", ".pyc"))
    assert [name for name in names if name.startswith(unused)] == []
    assert [name for name in names if name.endswith(tuple(layers.DROPPED_SUFFIXES))] == []
    assert [name for name in names if "/tests/" in name] == []


def test_our_layer_is_the_same_bytes_from_the_same_sources(tmp_path):
    made = []
    for number in (1, 2):
        copied = tmp_path / str(number) / "layers"
        shutil.copytree(LAYERS / "nanhai", copied / "nanhai", ignore=shutil.ignore_patterns("__pycache__"))
        out = tmp_path / str(number) / "out"
        out.mkdir()
        made.append(layers.ours(out, copied))
    assert made[0].path.read_bytes() == made[1].path.read_bytes()
    assert made[0].sha256 == made[1].sha256


def test_the_client_is_the_same_bytes_whenever_and_by_whom_it_was_checked_out(client, tmp_path):
    shutil.copytree(CLIENT, tmp_path / "static", copy_function=shutil.copyfile)
    for path in (tmp_path / "static").iterdir():
        path.chmod(0o755)
    assert layers.folder(tmp_path, "client", tmp_path / "static").path.read_bytes() == client.path.read_bytes()


def test_a_folder_that_is_to_be_a_layer_and_is_not_there_is_told_in_one_line(tmp_path):
    with pytest.raises(LayerFault, match=r"static is not there, but infra/functions\.yaml makes it the layer client"):
        layers.folder(tmp_path, "client", tmp_path / "static")


def test_the_dependency_layer_is_built_again_only_when_its_inputs_change(dependencies, tmp_path, monkeypatch):
    shutil.copyfile(dependencies.path, tmp_path / dependencies.path.name)
    monkeypatch.setattr(layers, "_install", lambda lock, tree: pytest.fail("built again"))
    assert layers.dependencies(tmp_path).sha256 == dependencies.sha256


def test_another_lock_makes_another_layer(tmp_path, monkeypatch):
    (tmp_path / "layers" / "dependencies").mkdir(parents=True)
    lock = tmp_path / "layers" / "dependencies" / "requirements.txt"
    built = []

    def install(lock, tree):
        tree.mkdir(parents=True)
        (tree / "one.py").write_text("ONE = 1\n", "utf-8")
        built.append(lock.read_text("utf-8"))

    monkeypatch.setattr(layers, "_install", install)
    for text in ("one==1\n", "one==2\n", "one==1\n"):
        lock.write_text(text, "utf-8")
        layers.dependencies(tmp_path, tmp_path / "layers")
    assert built == ["one==1\n", "one==2\n"]


def test_a_missing_lock_is_told_in_one_line(tmp_path):
    with pytest.raises(LayerFault, match="lock the dependencies first"):
        layers.dependencies(tmp_path, tmp_path)


def test_a_package_that_is_not_locked_by_its_hash_is_not_installed(tmp_path):
    (tmp_path / "dependencies").mkdir()
    (tmp_path / "dependencies" / "requirements.txt").write_text("segno==1.6.6\n", "utf-8")
    with pytest.raises(LayerFault, match="pip could not install"):
        layers.dependencies(tmp_path, tmp_path)


def test_source_that_does_not_compile_is_told_with_its_place(tmp_path):
    package = tmp_path / "nanhai" / "python" / "nanhai"
    package.mkdir(parents=True)
    (package / "broken.py").write_text("def\n", "utf-8")
    with pytest.raises(LayerFault, match=r"broken\.py"):
        layers.ours(tmp_path, tmp_path)


@pytest.fixture(scope="module")
def packaged(tmp_path_factory):
    """Every real function as Chalice packs it, by name."""
    folder = tmp_path_factory.mktemp("packaged")
    target = Target(Stage("prod", *["https://register.example.gov.cn"] * 2), "ap-east-1", print, build=folder)
    made = {f.name: templates.one(target, f, folder / "out" / f.name) for f in functions.load()}
    return {name: out / "deployment.zip" for name, out in made.items()}


each = pytest.mark.parametrize("name", [function.name for function in functions.load()])


@each
def test_an_app_zip_is_small(packaged, name):
    assert packaged[name].stat().st_size <= copies.APP_MAX_BYTES


@each
def test_an_app_zip_holds_the_app_and_what_lies_beside_it_only(packaged, name):
    source = functions.ROOT / "functions" / name
    there = {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()}
    held = set(zipfile.ZipFile(packaged[name]).namelist())
    assert "app.py" in held
    assert held <= there - {"requirements.txt"}
    assert not [entry for entry in held if entry.startswith((".chalice", "chalice/", "nanhai/"))]


def test_the_portal_carries_its_description_and_leaves_the_client_to_its_layer(packaged):
    assert set(zipfile.ZipFile(packaged["portal"]).namelist()) == {"app.py", "openapi.json"}


OWN_LAYERS = {
    "portal": ["client"],
    "arrivals": ["sheets"],
    "enterprises": ["sheets"],
    "trajectories": ["signals", "paper"],
}


@each
def test_a_template_names_the_layers_that_functions_yaml_gives(packaged, name):
    sam = json.loads(packaged[name].with_name("sam.json").read_text("utf-8"))
    made = [row["Properties"] for row in sam["Resources"].values() if row["Type"] == "AWS::Serverless::Function"]
    wanted = ["dependencies", "nanhai", *OWN_LAYERS.get(name, [])]
    assert [[arn.split(":")[6] for arn in row["Layers"]] for row in made] == [
        [f"nanhai-prod-{layer}" for layer in wanted]
    ] * len(made)


def native() -> Path:
    found = importlib.util.find_spec("msgspec._core")
    return Path(found.origin)


def test_a_native_module_without_its_symbols_is_shorter_and_still_loads(tmp_path):
    held = native().read_bytes()
    path = tmp_path / native().name
    path.write_bytes(held)
    elf.strip(path)
    assert path.stat().st_size <= len(held)
    assert ctypes.CDLL(str(path)).PyInit__core
    once = path.read_bytes()
    elf.strip(path)
    assert path.read_bytes() == once


@pytest.mark.parametrize("held", [b"", b"MZ\x90", b"\x7fELF\x01\x01 for 32 bits", b"print()\n"])
def test_what_is_no_native_module_is_left_alone(tmp_path, held):
    path = tmp_path / "file.so"
    path.write_bytes(held)
    elf.strip(path)
    assert path.read_bytes() == held


@pytest.mark.skipif(
    not layers.runs_here(), reason="the layers hold modules for Linux on x86-64, this machine is another"
)
def test_every_module_of_our_package_loads_from_the_layers_alone(dependencies, ours, signals, tmp_path):
    for layer in (dependencies, ours, signals):
        zipfile.ZipFile(layer.path).extractall(tmp_path)
    load = (
        "import importlib, pkgutil, nanhai\n"
        "for module in pkgutil.walk_packages(nanhai.__path__, 'nanhai.'):\n"
        "    importlib.import_module(module.name)"
    )
    environ = {"PYTHONPATH": str(tmp_path / "python"), "AWS_DEFAULT_REGION": "ap-east-1"}
    done = subprocess.run([sys.executable, "-S", "-c", load], env=environ, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""


@pytest.mark.skipif(
    not layers.runs_here(), reason="the layers hold modules for Linux on x86-64, this machine is another"
)
def test_sheets_are_read_and_written_from_the_layers_alone(dependencies, ours, sheets, tmp_path):
    for layer in (dependencies, ours, sheets):
        zipfile.ZipFile(layer.path).extractall(tmp_path)
    script = (
        "from nanhai.services import sheets\n"
        "book = sheets.workbook(['name', 'at'], [['a', '=1+1']])\n"
        "print([row.values for row in sheets.rows(book, sheets.XLSX, ['name', 'at'], 10)])"
    )
    environ = {"PYTHONPATH": str(tmp_path / "python")}
    done = subprocess.run([sys.executable, "-S", "-c", script], env=environ, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[{'name': 'a', 'at': '=1+1'}]\n", "")


@pytest.mark.skipif(
    not layers.runs_here(), reason="the layers hold modules for Linux on x86-64, this machine is another"
)
def test_a_form_for_an_upload_is_signed_from_the_layers_alone(dependencies, ours, tmp_path):
    for layer in (dependencies, ours):
        zipfile.ZipFile(layer.path).extractall(tmp_path)
    script = (
        "from nanhai.services.buckets import BucketUploads, Term\n"
        "print(BucketUploads('bucket').offered('incoming/photo/a', 'image/png', 5, Term(0, 600)).url)"
    )
    environ = {"PYTHONPATH": str(tmp_path / "python"), "AWS_DEFAULT_REGION": "ap-east-1"}
    environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    done = subprocess.run([sys.executable, "-S", "-c", script], env=environ, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("https://bucket.s3.ap-east-1.amazonaws.com/\n", "")
