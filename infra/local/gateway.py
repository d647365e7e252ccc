"""The ASGI application of the local platform: every function under its base path, and the platform's own pages.

Functions run in a pool of threads; the platform's own pages, which functions call too (SMS, queue), in a pool of their
own, so that a full house never waits for itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from infra.local.apps import SharedChalice
from infra.local.http import Incoming, Outgoing
from infra.local.invoke import BODY_BYTES_MAX, TIME_LIMIT_S, answer
from infra.local.refusals import refuse
from infra.local.uploads import FORM_BYTES_MAX
from infra.local.uploads import PATH as UPLOADS

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Page = Callable[[Incoming], Outgoing]
THREADS = 32
PAGE_THREADS = 4
REQUESTS_AT_ONCE_MAX = 1_000
LEADING_TO_CLIENT = frozenset({"/", "/portal"})
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost"})


class Gateway:
    """`pages` serves what lies under /local/; `apps` everything else."""

    def __init__(self, apps: Mapping[str, SharedChalice], pages: Page, time_limit_s: float = TIME_LIMIT_S) -> None:
        self._apps = apps
        self._pages = pages
        self._time_limit_s = time_limit_s
        self._functions = ThreadPoolExecutor(THREADS, "function")
        self._own = ThreadPoolExecutor(PAGE_THREADS, "page")
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            outgoing = await self._serve(scope, receive)
            await _reply(outgoing, scope["method"], send)

    async def _serve(self, scope: Scope, receive: Receive) -> Outgoing:
        if not _from_this_machine(scope):
            return refuse("WAF_FILTERED")
        body = await _body(scope, receive)
        if body is None:
            return refuse("REQUEST_TOO_LARGE")
        request = _incoming(scope, body)
        if request.raw_path in LEADING_TO_CLIENT:
            return Outgoing(302, (("location", "/portal/"), ("cache-control", "no-store")))
        if request.raw_path.startswith("/local/"):
            return await asyncio.get_running_loop().run_in_executor(self._own, self._pages, request)
        return await self._function(request)

    async def _function(self, request: Incoming) -> Outgoing:
        if self._running >= REQUESTS_AT_ONCE_MAX:
            return refuse("THROTTLED")
        self._running += 1
        work = asyncio.get_running_loop().run_in_executor(self._functions, answer, self._apps, request)
        work.add_done_callback(self._ended)
        try:
            return await asyncio.wait_for(asyncio.shield(work), self._time_limit_s)
        except TimeoutError:
            return refuse("INTEGRATION_TIMEOUT")

    def _ended(self, _: object) -> None:
        self._running -= 1


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body; None as soon as it is known to be too large."""
    declared, most = dict(scope["headers"]).get(b"content-length", b"0"), _bytes_max(scope)
    if declared.isdigit() and int(declared) > most:
        return None
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            return None
        more = message.get("more_body", False)
    return b"".join(parts)


def _bytes_max(scope: Scope) -> int:
    """A form with a file may hold the file and its fields, which is less than API Gateway lets pass elsewhere."""
    return FORM_BYTES_MAX if scope["path"].startswith(UPLOADS) else BODY_BYTES_MAX


def _incoming(scope: Scope, body: bytes) -> Incoming:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    address = (scope.get("client") or ("127.0.0.1", 0))[0]
    headers += [("x-forwarded-for", address), ("x-forwarded-proto", "https"), ("x-forwarded-port", "443")]
    raw_path = scope.get("raw_path") or scope["path"].encode()
    query = scope["query_string"].decode("latin-1")
    return Incoming(scope["method"], raw_path.decode("latin-1"), query, tuple(headers), body, address)


def _from_this_machine(scope: Scope) -> bool:
    """A page elsewhere must not reach the inbox through a name that it made point here."""
    headers = dict(scope["headers"])
    name = headers.get(b"host", b"").decode("latin-1").rsplit(":", 1)[0]
    return name in LOOPBACK_NAMES and headers.get(b"sec-fetch-site", b"none") != b"cross-site"


async def _reply(outgoing: Outgoing, method: str, send: Send) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in outgoing.headers]
    headers.append((b"content-length", str(len(outgoing.body)).encode()))
    await send({"type": "http.response.start", "status": outgoing.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else outgoing.body})
