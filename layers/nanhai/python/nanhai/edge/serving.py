"""A request from its first byte to its answer; the one place that catches everything."""

from __future__ import annotations

import time

from chalice.app import Request, Response

from nanhai.domain.actors import ANONYMOUS, Actor
from nanhai.domain.errors import Absent, Refusal
from nanhai.edge import answers, audit, authority, body, events, once, problems, query
from nanhai.edge.answers import Answer
from nanhai.edge.authentication import Dismissed, identify
from nanhai.edge.call import Call
from nanhai.edge.endpoint import Endpoint, Raw
from nanhai.edge.incoming import Incoming, incoming
from nanhai.edge.malformed import NotAcceptable
from nanhai.services.platform import Platform, platform


def serve(endpoint: Endpoint, request: Request) -> Response:
    """Never raises: what goes wrong is the answer."""
    began = time.perf_counter()
    asked = incoming(request)
    actor = ANONYMOUS
    try:
        here = platform()
        if not authority.is_public(endpoint.operation):
            actor = identify(asked.header("authorization"), here, here.now())
        given = _answer(endpoint, asked, actor, here)
    except Exception as failure:  # the last line of defence
        given = _failed(endpoint, asked, actor, failure)
    elapsed_ms = (time.perf_counter() - began) * 1_000
    events.served(endpoint, actor.role, given.status, elapsed_ms, asked.correlation_id)
    return given.response(asked.language, asked.correlation_id)


def _answer(endpoint: Endpoint, asked: Incoming, actor: Actor, here: Platform) -> Answer:
    authority.authorise(actor, endpoint.operation)
    call = _call(endpoint, asked, actor, here)
    arguments = () if endpoint.body is None else (body.read(asked, endpoint.body),)
    if endpoint.body is None:
        body.read(asked, None)
    if call.once is not None and (first := once.first_answer(here.ring, call.once)) is not None:
        return answers.repeated(endpoint, first)
    returned = endpoint.view(call, *arguments)
    if isinstance(returned, Raw):
        _acceptable(asked, returned)
    audit.answered(call)
    return answers.of(endpoint, returned)


def _call(endpoint: Endpoint, asked: Incoming, actor: Actor, here: Platform) -> Call:
    now = here.now()
    return Call(
        operation=endpoint.operation,
        now=now,
        actor=actor,
        language=asked.language,
        path=asked.path(),
        query=query.read(asked.query, endpoint.query),
        once=once.once_of(here.ring, asked, actor, now) if endpoint.once else None,
        correlation_id=asked.correlation_id,
        address=asked.address,
        url_path=asked.url_path,
    )


def _failed(endpoint: Endpoint, asked: Incoming, actor: Actor, failure: Exception) -> Answer:
    refused = problems.as_refusal(failure)
    if refused is None:
        events.failed(failure, asked.correlation_id)
    else:
        events.refused(refused.code, asked.correlation_id)
        failure = _audited(endpoint, asked, actor, refused)
    return problems.answer(failure, asked.language, asked.correlation_id)


def _audited(endpoint: Endpoint, asked: Incoming, actor: Actor, refused: Refusal) -> Exception:
    """The refusal once it is in the audit; what kept it from getting there otherwise."""
    who = refused.actor if isinstance(refused, Dismissed) else actor
    try:
        audit.refused(endpoint.operation, who, asked.parameters, refused, asked.correlation_id, platform().now())
    except Exception as lost:
        events.failed(lost, asked.correlation_id)
        return lost
    out_of_sight = refused.kind == "absent" and authority.is_scoped(endpoint.operation)
    return Absent() if out_of_sight else refused  # one answer for what is not there and what is not yours


def _acceptable(asked: Incoming, raw: Raw) -> None:
    """Binary answers leave API Gateway as bytes only for those who accept their type."""
    accepted = asked.header("accept").lower()
    if isinstance(raw.body, bytes) and raw.content_type not in accepted and "*/*" not in accepted:
        raise NotAcceptable
