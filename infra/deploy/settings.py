"""infra/merge/<function>.json applied to what Chalice deployed: the same file that `chalice package --merge-template`
takes, so that both ways of deploying say one thing.

Event sources (partial batches, bisecting, finite retries, failure queue, filters), failed schedules, the role's
managed policies. Throttles are the API's: infra/deploy/gateway.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, cast

from infra.deploy.memory import fingerprint
from infra.deploy.patience import patiently
from infra.deploy.target import DeployFault, Target
from infra.functions import ROOT, Function, Handler

MERGE = ROOT / "infra" / "merge"
GATEWAY = ROOT / "infra" / "gateway-responses.json"
START = "StartingPosition"

Resource = dict[str, Any]


def apply(target: Target, function: Function) -> None:
    """Sets what differs; an event source that is as it should be is left alone."""
    for handler in function.handlers:
        _event_source(target, function, handler)
        _schedule(target, function, handler)
    for handler in function.all:
        _role(target, function, handler)


def marks(target: Target, function: Function) -> str:
    return fingerprint(_document(target, function), GATEWAY.read_bytes(), target.stage.origin)


def properties(target: Target, function: Function, resource: str) -> Resource:
    """The properties that infra/merge gives one resource, with names and ARNs of this stage."""
    found: Resource = _document(target, function)["Resources"].get(resource, {}).get("Properties", {})
    return found


def _event_source(target: Target, function: Function, handler: Handler) -> None:
    events = properties(target, function, handler.name.capitalize()).get("Events", {})
    for event in events.values():
        wanted = _wanted(event["Properties"])
        current = _current(target, function, handler)
        _same_start(function, handler, wanted.pop(START, None), current)
        if any(current.get(key) != value for key, value in wanted.items()):
            change = partial(target.client("lambda").update_event_source_mapping, UUID=current["UUID"], **wanted)
            patiently(change)


def _same_start(function: Function, handler: Handler, told: str | None, current: Resource) -> None:
    """Where a stream is read from is said once, by app.py, and cannot be changed afterwards."""
    if told and current.get(START) != told:
        raise DeployFault(
            f"{function.name}.{handler.name} reads its stream from {current.get(START)}, infra/merge says {told}: "
            f"say so in app.py, delete event source {current['UUID']}, run again"
        )


def _wanted(told: Resource) -> Resource:
    """SAM's words as the API's: it names a destination's type, the API sees that from the ARN."""
    on_failure = told.get("DestinationConfig", {}).get("OnFailure")
    if not on_failure:
        return dict(told)
    return told | {"DestinationConfig": {"OnFailure": {"Destination": on_failure["Destination"]}}}


def _current(target: Target, function: Function, handler: Handler) -> Resource:
    name = function.lambda_name(handler, target.stage.name)
    listing = target.client("lambda").list_event_source_mappings(FunctionName=target.lambda_arn(name))
    found = listing["EventSourceMappings"]
    if len(found) != 1:
        raise DeployFault(f"{name} has {len(found)} event sources, infra/merge/{function.name}.json describes one")
    only: Resource = found[0]
    return only


def _schedule(target: Target, function: Function, handler: Handler) -> None:
    told = properties(target, function, handler.name.capitalize()).get("EventInvokeConfig")
    if told:
        name = function.lambda_name(handler, target.stage.name)
        call = target.client("lambda").put_function_event_invoke_config
        patiently(partial(call, FunctionName=name, **_invoke(told)))


def _invoke(told: Resource) -> Resource:
    wanted = _wanted(told)
    return {key: wanted[key] for key in ("MaximumEventAgeInSeconds", "MaximumRetryAttempts", "DestinationConfig")}


def _role(target: Target, function: Function, handler: Handler) -> None:
    resource = "".join(word.capitalize() for word in handler.name.split("_")) + "Role"
    for arn in properties(target, function, resource).get("ManagedPolicyArns", ()):
        role = function.role_name(handler, target.stage.name)
        target.client("iam").attach_role_policy(RoleName=role, PolicyArn=arn)


def _document(target: Target, function: Function) -> Resource:
    words = {
        "Stage": target.stage.name,
        "AWS::Partition": target.partition,
        "AWS::Region": target.region,
        "AWS::AccountId": target.account,
    }
    text = (MERGE / f"{function.name}.json").read_text("utf-8")
    return cast(Resource, _resolve(json.loads(text), words))


def _resolve(value: object, words: Mapping[str, str]) -> object:
    """`Fn::Sub` replaced by what it says; a name that only the packaged template knows stays as written."""
    if isinstance(value, dict):
        if set(value) == {"Fn::Sub"}:
            return _substitute(value["Fn::Sub"], words)
        return {key: _resolve(item, words) for key, item in value.items()}
    return [_resolve(item, words) for item in value] if isinstance(value, list) else value


def _substitute(text: str, words: Mapping[str, str]) -> str:
    for name, value in _longest_first(words):
        text = text.replace(f"${{{name}}}", value)
    return text


def _longest_first(words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from sorted(words.items(), key=lambda word: -len(word[0]))
