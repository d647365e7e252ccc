"""infra/functions.yaml as values: what each function is, before any stage is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
HTTP_TIMEOUT_S = 29  # API Gateway gives up there
HTTP = "api_handler"  # Chalice's name for the function behind the routes
COMMON_LAYERS = ("dependencies", "nanhai")  # under every function, in this order


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
    """One folder of functions/: one Chalice app, one API. `folders`: its layers of its own, and what lies in each;
    `libraries`: layers of third parties that it stands on and not every other does."""

    name: str
    http: Handler
    handlers: tuple[Handler, ...]
    folders: Mapping[str, str] = field(default_factory=dict)
    libraries: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[Handler, ...]:
        return (self.http, *self.handlers)

    @property
    def layers(self) -> tuple[str, ...]:
        return (*COMMON_LAYERS, *self.libraries, *self.folders)

    def lambda_name(self, handler: Handler, stage: str) -> str:
        """As Chalice names it."""
        name = f"nanhai-{self.name}-{stage}"
        return name if handler is self.http else f"{name}-{handler.name}"

    def role_name(self, handler: Handler, stage: str) -> str:
        return f"nanhai-{self.name}-{stage}-{handler.name}"


def load(path: Path = ROOT / "infra" / "functions.yaml") -> tuple[Function, ...]:
    document = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    return tuple(_function(name, entry) for name, entry in document.items())


def layer_names(functions: Iterable[Function]) -> tuple[str, ...]:
    """Every layer that these functions stand on, each once."""
    return tuple(dict.fromkeys((*COMMON_LAYERS, *(name for function in functions for name in function.layers))))


def _function(name: str, entry: dict[str, Any]) -> Function:
    others, folders, libraries = entry.pop("handlers", {}), entry.pop("layers", {}), entry.pop("libraries", [])
    http = _handler(HTTP, {"timeout_s": HTTP_TIMEOUT_S} | entry)
    handlers = tuple(_handler(handler, told) for handler, told in others.items())
    return Function(name, http, handlers, folders, tuple(libraries))


def _handler(name: str, told: dict[str, Any]) -> Handler:
    access = {table: frozenset(words.split()) for table, words in told.pop("access").items()}
    return Handler(name=name, access=access, grants=frozenset(told.pop("grants")), **told)
