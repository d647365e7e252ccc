"""Every DynamoDB table of infra/template.yaml on an engine of this machine, or in a test's mock."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from infra import template
from infra.local.trouble import BrokenData

STAGE_PREFIX = "nanhai-${Stage}-"
KNOWN_EVERYWHERE = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
ACTIVE_S_MAX = 30.0
LOOK_AGAIN_S = 0.05

Definition = Mapping[str, Any]


def create(client: Any, prefix: str) -> dict[str, str]:  # noqa: ANN401 - botocore builds its clients at run time
    """All tables under `prefix`, active; returns the stream ARN of each, empty for a table without a stream.

    Harmless to repeat, also by several processes at once. BrokenData when a table of that name has another shape.
    """
    return {table: _create(client, prefix + table, definition) for table, definition in definitions().items()}


@cache
def definitions() -> dict[str, Definition]:
    """By short name, what CreateTable is told; engines do not know encryption, backups, expiry and protection."""
    resources = template.read()["Resources"].values()
    tables = [resource["Properties"] for resource in resources if resource["Type"] == "AWS::DynamoDB::Table"]
    return {_short_name(properties): _known(properties) for properties in tables}


def _short_name(properties: Mapping[str, Any]) -> str:
    return str(properties["TableName"]["Fn::Sub"]).removeprefix(STAGE_PREFIX)


def _known(properties: Mapping[str, Any]) -> Definition:
    known = {name: properties[name] for name in KNOWN_EVERYWHERE if name in properties}
    if "StreamSpecification" in properties:
        known["StreamSpecification"] = {"StreamEnabled": True, **properties["StreamSpecification"]}
    return known


def _create(client: Any, name: str, definition: Definition) -> str:  # noqa: ANN401 - as above
    try:
        table = client.create_table(TableName=name, **definition)["TableDescription"]
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "ResourceInUseException":
            raise
        table = _active(client, name)
    if table["TableStatus"] != "ACTIVE":
        table = _active(client, name)
    if _shape(table) != _shape(definition):
        raise BrokenData(f"table {name} was made by another version of this platform: nanhai reset starts afresh")
    return str(table.get("LatestStreamArn", ""))


def _active(client: Any, name: str) -> dict[str, Any]:  # noqa: ANN401 - as above
    until = time.monotonic() + ACTIVE_S_MAX
    while time.monotonic() < until:
        table: dict[str, Any] = client.describe_table(TableName=name)["Table"]
        if table["TableStatus"] == "ACTIVE":
            return table
        time.sleep(LOOK_AGAIN_S)
    raise BrokenData(f"table {name} was not there after {ACTIVE_S_MAX:.0f} s")


def _shape(told: Mapping[str, Any]) -> tuple[object, ...]:
    """Keys, indexes and kind of stream: what cannot be changed behind a running platform's back."""
    indexes = {index["IndexName"]: _keys(index) for index in told.get("GlobalSecondaryIndexes", ())}
    return _keys(told), indexes, (told.get("StreamSpecification") or {}).get("StreamViewType")


def _keys(told: Mapping[str, Any]) -> dict[str, str]:
    return {key["KeyType"]: key["AttributeName"] for key in told["KeySchema"]}
