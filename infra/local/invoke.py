"""One request through the function it is for, as API Gateway and Lambda would take it there."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from infra.local import rest
from infra.local.apps import SharedChalice
from infra.local.context import Context
from infra.local.http import Incoming, Outgoing
from infra.local.refusals import refuse

LOG = logging.getLogger("nanhai.gateway")
TIME_LIMIT_S = 29.0
BODY_BYTES_MAX = 10 * 1024 * 1024
RESULT_BYTES_MAX = 6 * 1024 * 1024


def answer(apps: Mapping[str, SharedChalice], request: Incoming) -> Outgoing:
    """Never raises: what a function does wrong becomes the answer that API Gateway would give."""
    base, _, below = request.raw_path.lstrip("/").partition("/")
    app = apps.get(base)
    resource = rest.resolve(app.routes, f"/{below}") if app else None
    if app is None or resource is None:
        return refuse("MISSING_AUTHENTICATION_TOKEN")
    if request.method in app.routes[resource.pattern]:
        return _call(app, request, resource)
    headers = rest.preflight(app, resource) if request.method == "OPTIONS" else None
    return refuse("MISSING_AUTHENTICATION_TOKEN") if headers is None else Outgoing(200, headers)


def _call(app: SharedChalice, request: Incoming, resource: rest.Resource) -> Outgoing:
    try:
        event = rest.event(app, request, resource)
    except ValueError:  # more fields in the query than anybody needs
        return refuse("BAD_REQUEST_PARAMETERS")
    context = Context(app.app_name, TIME_LIMIT_S, event["requestContext"]["requestId"])
    try:
        given = rest.outgoing(app(event, context), app, request)
    except Exception:  # whatever a function raises, Lambda calls it an error of the function
        LOG.exception("%s failed on %s %s", app.app_name, request.method, resource.pattern)
        return refuse("INTEGRATION_FAILURE")
    return refuse("INTEGRATION_FAILURE") if len(given.body) > RESULT_BYTES_MAX else given
