"""Taking a stage down: apps, layers, then the stack. Everything is found by its name, so a removal that was stopped
half-way is finished by another one."""

from __future__ import annotations

from functools import partial

from infra.deploy import foundation, memory, publish, shelf, strays
from infra.deploy.patience import unless_absent
from infra.deploy.target import Target
from infra.functions import Function, layer_names

OBJECTS_PER_REQUEST = 1_000


def plan(target: Target) -> list[str]:
    return [
        *(f"app {function.name}: delete" for function in target.functions),
        *(f"layer {name}: delete every version" for name in layer_names(target.functions)),
        "foundation: delete",
        f"kept: {', '.join(foundation.retained())} and the logs",
    ]


def apply(target: Target) -> None:
    """Base paths go first: API Gateway deletes no API that a domain still maps."""
    foundation.unmap(target)
    for function in target.functions:
        _app(target, function)
        target.say(f"app {function.name}: deleted")
    for name in layer_names(target.functions):
        publish.delete(target, name)
    _empty(target)
    foundation.delete(target)
    shelf.clear(target)
    target.say("foundation: deleted")


def _app(target: Target, function: Function) -> None:
    strays.remove(target, function, {})
    for handler in function.all:
        name = function.lambda_name(handler, target.stage.name)
        _rule(target, f"{name}-event")
        unless_absent(partial(target.client("lambda").delete_function, FunctionName=name))
        _role(target, function.role_name(handler, target.stage.name))


def _rule(target: Target, name: str) -> None:
    client = target.client("events")
    unless_absent(partial(client.remove_targets, Rule=name, Ids=["1"]))
    unless_absent(partial(client.delete_rule, Name=name))


def _role(target: Target, name: str) -> None:
    client = target.client("iam")
    attached = unless_absent(partial(client.list_attached_role_policies, RoleName=name))
    if attached is None:
        return
    for policy in attached["AttachedPolicies"]:
        client.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    for policy in client.list_role_policies(RoleName=name)["PolicyNames"]:
        client.delete_role_policy(RoleName=name, PolicyName=policy)
    client.delete_role(RoleName=name)


def _empty(target: Target) -> None:
    """CloudFormation deletes no bucket that holds anything, and versions count."""
    bucket = foundation.outputs(target).get("ArtefactBucketName")
    if not bucket:
        return
    client = target.client("s3")
    pages = client.get_paginator("list_object_versions").paginate(Bucket=memory.bucket(target))
    found = [row for page in pages for row in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))]
    keys = [{"Key": row["Key"], "VersionId": row["VersionId"]} for row in found]
    for start in range(0, len(keys), OBJECTS_PER_REQUEST):
        client.delete_objects(Bucket=bucket, Delete={"Objects": keys[start : start + OBJECTS_PER_REQUEST]})
