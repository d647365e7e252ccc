"""What lies in the stage's tables, as its streams would tell it."""

from __future__ import annotations

from typing import Any

from nanhai.store import connection


def item(table: str, key: dict[str, Any]) -> dict[str, Any]:
    """KeyError when there is none."""
    found: dict[str, Any] = connection.client().get_item(TableName=connection.table_name(table), Key=key)["Item"]
    return found


def items(table: str) -> list[dict[str, Any]]:
    """All that a small table holds."""
    found: list[dict[str, Any]] = connection.client().scan(TableName=connection.table_name(table))["Items"]
    return found
