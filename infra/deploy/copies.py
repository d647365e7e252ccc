"""Build copies: one Chalice project per function under build/, with the configuration and policy of one stage.

functions/ stays as it is in git. A copy has fixed file times, so that Chalice's zip has the same bytes when nothing
changed.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.deploy.foundation import Outputs
from infra.deploy.memory import fingerprint
from infra.deploy.target import DeployFault, Target
from infra.functions import Function, Handler
from infra.policies import Place, policy

FIXED_TIME = 315_619_200  # 1980-01-02, inside what a zip can say in every time zone
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".chalice", "miniprogram", "README.md", "*.pyc")
OWN_FILES = frozenset({"app.py", "requirements.txt", "chalicelib"})
COMPRESS_FROM_BYTES = 1_024
APP_MAX_BYTES = 50_000


def make(target: Target, function: Function, outputs: Outputs, layers: Mapping[str, str], deployed: object) -> Path:
    """A fresh copy, with what Chalice remembers of its last deployment. What lies beside app.py comes by vendor/."""
    copy = _folder(target, function)
    shutil.rmtree(copy, ignore_errors=True)
    _sources(target, function, copy)
    _write(copy / ".chalice" / "config.json", _configuration(target, function, outputs, layers))
    for handler in function.all:
        _write(copy / ".chalice" / _policy_file(target, handler), _policy(target, function, handler, outputs))
    if deployed:
        _write(copy / ".chalice" / "deployed" / f"{target.stage.name}.json", deployed)
    return copy


def marks(target: Target, function: Function, outputs: Outputs, layers: Mapping[str, str]) -> str:
    """The fingerprint of all that a copy is made from."""
    folder = target.sources / function.name
    if not (folder / "app.py").is_file():
        raise DeployFault(f"{folder / 'app.py'} is not there, but infra/functions.yaml names {function.name}")
    contents = [(str(path), fingerprint((folder / path).read_bytes())) for path in _files(folder, function)]
    policies = [_policy(target, function, handler, outputs) for handler in function.all]
    return fingerprint(contents, _configuration(target, function, outputs, layers), policies)


def zip_of(target: Target, function: Function) -> Path:
    """The zip that Chalice made of the copy."""
    return next((_folder(target, function) / ".chalice" / "deployments").glob("*.zip"))


def _folder(target: Target, function: Function) -> Path:
    return target.copies / function.name


def _sources(target: Target, function: Function, copy: Path) -> None:
    folder = target.sources / function.name
    for path in _files(folder, function):
        to = (copy if path.parts[0] in OWN_FILES else copy / "vendor") / path
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / path, to)
    for path in copy.rglob("*"):
        os.utime(path, (FIXED_TIME, FIXED_TIME))


def _files(folder: Path, function: Function) -> list[Path]:
    """What the app's zip is made from, relative to its folder: what is a layer travels there."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if not _is_left_out(path, function))


def _is_left_out(path: Path, function: Function) -> bool:
    return path.parts[0] in function.folders.values() or bool(LEFT_OUT("", list(path.parts)))


def _configuration(target: Target, function: Function, outputs: Outputs, layers: Mapping[str, str]) -> dict[str, Any]:
    stage = target.stage.name
    return {
        "version": "2.0",
        "app_name": f"nanhai-{function.name}",
        "automatic_layer": False,
        "autogen_policy": False,
        "layers": [layers.get(name, "") for name in function.layers],
        "environment_variables": environment(target, outputs),
        "xray": True,
        "minimum_compression_size": COMPRESS_FROM_BYTES,
        "api_gateway_endpoint_type": "REGIONAL",
        "api_gateway_stage": stage,
        "tags": {"service": "nanhai", "stage": stage},
        "stages": {stage: {"lambda_functions": {handler.name: _size(target, handler) for handler in function.all}}},
    }


def environment(target: Target, outputs: Outputs) -> dict[str, str]:
    """What nanhai.services.settings reads, and the streams that app.py names."""
    return {
        "NANHAI_STAGE": target.stage.name,
        "NANHAI_TABLE_PREFIX": f"{target.prefix}-",
        "NANHAI_DISTRICT": target.stage.district,
        "NANHAI_KEYS": f"kms:{outputs.get('SecretsKeyArn', '')}",
        "NANHAI_REGISTER": target.stage.register,
        "NANHAI_LEGAL_REGISTER": target.stage.legal_register,
        "NANHAI_WECHAT": target.stage.wechat,
        "NANHAI_UPLOADS": f"s3:{outputs.get('EvidenceBucketName', '')}",
        "NANHAI_ORIGIN": target.stage.origin,
        "NANHAI_SWEEP_QUEUE_URL": outputs.get("SweepQueueUrl", ""),
        "NANHAI_SWEEP_QUEUE_ARN": outputs.get("SweepQueueArn", ""),
        "NANHAI_INGEST_QUEUE_URL": outputs.get("IngestQueueUrl", ""),
        "NANHAI_INGEST_QUEUE_ARN": outputs.get("IngestQueueArn", ""),
        "NANHAI_SIGNALLING": f"s3:{outputs.get('SignallingBucketName', '')}",
        "NANHAI_STREAM_PEOPLE": outputs.get("PeopleStreamArn", ""),
        "NANHAI_STREAM_PASSES": outputs.get("PassesStreamArn", ""),
        "NANHAI_STREAM_SCANS": outputs.get("ScansStreamArn", ""),
        "NANHAI_STREAM_NOTICES": outputs.get("NoticesStreamArn", ""),
        "NANHAI_STREAM_SIGHTINGS": outputs.get("SightingsStreamArn", ""),
    }


def _size(target: Target, handler: Handler) -> dict[str, Any]:
    size: dict[str, Any] = {
        "lambda_memory_size": handler.memory_mb,
        "lambda_timeout": handler.timeout_s,
        "iam_policy_file": _policy_file(target, handler),
    }
    return size | ({"reserved_concurrency": handler.concurrency} if target.stage.reserve else {})


def _policy_file(target: Target, handler: Handler) -> str:
    return f"policy-{target.stage.name}-{handler.name}.json"


def _policy(target: Target, function: Function, handler: Handler, outputs: Outputs) -> dict[str, Any]:
    keys = outputs.get("TablesKeyArn", ""), outputs.get("SecretsKeyArn", "")
    place = Place(target.stage.name, target.region, target.account, *keys, target.partition)
    return policy(function, handler, place)


def _write(path: Path, document: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, sort_keys=True), "utf-8")
