"""PynamoDB says what a table is (keys, attributes, indexes, conditions); our own bounded client makes the requests.

PynamoDB's transaction sorts actions by kind, so that a cancellation no longer tells which of them failed, and it brings
a second connection pool. Its models make the requests here, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import Index
from pynamodb.models import Model

from nanhai.store.connection import client, table_name
from nanhai.store.writes import Write

M = TypeVar("M", bound="Table")
Start = dict[str, Any]  # where a list goes on: the key of the last item seen
KeyPart = str | int


class Table(Model):
    """Base of the models. `Meta.table_name` is the plain name; the deployment's prefix is put before it."""


def put(label: str, new: Table, condition: Condition | None = None) -> Write:
    """A Put of the whole item; `label` names it when its condition fails."""
    return Write(label, {"Put": _named(new.get_save_kwargs_from_instance(condition=condition))})


def update(label: str, of: Table, actions: Sequence[Action], condition: Condition | None = None) -> Write:
    """An Update of the item with the keys of `of`."""
    told = of.get_update_kwargs_from_instance(actions=list(actions), condition=condition)
    return Write(label, {"Update": _named(told)})


def delete(label: str, of: Table, condition: Condition | None = None) -> Write:
    return Write(label, {"Delete": _named(of.get_delete_kwargs_from_instance(condition=condition))})


def get(kind: type[M], key: str, sort: KeyPart | None = None) -> M | None:
    """The item, read consistently; None when there is none."""
    found = client().get_item(**key_of(kind, key, sort), ConsistentRead=True).get("Item")
    return None if found is None else kind.from_raw_data(found)


def key_of(kind: type[Table], key: str, sort: KeyPart | None = None) -> dict[str, Any]:
    """TableName and Key of one item, as DynamoDB takes them."""
    return _named(kind.get_operation_kwargs_from_class(key, range_key=sort))


def query(
    kind: type[M],
    where: Condition,
    limit: int,
    *,
    start: Start | None = None,
    index: Index[Any] | None = None,
    only: Condition | None = None,
    newest_first: bool = False,
) -> tuple[list[M], Start | None]:
    """A page of `limit` items at most, and where the next one begins. Consistent, but for an index."""
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    asked: dict[str, Any] = {
        "TableName": table_name(str(kind.Meta.table_name)),
        "KeyConditionExpression": where.serialize(names, values),
        "Limit": limit,
        "ScanIndexForward": not newest_first,
    }
    asked |= {} if only is None else {"FilterExpression": only.serialize(names, values)}
    asked |= {"ConsistentRead": True} if index is None else {"IndexName": index.Meta.index_name}
    asked |= {} if start is None else {"ExclusiveStartKey": start}
    turned = {placeholder: name for name, placeholder in names.items()}
    page = client().query(**asked, ExpressionAttributeNames=turned, ExpressionAttributeValues=values)
    return [kind.from_raw_data(found) for found in page["Items"]], page.get("LastEvaluatedKey")


def _named(told: Mapping[str, Any]) -> dict[str, Any]:
    """The request for this deployment's table."""
    return {**told, "TableName": table_name(told["TableName"])}
