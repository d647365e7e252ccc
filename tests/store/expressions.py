"""What a request names: its expressions' attributes, its tables and its indexes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

from infra.local.tables import definitions

RESERVED = frozenset(word.upper() for word in ReservedKeywords.get_reserved_keywords())  # AWS's list
GRAMMAR = frozenset(["SET", "ADD", "REMOVE", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN"])
FUNCTIONS = frozenset(
    {
        *("attribute_exists", "attribute_not_exists", "attribute_type"),
        *("begins_with", "contains", "size", "if_not_exists", "list_append"),
    }
)
BARE = re.compile(r"(?<![\w:#])[A-Za-z_]\w*")


def bare_names(expression: str) -> set[str]:
    """The attributes that an expression names without an alias."""
    words = set(BARE.findall(expression)) - FUNCTIONS
    return {word for word in words if word.upper() not in GRAMMAR or not word.isupper()}


def unaliased_reserved(expression: str) -> set[str]:
    return {name for name in bare_names(expression) if name.upper() in RESERVED}


def requested(params: object) -> Iterator[tuple[str, str]]:
    """Every (parameter, text) of a request, at any depth, attribute values left out."""
    if isinstance(params, Mapping):
        for name, value in params.items():
            if isinstance(value, str):
                yield name, value
            elif name not in {"Item", "Key", "ExpressionAttributeValues", "ExclusiveStartKey"}:
                yield from requested(value)
    elif isinstance(params, list):
        for value in params:
            yield from requested(value)


def wrong_in(params: Mapping[str, Any], prefix: str) -> set[str]:
    """What DynamoDB would refuse of a request although an engine may take it."""
    wrong: set[str] = set()
    tables = [value.removeprefix(prefix) for name, value in requested(params) if name == "TableName"]
    tables += [name.removeprefix(prefix) for name in params.get("RequestItems", ())]
    for name, value in requested(params):
        if name.endswith("Expression"):
            wrong |= {f"reserved word {word}" for word in unaliased_reserved(value)}
    wrong |= {f"no table {table}" for table in tables if table not in definitions()}
    if (index := params.get("IndexName")) is not None:
        known = {one["IndexName"] for one in definitions()[tables[0]].get("GlobalSecondaryIndexes", ())}
        wrong |= set() if index in known else {f"no index {index}"}
    return wrong
