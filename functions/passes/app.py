"""The pass: apply, show, tokens, paper, declarations, explanation, history; and everything that follows a write."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from chalice.app import BaseLambdaEvent, CloudWatchEvent, DynamoDBEvent, SQSEvent
from nanhai.domain.errors import Invalid
from nanhai.domain.policy import BadPolicy, UnknownPolicy
from nanhai.edge import paging
from nanhai.edge.api import Api, Call, Raw
from nanhai.edge.paging import Page
from nanhai.services.identity.limits import TooMany
from nanhai.services.passes import apply, declare, dryruns, explain, history, paper, policies, qr, show, tokens
from nanhai.services.passes import schemas as s
from nanhai.services.passes.dryruns import AlreadyRunning
from nanhai.services.passes.paper import JustIssued, TooManyPapers
from nanhai.services.passes.qr import NothingToScan
from nanhai.services.passes.reading import NotApplied
from nanhai.services.passes.tokens import NothingToSign
from nanhai.services.platform import platform
from nanhai.services.queues import QueueUnavailable
from nanhai.services.unreadable import Unreadable

api = Api("passes")
app = api.app
PNG, SVG = "image/png", "image/svg+xml"
NO_QUEUE = "arn:aws:sqs:::none"  # where only the routes are looked at, as for openapi.json; Chalice wants a name


@api.route("GET", "/policies", operation="policy.read", summary="The rules: every policy", returns=s.Policies)
def list_policies(call: Call) -> s.Policies:
    return policies.listed(platform(), call.now)


@api.route(
    "GET",
    "/policies/{version}",
    operation="policy.read",
    summary="The rules: one policy as the document it is",
    returns=s.PolicyDocument,
    errors=(UnknownPolicy,),
)
def read_policy(call: Call) -> s.PolicyDocument:
    return policies.read(platform(), call.path["version"], call.now)


@api.route(
    "POST",
    "/dry-runs",
    operation="dryrun.write",
    summary="Try a candidate policy on everyone; nothing is changed",
    returns=s.DryRunStarted,
    status=202,
    once=True,
    errors=(BadPolicy, QueueUnavailable, AlreadyRunning, TooMany),
)
def start_dry_run(call: Call, body: s.StartDryRun) -> s.DryRunStarted:
    return dryruns.start(platform(), call, body)


@api.route(
    "GET",
    "/dry-runs/{job_id}",
    operation="dryrun.read",
    summary="How far a dry run is, and which passes would change",
    returns=s.DryRun,
)
def read_dry_run(call: Call) -> s.DryRun:
    return dryruns.read(call, call.path["job_id"])


@api.route(
    "POST",
    "/{who}",
    operation="pass.apply",
    summary="Apply for a pass; harmless to repeat",
    returns=s.Applied,
    status=202,
    once=True,
    errors=(Invalid,),
)
def apply_for_pass(call: Call, body: s.Apply) -> s.Applied:
    return apply.apply(platform(), call, call.path["who"], body)


@api.route(
    "GET", "/{who}", operation="pass.show", summary="The pass as it is now", returns=s.Pass, errors=(NotApplied,)
)
def show_pass(call: Call) -> s.Pass:
    return show.show(platform(), call, call.path["who"])


@api.route(
    "GET",
    "/{who}/tokens",
    operation="pass.tokens",
    summary="The tokens of the next five minutes",
    returns=s.Tokens,
    errors=(NotApplied, NothingToSign),
)
def read_tokens(call: Call) -> s.Tokens:
    return tokens.upcoming(platform(), call, call.path["who"])


@api.route(
    "GET",
    "/{who}/qr.png",
    operation="pass.qr",
    summary="The present token as a picture",
    returns=Raw,
    media_type=PNG,
    errors=(NotApplied, NothingToScan, NothingToSign),
)
def draw_png(call: Call) -> Raw:
    return Raw(qr.png(qr.token(platform(), call, call.path["who"])), PNG)


@api.route(
    "GET",
    "/{who}/qr.svg",
    operation="pass.qr",
    summary="The present token as a drawing",
    returns=Raw,
    media_type=SVG,
    errors=(NotApplied, NothingToScan, NothingToSign),
)
def draw_svg(call: Call) -> Raw:
    return Raw(qr.svg(qr.token(platform(), call, call.path["who"])), SVG)


@api.route(
    "POST",
    "/{who}/paper",
    operation="pass.paper",
    summary="Issue a paper pass, for seven days at most",
    returns=s.PaperIssued,
    status=201,
    once=True,
    errors=(NotApplied, TooManyPapers, JustIssued),
)
def issue_paper(call: Call, body: s.IssuePaper) -> s.PaperIssued:
    return paper.issue(platform(), call, call.path["who"], body)


@api.route(
    "GET", "/{who}/paper", operation="pass.paper", summary="The paper passes that are good now", returns=s.Papers
)
def list_papers(call: Call) -> s.Papers:
    return paper.listed(call, call.path["who"])


@api.route("DELETE", "/{who}/paper/{paper_id}", operation="pass.paper", summary="Revoke a paper pass")
def revoke_paper(call: Call) -> None:
    paper.revoke(platform(), call, call.path["who"], call.path["paper_id"])


@api.route(
    "GET",
    "/{who}/paper/{paper_id}/qr.png",
    operation="pass.paper",
    summary="A paper pass as a picture",
    returns=Raw,
    media_type=PNG,
    errors=(NothingToSign,),
)
def draw_paper_png(call: Call) -> Raw:
    return Raw(qr.png(paper.token(platform(), call, call.path["who"], call.path["paper_id"])), PNG)


@api.route(
    "GET",
    "/{who}/paper/{paper_id}/qr.svg",
    operation="pass.paper",
    summary="A paper pass as a drawing",
    returns=Raw,
    media_type=SVG,
    errors=(NothingToSign,),
)
def draw_paper_svg(call: Call) -> Raw:
    return Raw(qr.svg(paper.token(platform(), call, call.path["who"], call.path["paper_id"])), SVG)


@api.route(
    "POST",
    "/{who}/declarations",
    operation="pass.declare",
    summary="Declare one's health",
    returns=s.Declared,
    status=201,
    once=True,
    errors=(Invalid, TooMany),
)
def declare_health(call: Call, body: s.Declare) -> s.Declared:
    return declare.declare(platform(), call, call.path["who"], body)


@api.route(
    "GET",
    "/{who}/explanation",
    operation="pass.explain",
    summary="Why the pass had its colour at an instant",
    query=s.ExplanationAsked,
    returns=s.Explanation,
    errors=(Invalid, Unreadable),
)
def explain_pass(call: Call) -> s.Explanation:
    return explain.explain(platform(), call, call.path["who"], call.query)


@api.route(
    "GET",
    "/{who}/history",
    operation="pass.history",
    summary="What the pass was told to be, newest first",
    query=Page,
    returns=s.History,
)
def read_history(call: Call) -> s.History:
    changes, after = history.page(call, call.path["who"], call.query.limit, paging.start(call))
    return s.History(changes, paging.cursor(call, after))


# What follows a write is imported by the function that does it: the one behind the routes would start a tenth later.


@app.on_dynamodb_record(
    stream_arn=os.environ.get("NANHAI_STREAM_PEOPLE", ""), batch_size=100, starting_position="TRIM_HORIZON"
)
def recolour(event: DynamoDBEvent) -> dict[str, Any]:
    from nanhai.streams import recolour as recolouring

    return recolouring.handle(event.to_dict())


@app.on_dynamodb_record(
    stream_arn=os.environ.get("NANHAI_STREAM_PASSES", ""), batch_size=100, starting_position="TRIM_HORIZON"
)
def follow(event: DynamoDBEvent) -> dict[str, Any]:
    from nanhai.streams import follow as following

    return following.handle(event.to_dict())


@app.on_sqs_message(queue_arn=os.environ.get("NANHAI_SWEEP_QUEUE_ARN", NO_QUEUE), batch_size=1)
def sweep(event: SQSEvent) -> dict[str, Any]:
    from nanhai.streams import sweep as sweeping

    return sweeping.handle(event.to_dict(), _remaining_s(event))


@app.schedule("rate(1 minute)")
def review(event: CloudWatchEvent) -> None:
    from nanhai.streams import review as reviewing

    reviewing.handle(_remaining_s(event))


@app.schedule("cron(10 16 * * ? *)")  # 00:10 where the holders live
def rotate(event: CloudWatchEvent) -> None:
    from nanhai.streams import rotate as rotating

    rotating.handle(event.to_dict()["id"])


def _remaining_s(event: BaseLambdaEvent) -> Callable[[], float]:
    """How long Lambda still lets this invocation run."""
    return lambda: event.context.get_remaining_time_in_millis() / 1_000
