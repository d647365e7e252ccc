"""IAM on one machine: a proxy before an AWS endpoint that lets through what one role's policy allows.

Deployment can only prove on AWS itself that a policy works; what it lacks, it lacks here too.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from infra.policies import Place
from infra.runtime.demands import Demand, demands

BODY_BYTES_MAX = 16_000_000
UPSTREAM_TIMEOUT_S = 30
HOP_BY_HOP = frozenset({"connection", "content-length", "transfer-encoding", "keep-alive", "date", "server"})

Policy = Mapping[str, Any]


def permits(policy: Policy, demand: Demand) -> bool:
    """Whether a statement allows it. A statement with a condition is one for another service's calls, never these."""
    return any(_allows(statement, demand) for statement in policy["Statement"] if "Condition" not in statement)


def _allows(statement: Mapping[str, Any], demand: Demand) -> bool:
    action, resource = demand
    if statement["Effect"] != "Allow" or action not in statement["Action"]:
        return False
    if "NotResource" in statement:
        return not any(fnmatchcase(resource, pattern) for pattern in statement["NotResource"])
    return any(fnmatchcase(resource, pattern) for pattern in statement["Resource"])


class Guard(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, upstream: str, policy: Policy, place: Place) -> None:
        super().__init__(("127.0.0.1", 0), Passage)
        self.upstream, self.policy, self.place = urlsplit(upstream), policy, place
        self.asked: set[Demand] = set()
        self.denied: list[Demand] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the base class has it
        """A process that was killed hangs up in the middle: nothing to tell."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Passage(BaseHTTPRequestHandler):
    server: Guard
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        if size > BODY_BYTES_MAX:
            return self._refuse(f"{size:,} bytes")
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(size)
        try:
            wanted = demands(headers, body, self.server.place, f"{self.command} {self.path}")
        except (ValueError, KeyError) as unknown:
            return self._refuse(str(unknown))
        self.server.asked.update(wanted)
        denied = [demand for demand in wanted if not permits(self.server.policy, demand)]
        self.server.denied += denied
        return self._refuse(f"not authorized to perform: {denied}") if denied else self._forward(headers, body)

    do_GET = do_PUT = do_DELETE = do_POST  # S3's

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: ANN401 - as the base class has it
        """Nothing: what was denied is kept."""

    def _forward(self, headers: Mapping[str, str], body: bytes) -> None:
        upstream = self.server.upstream
        connection = http.client.HTTPConnection(upstream.netloc, timeout=UPSTREAM_TIMEOUT_S)
        try:
            kept = {name: value for name, value in headers.items() if name not in HOP_BY_HOP}
            connection.request(self.command, self.path, body, kept)
            answer = connection.getresponse()
            self._answer(answer.status, answer.read(), dict(answer.getheaders()))
        finally:
            connection.close()

    def _refuse(self, why: str) -> None:
        told = {"__type": "com.amazonaws.coral.service#AccessDeniedException", "message": why}
        self._answer(400, json.dumps(told).encode(), {"Content-Type": "application/x-amz-json-1.0"})

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def guarding(upstream: str, policy: Policy, place: Place) -> Iterator[Guard]:
    """A guard before `upstream` for as long as the block lasts."""
    guard = Guard(upstream, policy, place)
    threading.Thread(target=guard.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield guard
    finally:
        guard.shutdown()
        guard.server_close()
