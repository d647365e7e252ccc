"""infra/functions.yaml as values: what each function is, before any stage is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
HTTP_TIMEOUT_S = 29  # API Gateway gives up there


@dataclass(frozen=True, slots=True)
class Handler:
    """A Lambda function that no HTTP request reaches."""

    name: str
    memory_mb: int
    timeout_s: int
    concurrency: int
    stream: str = ""
    queue: str = ""
    failures: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """One folder of functions/: one Chalice app, one role, one API."""

    name: str
    memory_mb: int
    concurrency: int
    access: Mapping[str, frozenset[str]]
    grants: frozenset[str]
    handlers: tuple[Handler, ...]

    def lambda_names(self, stage: str) -> tuple[str, ...]:
        """As Chalice names them: the HTTP one first."""
        prefix = f"nanhai-{self.name}-{stage}"
        return (prefix, *(f"{prefix}-{handler.name}" for handler in self.handlers))


def load(path: Path = ROOT / "infra" / "functions.yaml") -> tuple[Function, ...]:
    document = yaml.safe_load(path.read_text("utf-8"))
    return tuple(_function(name, entry) for name, entry in document.items())


def _function(name: str, entry: Mapping[str, Any]) -> Function:
    handlers = (Handler(name=handler, **told) for handler, told in entry.get("handlers", {}).items())
    access = {table: frozenset(words.split()) for table, words in entry["access"].items()}
    return Function(
        name, entry["memory_mb"], entry["concurrency"], access, frozenset(entry["grants"]), tuple(handlers)
    )
