"""The Chalice apps of functions/, each under its own module name, made safe for many threads of one process."""

from __future__ import annotations

import importlib
import threading
from functools import cache
from typing import TYPE_CHECKING, Any

from chalice.app import Chalice

from infra.functions import ROOT

if TYPE_CHECKING:
    from chalice.app import Request


class SharedChalice(Chalice):
    """A Chalice app whose request belongs to the thread that serves it.

    Chalice keeps `current_request` and `lambda_context` on the app: right for Lambda, where a process has one
    request at a time; here 200 people ask at once.
    """

    _serving: threading.local

    @property
    def current_request(self) -> Request | None:
        return getattr(self._serving, "request", None)

    @current_request.setter
    def current_request(self, request: Request | None) -> None:
        self._serving.request = request

    @property
    def lambda_context(self) -> Any:  # noqa: ANN401 - whatever the caller passed as context
        return getattr(self._serving, "context", None)

    @lambda_context.setter
    def lambda_context(self, context: Any) -> None:  # noqa: ANN401
        self._serving.context = context


def names() -> tuple[str, ...]:
    """The functions that exist, in alphabetical order."""
    return tuple(sorted(app.parent.name for app in (ROOT / "functions").glob("*/app.py")))


@cache
def load(name: str) -> SharedChalice:
    """The app of functions/<name>, the same object at every call."""
    return shared(importlib.import_module(f"functions.{name}.app").app)


def load_all() -> dict[str, SharedChalice]:
    return {name: load(name) for name in names()}


def shared(app: Chalice) -> SharedChalice:
    """The very same app object, from now on safe to be called by several threads."""
    if not isinstance(app, SharedChalice):
        app.__class__ = SharedChalice
        app._serving = threading.local()  # type: ignore[attr-defined] # of SharedChalice, which it is now
    return app  # type: ignore[return-value] # as above
