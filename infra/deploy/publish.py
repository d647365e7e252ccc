"""Layers: a new version is published when the bytes changed, and only then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infra.deploy.target import Target
from infra.layers import RUNTIME, Layer

MARK = "sha256:"


def change(target: Target, layer: Layer) -> str:
    return "" if _published(target, layer) else f"publish ({layer.size:,} bytes)"


def apply(target: Target, layer: Layer) -> str:
    """The ARN of the version that holds this layer's bytes."""
    return _published(target, layer) or str(
        target.client("lambda").publish_layer_version(
            LayerName=_name(target, layer.name),
            Description=MARK + layer.sha256,
            Content={"ZipFile": layer.path.read_bytes()},
            CompatibleRuntimes=[RUNTIME],
            CompatibleArchitectures=["x86_64"],
            LicenseInfo="Apache-2.0",
        )["LayerVersionArn"]
    )


def arns(target: Target, layers: Sequence[Layer]) -> Mapping[str, str]:
    """The published ARN of each layer that is there."""
    found = {layer.name: _published(target, layer) for layer in layers}
    return {name: arn for name, arn in found.items() if arn}


def delete(target: Target, name: str) -> None:
    """Every version; functions that still run keep their copy."""
    client = target.client("lambda")
    for version in _versions(target, name):
        client.delete_layer_version(LayerName=_name(target, name), VersionNumber=version["Version"])


def _published(target: Target, layer: Layer) -> str:
    """The newest version, when it has these bytes and this runtime."""
    newest = next(iter(_versions(target, layer.name)), None)
    if newest and newest.get("Description") == MARK + layer.sha256 and newest["CompatibleRuntimes"] == [RUNTIME]:
        return str(newest["LayerVersionArn"])
    return ""


def _versions(target: Target, name: str) -> list[dict[str, object]]:
    """Newest first."""
    pages = target.client("lambda").get_paginator("list_layer_versions").paginate(LayerName=_name(target, name))
    found = [version for page in pages for version in page["LayerVersions"]]
    return sorted(found, key=lambda version: -int(version["Version"]))


def _name(target: Target, name: str) -> str:
    return f"{target.prefix}-{name}"
