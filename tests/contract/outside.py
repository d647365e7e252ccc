"""What functions reach outside, on a socket as the local platform serves it: an inbox, queues, a place for uploads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
import uvicorn
from nanhai.services import ports, queues

from infra.local import inbox
from infra.local.aws import queue_url
from infra.local.engine import free_port
from infra.local.gateway import Gateway
from infra.local.journal import Journal
from infra.local.pages import Pages
from tests.conftest import INGEST_QUEUE, SWEEP_QUEUE


@dataclass(frozen=True)
class Outside:
    base: str
    journal: Journal
    folder: Path  # of what people upload

    def code_for(self, phone: str) -> str:
        """The newest code that reached a phone."""
        texts = (sms["text"] for sms in inbox.newest(self.journal) if sms["phone"] == phone)
        return re.search(r"\d{6}", next(texts))[0]


@pytest.fixture(scope="session")
def loopback(tmp_path_factory) -> Iterator[Outside]:
    folder = tmp_path_factory.mktemp("outside")
    journal, port = Journal(folder), free_port()
    gateway = Gateway({}, Pages(journal, folder / "clock"))
    server = uvicorn.Server(uvicorn.Config(gateway, "127.0.0.1", port, log_level="error"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield Outside(f"http://127.0.0.1:{port}", journal, folder)
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def outside(loopback, durable, monkeypatch) -> Iterator[Outside]:
    """The functions of this test send their messages there; nothing waits there yet."""
    loopback.journal.write("DELETE FROM message")
    loopback.journal.write("DELETE FROM sms")
    loopback.journal.write("DELETE FROM wechat")
    for service in ("SNS", "SQS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", f"{loopback.base}/local/{service.lower()}")
    monkeypatch.setenv("NANHAI_WECHAT", f"inbox:{loopback.base}/local/wechat")
    monkeypatch.setenv("NANHAI_UPLOADS", f"file:{loopback.folder / 'uploads'}")
    monkeypatch.setenv("NANHAI_SWEEP_QUEUE_URL", queue_url(loopback.base, SWEEP_QUEUE))
    monkeypatch.setenv("NANHAI_INGEST_QUEUE_URL", queue_url(loopback.base, INGEST_QUEUE))
    _forget_clients()
    yield loopback
    _forget_clients()


def _forget_clients() -> None:
    ports._sns.cache_clear()
    queues.sqs.cache_clear()
