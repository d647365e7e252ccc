"""infra/functions.yaml as values: what each function is, before any stage is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
HTTP_TIMEOUT_S = 29  # API Gateway gives up there
HTTP = "api_handler"  # Chalice's name for the function behind the routes


@dataclass(frozen=True, slots=True)
class Handler:
    """A Lambda function with its own role: the HTTP one, or one that no request reaches."""

    name: str
    memory_mb: int
    timeout_s: int
    concurrency: int
    access: Mapping[str, frozenset[str]]
    grants: frozenset[str]
    stream: str = ""
    queue: str = ""
    failures: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """One folder of functions/: one Chalice app, one API."""

    name: str
    http: Handler
    handlers: tuple[Handler, ...]

    @property
    def all(self) -> tuple[Handler, ...]:
        return (self.http, *self.handlers)

    def lambda_name(self, handler: Handler, stage: str) -> str:
        """As Chalice names it."""
        name = f"nanhai-{self.name}-{stage}"
        return name if handler is self.http else f"{name}-{handler.name}"

    def role_name(self, handler: Handler, stage: str) -> str:
        return f"nanhai-{self.name}-{stage}-{handler.name}"


def load(path: Path = ROOT / "infra" / "functions.yaml") -> tuple[Function, ...]:
    document = yaml.safe_load(path.read_text("utf-8"))
    return tuple(_function(name, entry) for name, entry in document.items())


def _function(name: str, entry: dict[str, Any]) -> Function:
    others = entry.pop("handlers", {})
    http = _handler(HTTP, {"timeout_s": HTTP_TIMEOUT_S} | entry)
    return Function(name, http, tuple(_handler(handler, told) for handler, told in others.items()))


def _handler(name: str, told: dict[str, Any]) -> Handler:
    access = {table: frozenset(words.split()) for table, words in told.pop("access").items()}
    return Handler(name=name, access=access, grants=frozenset(told.pop("grants")), **told)
