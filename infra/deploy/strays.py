"""What a deployment that was killed inside Chalice left behind, unrecorded: Chalice would make it a second time."""

from __future__ import annotations

from functools import partial
from typing import Any

from infra.deploy.gateway import api_name
from infra.deploy.patience import unless_absent
from infra.deploy.target import Target
from infra.functions import Function


def remove(target: Target, function: Function, deployed: dict[str, Any]) -> None:
    """APIs and event sources of this function that `deployed` does not know. They never served anyone: the domain
    is mapped, and the mapping recorded, only after Chalice has ended."""
    resources = deployed.get("resources", ())
    known = {row.get("rest_api_id") for row in resources} | {row.get("event_uuid") for row in resources}
    for handler in function.all:
        _remove_sources(target, function.lambda_name(handler, target.stage.name), known)
    _remove_apis(target, function, known)


def _remove_sources(target: Target, name: str, known: set[str | None]) -> None:
    client = target.client("lambda")
    found = unless_absent(partial(client.list_event_source_mappings, FunctionName=target.lambda_arn(name))) or {}
    for source in found.get("EventSourceMappings", ()):
        if source["UUID"] not in known:
            target.say(f"  {name}: event source removed")
            unless_absent(partial(client.delete_event_source_mapping, UUID=source["UUID"]))


def _remove_apis(target: Target, function: Function, known: set[str | None]) -> None:
    client = target.client("apigateway")
    names = {function.name, f"nanhai-{function.name}", api_name(target, function)}
    pages = client.get_paginator("get_rest_apis").paginate()
    unknown = [api for page in pages for api in page["items"] if api["name"] in names and api["id"] not in known]
    for api in unknown:
        if _calls(client, api["id"], function.lambda_name(function.http, target.stage.name)):
            target.say(f"  {function.name}: API removed")
            unless_absent(partial(client.delete_rest_api, restApiId=api["id"]))


def _calls(client: Any, api: str, name: str) -> bool:  # noqa: ANN401 - botocore's clients have no type
    """Whether the API's requests go to this stage's function."""
    pages = client.get_paginator("get_resources").paginate(restApiId=api, embed=["methods"])
    methods = (method for page in pages for row in page["items"] for method in row.get("resourceMethods", {}).values())
    targets = (method.get("methodIntegration", {}).get("uri", "") for method in methods)
    return any(f":function:{name}/" in uri for uri in targets)
