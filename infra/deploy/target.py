"""Where a deployment goes and what it is made from: passed to every step, changed by none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from infra import functions
from infra.deploy.stages import Stage
from infra.functions import ROOT, Function
from infra.layers import LAYERS

TRIES_MAX = 8


class DeployFault(Exception):
    """The deployment cannot go on; the message is one line for an operator. Run again after mending it."""


@dataclass(frozen=True)
class Target:
    stage: Stage
    region: str
    say: Callable[[str], None]
    functions: tuple[Function, ...] = field(default_factory=functions.load)
    sources: Path = ROOT / "functions"
    layers: Path = LAYERS
    build: Path = ROOT / "build"
    _clients: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def prefix(self) -> str:
        return f"nanhai-{self.stage.name}"

    @property
    def copies(self) -> Path:
        return self.build / "deploy" / self.stage.name

    @cached_property
    def account(self) -> str:
        return str(self.client("sts").get_caller_identity()["Account"])

    @cached_property
    def partition(self) -> str:
        return str(boto3.Session().get_partition_for_region(self.region))

    def lambda_arn(self, name: str) -> str:
        return f"arn:{self.partition}:lambda:{self.region}:{self.account}:function:{name}"

    def client(self, service: str) -> Any:  # noqa: ANN401 - botocore builds its clients at run time
        if service not in self._clients:
            self._clients[service] = boto3.client(service, region_name=self.region, config=_bounded())
        return self._clients[service]


def _bounded() -> Config:
    return Config(connect_timeout=5, read_timeout=60, retries={"total_max_attempts": TRIES_MAX, "mode": "standard"})
