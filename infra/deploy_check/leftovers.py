"""What AWS holds of a stage, by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

Client = Callable[[str], Any]


def left(client: Client, stage: str) -> dict[str, set[str]]:
    """The names of everything that carries the stage's name; kinds of which nothing is there are not named."""
    found = {kind: {name for name in names if stage in _words(name)} for kind, names in _names(client)}
    return {kind: names for kind, names in found.items() if names}


def _words(name: str) -> list[str]:
    return name.replace(":", "-").replace("/", "-").split("-")


def _names(client: Client) -> Iterator[tuple[str, Iterable[str]]]:
    """A generator per kind of thing, each with the name that tells the stage."""
    lambdas = client("lambda")
    yield "functions", _all(lambdas, "list_functions", "Functions", "FunctionName")
    yield "event sources", _all(lambdas, "list_event_source_mappings", "EventSourceMappings", "FunctionArn")
    yield "layers", _all(lambdas, "list_layers", "Layers", "LayerName")
    yield "APIs", _all(client("apigateway"), "get_rest_apis", "items", "name")
    yield "roles", _all(client("iam"), "list_roles", "Roles", "RoleName")
    yield "rules", _all(client("events"), "list_rules", "Rules", "Name")
    yield "queues", client("sqs").list_queues().get("QueueUrls", ())
    yield "topics", _all(client("sns"), "list_topics", "Topics", "TopicArn")
    yield "buckets", _all(client("s3"), "list_buckets", "Buckets", "Name")
    yield "tables", (name for page in _pages(client("dynamodb"), "list_tables") for name in page["TableNames"])
    yield "dashboards", _all(client("cloudwatch"), "list_dashboards", "DashboardEntries", "DashboardName")
    yield "logs", _all(client("logs"), "describe_log_groups", "logGroups", "logGroupName")
    yield "stacks", _all(client("cloudformation"), "describe_stacks", "Stacks", "StackName")


def _all(client: Any, verb: str, rows: str, name: str) -> Iterator[str]:  # noqa: ANN401 - a botocore client
    yield from (str(row[name]) for page in _pages(client, verb) for row in page.get(rows, ()))


def _pages(client: Any, verb: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - the same
    yield from client.get_paginator(verb).paginate() if client.can_paginate(verb) else [getattr(client, verb)()]
