"""A stage of small apps on the moto server: what tests deploy, change, kill and take down again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from infra import functions, layers
from infra.deploy.run import deploy, remove
from infra.deploy.stages import Stage
from infra.deploy.target import Target
from tests.infra import sample

REGION = "ap-east-1"
REGISTER = "https://register.example.gov.cn/verify"
WITH_DOMAIN = {"domain": "pass.example.cn", "certificate": "arn:aws:acm:ap-east-1:123456789012:certificate/c"}


@dataclass
class Stand:
    folder: Path
    stage: Stage
    names: tuple[str, ...]
    said: list[str] = field(default_factory=list)
    steps: tuple[str, ...] = ()  # of its first deployment
    kept: Mapping[str, str] = field(default_factory=dict)  # the outputs of a stack that is gone

    def target(self) -> Target:
        """A new one each time, as on another operator's machine: nothing is known from the last run."""
        chosen = tuple(function for function in functions.load() if function.name in self.names)
        folders = {"sources": "functions", "layers": "layers", "build": "build"}
        folders = {name: self.folder / folder for name, folder in folders.items()}
        return Target(self.stage, REGION, self.said.append, chosen, **folders)

    def deploy(self, *, status: int = 200) -> tuple[str, ...]:
        """The steps that changed something; the smoke check sees `status`, for moto serves no API over HTTP."""
        return deploy(self.target(), ask=lambda question: True, probe=lambda url: status)

    def remove(self) -> None:
        remove(self.target(), ask=lambda question: True)

    def edit(self, name: str, addition: str) -> None:
        app = self.folder / "functions" / name / "app.py"
        app.write_text(app.read_text("utf-8") + addition, "utf-8")

    def other_machine(self) -> None:
        """What was built here is gone."""
        shutil.rmtree(self.folder / "build" / "deploy")

    def client(self, service: str) -> Any:
        return self.target().client(service)

    def lambdas(self) -> dict[str, dict[str, Any]]:
        """The stage's Lambda functions by name."""
        pages = self.client("lambda").get_paginator("list_functions").paginate()
        rows = {row["FunctionName"]: row for page in pages for row in page["Functions"]}
        return {name: row for name, row in rows.items() if self._owns(name)}

    def sources(self) -> list[dict[str, Any]]:
        """Every event source of the stage's functions."""
        rows = self.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        return [row for row in rows if self._owns(row["FunctionArn"].split(":")[6])]

    def apis(self) -> dict[str, str]:
        """The ids of the stage's APIs by name."""
        rows = self.client("apigateway").get_rest_apis()["items"]
        return {row["name"]: row["id"] for row in rows if self._owns(row["name"])}

    def _owns(self, name: str) -> bool:
        return self.stage.name in name.split("-")


def stand(folder: Path, stage: str, names: Iterable[str] = (), **more: Any) -> Stand:
    """A stage with small apps and a small layer of our own; all five functions unless some are named."""
    sample.write(folder / "functions")
    _layers(folder / "layers")
    _kept(folder / "build" / "layers")
    chosen = tuple(names) or tuple(function.name for function in functions.load())
    return Stand(folder, Stage(stage, REGISTER, REGISTER, **more), chosen)


@contextmanager
def asking(server: Mapping[str, str], *, ring: bool = False) -> Iterator[None]:
    """Every client of this process, and of those it starts, asks `server`; a ring is made when one is asked for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AWS_PROFILE", raising=False)
        for name, value in server.items():
            patch.setenv(name, value)
        if not ring:
            patch.setattr("infra.deploy.ring.apply", lambda target, outputs: None)
        yield


def _layers(folder: Path) -> None:
    """The real locks, so that their layers are built once for all; of our own package a line."""
    for name in ("dependencies", *_libraries()):
        shutil.copytree(layers.LAYERS / name, folder / name)
    package = folder / "nanhai" / "python" / "nanhai"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('"""A package."""\n', "utf-8")


def _kept(folder: Path) -> None:
    """The layers of third parties that build/layers keeps between runs."""
    folder.mkdir(parents=True)
    for layer in (layers.dependencies(), *map(layers.library, _libraries())):
        os.link(layer.path, folder / layer.path.name)


def _libraries() -> set[str]:
    return {name for function in functions.load() for name in function.libraries}
