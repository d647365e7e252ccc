"""A proxy between boto3 and the durable engine that does to a request what a network and a busy service do."""

from __future__ import annotations

import http.client
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

DELAY_S = 0.02
LATE_S = 0.7  # longer than the tests' client waits for an answer
HEADERS = ("Content-Type", "x-amz-crc32", "x-amzn-RequestId")
THROTTLED = b'{"__type":"com.amazon.coral.availability#ThrottlingException","message":"Rate exceeded"}'
BROKEN = b'{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"Internal server error"}'


class Fault(StrEnum):
    THROTTLE = "throttle"
    ERROR = "error"  # 500
    PLAIN_ERROR = "plain error"  # 503 of something before DynamoDB, without its JSON
    DELAY = "delay"
    DROP_BEFORE = "drop before"  # the engine never hears of it
    DROP_AFTER = "drop after"  # the engine has done it, nobody hears of it
    CUT = "cut"  # done, half of the answer arrives
    LATE = "late"  # done, the answer comes when nobody waits for it any more


ANSWERED = frozenset({Fault.DELAY})
DONE = frozenset({Fault.DELAY, Fault.DROP_AFTER, Fault.CUT, Fault.LATE})
Plan = Callable[[str], Fault | None]


def never(_operation: str) -> None:
    """No fault."""


def always(fault: Fault, *operations: str) -> Plan:
    """This fault for these operations, for all when none is named."""
    return lambda operation: fault if not operations or operation in operations else None


def first(count: int, fault: Fault, operation: str) -> Plan:
    """This fault for the first so many of these operations."""
    left = [fault] * count
    return lambda asked: left.pop() if left and asked == operation else None


class Often:
    """Faults of all kinds for so large a share of the requests, and now and then a row of them: an outage."""

    def __init__(self, seed: int, share: float, outage_every: int = 90, outage_lasts: int = 10) -> None:
        self._chance = random.Random(seed)
        self._share = share
        self._every, self._lasts = outage_every, outage_lasts
        self._seen = 0
        self._lock = threading.Lock()

    def __call__(self, _operation: str) -> Fault | None:
        with self._lock:
            self._seen += 1
            if self._seen % self._every < self._lasts:
                return self._chance.choice([Fault.DROP_BEFORE, Fault.DROP_AFTER, Fault.ERROR])
            if self._chance.random() >= self._share:
                return None
            common = [fault for fault in Fault if fault is not Fault.LATE]
            return Fault.LATE if self._chance.random() < 0.05 else self._chance.choice(common)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512  # of five, which is the default, a crowd's connections wait for seconds

    def handle_error(self, *_: Any) -> None:
        """A client that gave up while it was being answered: that is what is done to it here."""


class Proxy:
    """Listens on loopback; `plan` says what happens to each request, `injected` what has."""

    def __init__(self, engine: str, plan: Plan = never) -> None:
        self.plan = plan
        self.injected: Counter[Fault] = Counter()
        self.forwarded: Counter[str] = Counter()
        self.connections: set[socket.socket] = set()
        self._server = Server(("127.0.0.1", 0), _handler(self, urlsplit(engine).netloc))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        """Nobody answers here any more, not on a connection that is open either."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def _handler(proxy: Proxy, engine: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def setup(self) -> None:
            super().setup()
            proxy.connections.add(self.connection)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._upstream = http.client.HTTPConnection(engine, timeout=30)

        def finish(self) -> None:
            proxy.connections.discard(self.connection)
            self._upstream.close()
            super().finish()

        def log_message(self, *_: Any) -> None:
            """Thousands of lines that nobody reads."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            fault = proxy.plan(operation)
            if fault is not None:
                proxy.injected[fault] += 1
            match fault:
                case Fault.THROTTLE:
                    self._say(400, {"Content-Type": "application/x-amz-json-1.0"}, THROTTLED)
                case Fault.ERROR:
                    self._say(500, {"Content-Type": "application/x-amz-json-1.0"}, BROKEN)
                case Fault.PLAIN_ERROR:
                    self._say(503, {"Content-Type": "text/html"}, b"<html>no upstream</html>")
                case Fault.DROP_BEFORE:
                    self._hang_up()
                case _:
                    self._forward(operation, body, fault)

        def _forward(self, operation: str, body: bytes, fault: Fault | None) -> None:
            if fault is Fault.DELAY:
                time.sleep(DELAY_S)
            proxy.forwarded[operation] += 1
            self._upstream.request("POST", "/", body, dict(self.headers))
            answer = self._upstream.getresponse()
            content = answer.read()
            headers = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
            if fault is Fault.LATE:
                time.sleep(LATE_S)
            if fault in {Fault.DROP_AFTER, Fault.LATE}:
                self._hang_up()
                return
            self._say(answer.status, headers, content, cut=fault is Fault.CUT)

        def _say(self, status: int, headers: dict[str, str], content: bytes, cut: bool = False) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content) + cut))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if cut else content)
            if cut:
                self._hang_up()

        def _hang_up(self) -> None:
            self.close_connection = True
            with suppress(OSError):  # the client may have gone first
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)

    return Handler
