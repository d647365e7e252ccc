"""The foundation stack: tables, keys, queues, buckets, logs, domain, alarms. Everything else stands on its outputs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from infra import template
from infra.deploy import shelf
from infra.deploy.memory import fingerprint
from infra.deploy.target import DeployFault, Target
from infra.functions import Function

POLL_S = 5.0
WAIT_S_MAX = 3_600
TAG = "nanhai-fingerprint"
SETTLED = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"})

Outputs = Mapping[str, str]


def outputs(target: Target) -> Outputs:
    """What the stack tells; empty while there is no stack."""
    found = _stack(target)
    return {row["OutputKey"]: row["OutputValue"] for row in (found or {}).get("Outputs", ())}


def mapped(target: Target) -> Mapping[str, str]:
    """The API behind each base path, as the stack knows it."""
    told = {row["ParameterKey"]: row["ParameterValue"] for row in (_stack(target) or {}).get("Parameters", ())}
    return {function.name: told.get(_parameter(function), "") for function in target.functions}


def change(target: Target, apis: Mapping[str, str]) -> str:
    """What `apply` would do with these API ids, in a word; empty for nothing."""
    found = _stack(target)
    if found is None:
        return "create"
    told = {row["Key"]: row["Value"] for row in found.get("Tags", ())}
    settled = found["StackStatus"] in SETTLED and "ROLLBACK" not in found["StackStatus"]
    return "" if settled and told.get(TAG) == _fingerprint(target, apis) else "update"


def apply(target: Target, apis: Mapping[str, str]) -> Outputs:
    """The stack as template and stage say, waiting until it stands. DeployFault says what CloudFormation said."""
    found = _wait(target)
    if found is None:
        _refuse_leftovers(target)
        _send(target, "create_stack", apis)
    elif found["StackStatus"] not in SETTLED:
        raise DeployFault(f"stack {target.prefix} is {found['StackStatus']}: mend or delete it in CloudFormation first")
    elif change(target, apis):
        _send(target, "update_stack", apis)
    stands = _wait(target)
    if stands is None or "ROLLBACK" in stands["StackStatus"] or "FAILED" in stands["StackStatus"]:
        raise DeployFault(f"stack {target.prefix} did not come up: {_reason(target)}")
    return outputs(target)


def unmap(target: Target) -> None:
    """Takes every base path from the domain, changing nothing else."""
    found = _wait(target)
    if found is None or not target.stage.domain:
        return
    told = [row["ParameterKey"] for row in found["Parameters"]]
    kept = [{"ParameterKey": key, "UsePreviousValue": True} for key in told if not key.endswith("Api")]
    gone = [{"ParameterKey": key, "ParameterValue": ""} for key in told if key.endswith("Api")]
    _request(target, "update_stack", UsePreviousTemplate=True, Parameters=kept + gone)
    _wait(target)


def delete(target: Target) -> None:
    """Removes the stack; what the template retains stays."""
    target.client("cloudformation").delete_stack(StackName=target.prefix)
    left = _wait(target)
    if left is not None:
        raise DeployFault(f"stack {target.prefix} was not deleted: {_reason(target)}")


def retained() -> list[str]:
    """The names of what outlives the stack, as the template declares it."""
    resources = template.read()["Resources"].items()
    kept = [name for name, resource in resources if resource.get("DeletionPolicy") == "Retain"]
    return [name for name in kept if not name.endswith("Logs")]


def _send(target: Target, verb: str, apis: Mapping[str, str]) -> None:
    parameters = _parameters(target, apis).items()
    _request(
        target,
        verb,
        TemplateURL=shelf.lay(target, template.body(template.read())),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters],
        Tags=[{"Key": TAG, "Value": _fingerprint(target, apis)}],
    )


def _request(target: Target, verb: str, **what: Any) -> None:  # noqa: ANN401 - passed on as it is
    try:
        getattr(target.client("cloudformation"), verb)(StackName=target.prefix, **what)
    except ClientError as failed:
        if "No updates are to be performed" not in str(failed):
            raise DeployFault(f"CloudFormation refuses: {failed}") from failed


def _parameters(target: Target, apis: Mapping[str, str]) -> dict[str, str]:
    return target.stage.parameters | {
        _parameter(function): apis.get(function.name, "") for function in target.functions
    }


def _parameter(function: Function) -> str:
    return f"{function.name.capitalize()}Api"


def _fingerprint(target: Target, apis: Mapping[str, str]) -> str:
    return fingerprint(template.read(), _parameters(target, apis))


def _wait(target: Target) -> dict[str, Any] | None:
    """The stack once nothing moves in it; None when there is none. Says each new status."""
    deadline, told = time.monotonic() + WAIT_S_MAX, ""
    while time.monotonic() < deadline:
        found = _stack(target)
        status = found["StackStatus"] if found else ""
        if not status.endswith("_IN_PROGRESS"):
            return found
        if status != told:
            target.say(f"  foundation: {status.lower().replace('_', ' ')}")
            told = status
        time.sleep(POLL_S)
    raise DeployFault(f"stack {target.prefix} still moves after {WAIT_S_MAX} s; run again to go on waiting")


def _stack(target: Target) -> dict[str, Any] | None:
    try:
        found = target.client("cloudformation").describe_stacks(StackName=target.prefix)["Stacks"]
    except ClientError as failed:
        if "does not exist" in str(failed):
            return None
        raise
    standing: list[dict[str, Any]] = [row for row in found if row["StackStatus"] != "DELETE_COMPLETE"]
    return standing[0] if standing else None


def _reason(target: Target) -> str:
    events = target.client("cloudformation").describe_stack_events(StackName=target.prefix)["StackEvents"]
    failed = [row for row in events if row["ResourceStatus"].endswith("_FAILED")]
    if not failed:
        return "CloudFormation gives no reason"
    return f"{failed[-1]['LogicalResourceId']}: {failed[-1].get('ResourceStatusReason', '')}"


def _refuse_leftovers(target: Target) -> None:
    """Tables outlive their stack; a new stack cannot take their names. Better said now than after a rollback."""
    names = target.client("dynamodb").get_paginator("list_tables").paginate()
    kept = [name for page in names for name in page["TableNames"] if name.startswith(f"{target.prefix}-")]
    if kept:
        raise DeployFault(
            f"{len(kept)} tables of an earlier {target.stage.name} are there ({kept[0]}, …) without their stack: "
            "import them into a stack of that name, or give them up by hand"
        )
