"""A small app behind the gateway, and a client that speaks to the gateway without a socket."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx
from chalice import Chalice, CORSConfig, Response

from infra.local.apps import shared
from infra.local.gateway import Gateway
from infra.local.journal import Journal
from infra.local.pages import Pages

CORS = CORSConfig(allow_origin="https://client.example", allow_headers=["Idempotency-Key"])
PICTURE = b"\x89PNG\x00\xff"


def app() -> Chalice:
    """Answers what it was asked, slowly enough that requests overlap."""
    made = Chalice(app_name="sample")
    made.api.binary_types = ["image/png"]

    @made.route("/echo/{name}", methods=["GET", "POST"], cors=CORS)
    def echo(name: str) -> dict[str, Any]:
        before = made.current_request
        time.sleep(0.002)
        assert made.current_request is before
        return {"name": name, "event": made.current_request.to_original_event()}

    @made.route("/echo/literal")
    def literal() -> dict[str, str]:
        return {"name": "the literal one"}

    @made.route("/picture")
    def picture() -> Response:
        return Response(PICTURE, headers={"Content-Type": "image/png"})

    @made.route("/broken")
    def broken() -> None:
        raise SystemExit

    return made


def slow_app(released: threading.Event) -> Chalice:
    made = Chalice(app_name="sample")

    @made.route("/slow")
    def slow() -> dict[str, bool]:
        released.wait(10)
        return {"late": True}

    return made


def gateway(folder, made: Chalice | None = None, time_limit_s: float = 29.0) -> Gateway:
    return Gateway({"sample": shared(made or app())}, Pages(Journal(folder), folder / "clock"), time_limit_s)


def client(served: Gateway, base: str = "http://127.0.0.1:8440") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(served), base_url=base)
