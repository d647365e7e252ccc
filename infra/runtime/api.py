"""The Runtime API: AWS's runtime asks it for the next event and posts what the function answers.

One invocation at a time, as Lambda gives them to one process. It listens on loopback only.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
import time
import uuid
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

VERSION = "/2018-06-01/runtime"
INIT_ERROR = f"{VERSION}/init/error"
ANSWER_BYTES_MAX = 6_291_556  # Lambda's limit for a synchronous answer
LONG_POLL_S = 0.5


@dataclass(frozen=True, slots=True)
class Invocation:
    id: str
    arn: str
    event: bytes
    deadline_ms: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back; `body` is the answer, or the error as Lambda tells it."""

    body: Any
    error: bool
    init: bool = False  # while the function was loaded: its process ends with it


class RuntimeApi(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.waiting: queue.Queue[Invocation] = queue.Queue(maxsize=1)
        self.outcomes: queue.Queue[Outcome] = queue.Queue()
        self.current = ""
        self.closed = threading.Event()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the base class has it
        """A process that was killed hangs up in the middle: nothing to tell."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self.closed.set()
        self.shutdown()
        self.server_close()

    def submit(self, event: Any, arn: str, timeout_s: float) -> None:  # noqa: ANN401 - any JSON
        """Hands out one event."""
        deadline_ms = int((time.time() + timeout_s) * 1_000)
        self.waiting.put_nowait(Invocation(str(uuid.uuid4()), arn, json.dumps(event).encode(), deadline_ms))

    def outcome(self, wait_s: float) -> Outcome | None:
        try:
            return self.outcomes.get(timeout=wait_s)
        except queue.Empty:
            return None


class Exchange(BaseHTTPRequestHandler):
    server: RuntimeApi
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one piece
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if self.path != f"{VERSION}/invocation/next":
            return self._answer(404)
        while not self.server.closed.is_set():
            try:
                return self._hand_out(self.server.waiting.get(timeout=LONG_POLL_S))
            except queue.Empty:
                continue
        return self._answer(410)

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        if size > ANSWER_BYTES_MAX:
            self._settle({"errorType": "Function.ResponseSizeTooLarge", "errorMessage": f"{size:,} bytes"}, error=True)
            return self._answer(413)
        body = json.loads(self.rfile.read(size) or b"null")
        known = f"{VERSION}/invocation/{self.server.current or 'none'}"
        if self.path not in {f"{known}/response", f"{known}/error", INIT_ERROR}:
            return self._answer(400)
        self._settle(body, error=self.path.endswith("/error"), init=self.path == INIT_ERROR)
        return self._answer(202)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: ANN401 - as the base class has it
        """Nothing: the function's own log tells what happened."""

    def _hand_out(self, invocation: Invocation) -> None:
        self.server.current = invocation.id
        self._answer(
            200,
            invocation.event,
            {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": invocation.id,
                "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": invocation.arn,
                "Lambda-Runtime-Trace-Id": f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]};Sampled=0",
            },
        )

    def _settle(self, body: Any, *, error: bool, init: bool = False) -> None:  # noqa: ANN401 - any JSON
        self.server.outcomes.put(Outcome(body, error, init))

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
