"""The stage under trial: a copy of the working tree's functions and layers, so that one may be changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from infra import functions, layers
from infra.deploy import copies, foundation, run
from infra.deploy.stages import Stage
from infra.deploy.target import Target
from infra.functions import ROOT, Function
from infra.layers import Layer

REGION = "ap-east-1"
STAGE = Stage(
    "check", "https://register.invalid/verify", "https://register.invalid/legal", origin="https://client.invalid"
)
LEFT_OUT = shutil.ignore_patterns("__pycache__")


@dataclass
class Trial:
    folder: Path
    server: Mapping[str, str]
    said: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path, server: Mapping[str, str]) -> Trial:
        """Copies the sources under `folder`; the dependency layer is taken from build/layers, where it is kept."""
        shutil.copytree(ROOT / "functions", folder / "functions", ignore=LEFT_OUT)
        shutil.copytree(layers.LAYERS, folder / "layers", ignore=LEFT_OUT)
        kept = layers.dependencies().path
        (folder / "build" / "layers").mkdir(parents=True)
        shutil.copyfile(kept, folder / "build" / "layers" / kept.name)
        return cls(folder, server)

    def target(self) -> Target:
        """A new one for every deployment: nothing is known from the last but what AWS holds."""
        sources, layers_, build = (self.folder / name for name in ("functions", "layers", "build"))
        return Target(STAGE, REGION, self.said.append, functions.load(), sources, layers_, build)

    def deploy(self, probe: Callable[[str], int]) -> tuple[str, ...]:
        return run.deploy(self.target(), ask=lambda _: True, probe=probe)

    def delete(self) -> None:
        run.remove(self.target(), ask=lambda _: True)

    def change(self, name: str) -> None:
        app = self.folder / "functions" / name / "app.py"
        app.write_text(app.read_text("utf-8") + "\n# changed\n", "utf-8")

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        return layers.build(self.folder / "build" / "layers", self.folder / "layers", self.folder / "functions")

    def function(self, name: str) -> Function:
        return next(function for function in functions.load() if function.name == name)

    def become(self) -> None:
        """From now on the store and the platform of this very process are the stage's, for planting and looking."""
        target = self.target()
        os.environ.update(copies.environment(target, foundation.outputs(target)))
