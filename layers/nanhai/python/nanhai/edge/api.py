"""The way a function says what it serves.

    api = Api("identity")
    app = api.app

    @api.route("POST", "/codes", operation="code.send", summary="…", returns=CodeSent, status=202)
    def send_code(call: Call, body: SendCode) -> CodeSent: ...

The second parameter's annotation is the body; without one, no body is read and none accepted. Around the handler:
authentication, authority, parsing, idempotency, audit, problems, headers, one log line.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

from chalice.app import Chalice, CORSConfig, Response

from nanhai.domain.errors import Refusal
from nanhai.edge.call import Call
from nanhai.edge.endpoint import ANYTHING, Endpoint, Raw, View, declare
from nanhai.edge.once import HEADER
from nanhai.edge.serving import serve

__all__ = ["Api", "Call", "Raw", "Served", "endpoints"]

V = TypeVar("V", bound=View)
ANY_TYPE = ["application/json", "*/*"]  # Chalice would answer others itself, without problem+json
PREFLIGHT_S = 600


class Api:
    """One Chalice app and what its routes declare."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.app = Chalice(app_name=f"nanhai-{name}", configure_logs=False)
        self._cors = _cors(os.environ.get("NANHAI_ORIGIN", ""))

    def route(
        self,
        method: str,
        path: str,
        *,
        operation: str,
        summary: str,
        query: type | None = None,
        returns: type | None = None,
        media_type: str = ANYTHING,
        status: int | None = None,
        once: bool = False,
        errors: tuple[type[Refusal], ...] = (),
    ) -> Callable[[V], V]:
        """Serves `path` with the decorated handler, which stays the plain function it is.

        `status` defaults to 200, or 204 when nothing is returned; `media_type` is of a Raw answer; `once` demands an
        Idempotency-Key; `errors` are the handler's own refusals. Raises Undeclared when the matrix has no such
        operation.
        """

        def register(view: V) -> V:
            endpoint = declare(
                view,
                method,
                path,
                operation=operation,
                summary=summary,
                query=query,
                returns=returns,
                media_type=media_type,
                status=status,
                once=once,
                errors=errors,
            )
            register_with = self.app.route(path, methods=[method], content_types=ANY_TYPE, cors=self._cors)
            register_with(Served(self.app, endpoint))
            return view

        return register


class Served:
    """The view that Chalice calls: it takes the request off the app before anything else can."""

    def __init__(self, app: Chalice, endpoint: Endpoint) -> None:
        self.app = app
        self.endpoint = endpoint
        self.__name__ = endpoint.view.__name__

    def __call__(self, **_: str) -> Response:
        request = self.app.current_request
        if request is None:
            raise RuntimeError("a view is called by Chalice, with a request")
        return serve(self.endpoint, request)


def endpoints(app: Chalice) -> list[Endpoint]:
    """What the routes of `app` declare; TypeError when a route was registered past `Api`."""
    found = []
    for methods in app.routes.values():
        for entry in methods.values():
            if not isinstance(entry.view_function, Served):
                raise TypeError(f"{entry.method} {entry.uri_pattern} of {app.app_name} declares no operation")
            found.append(entry.view_function.endpoint)
    return found


def _cors(origin: str) -> CORSConfig | None:
    if not origin:
        return None
    return CORSConfig(
        allow_origin=origin,
        allow_headers=["Accept-Language", HEADER],
        expose_headers=["Content-Language", "Link", "Retry-After", "X-Correlation-Id"],
        max_age=PREFLIGHT_S,
    )
