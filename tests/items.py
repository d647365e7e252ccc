"""Items as DynamoDB stores them, written by AWS's own serializer."""

from __future__ import annotations

from typing import Any

from boto3.dynamodb.types import TypeSerializer


def attribute(value: object) -> dict[str, Any]:
    return TypeSerializer().serialize(value)


def item(**values: object) -> dict[str, dict[str, Any]]:
    """An item of the values that are not None."""
    return {name: attribute(value) for name, value in values.items() if value is not None}
