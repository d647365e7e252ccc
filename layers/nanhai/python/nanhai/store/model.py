"""PynamoDB says what a table is (keys, attributes, indexes, conditions); our own bounded client makes the requests.

PynamoDB's transaction sorts actions by kind, so that a cancellation no longer tells which of them failed, and it brings
a second connection pool. Its models make the requests here, and nothing else (infra/decisions/0015).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import msgspec
from botocore.exceptions import ClientError
from pynamodb.attributes import Attribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.projection import create_projection_expression
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, Index
from pynamodb.models import Model

from nanhai.store.connection import client, table_name
from nanhai.store.wire import Item
from nanhai.store.words import Words, words

M = TypeVar("M", bound="Table")
Start = Item  # where a list goes on: the key of the last item seen
KeyPart = str | int


class Write(msgspec.Struct, frozen=True):
    """One action of a transaction; `label` names it when its condition fails."""

    label: str
    action: dict[str, Any]


class Table(Model):
    """Base of the models. `Meta.table_name` is the plain name; the deployment's prefix is put before it.

    A row is made and stored as by PynamoDB, without looking for defaults, discriminators and versions: none has any.
    """

    def __init__(
        self,
        hash_key: KeyPart | None = None,
        range_key: KeyPart | None = None,
        _user_instantiated: bool = True,
        **attributes: object,
    ) -> None:
        keys = {str(self._hash_keyname): hash_key, str(self._range_keyname): range_key}
        attributes |= {name: value for name, value in keys.items() if value is not None}
        if not attributes.keys() <= self.get_attributes().keys():
            raise TypeError(f"{self} has no {', '.join(sorted(attributes.keys() - self.get_attributes().keys()))}")
        self.attribute_values = attributes

    def serialize(self, null_check: bool = True) -> dict[str, dict[str, Any]]:
        stored = {}
        for name, attribute in self.get_attributes().items():
            value = self.attribute_values.get(name)
            told = None if value is None else attribute.serialize(value)
            if told is not None:
                stored[attribute.attr_name] = {attribute.attr_type: told}
            elif null_check and not attribute.null:
                raise TypeError(f"{self} needs {name}")
        return stored

    def __repr__(self) -> str:
        return type(self).__name__  # what is stored of people has no place in a log


class TableIndex(GlobalSecondaryIndex[M]):  # type: ignore[no-untyped-call]  # PynamoDB's hook has no types: here they are
    """Base of the models' indexes."""

    def __init_subclass__(cls, **how: object) -> None:
        super().__init_subclass__(**how)  # type: ignore[no-untyped-call]  # as above


def put(label: str, new: Table, condition: Condition | Words | None = None) -> Write:
    """A Put of the whole item; `label` names it when its condition fails."""
    return Write(label, {"Put": {"TableName": _name(type(new)), "Item": new.serialize(), **_worded(condition)}})


def update(label: str, of: Table, change: Sequence[Action] | Words, condition: Condition | None = None) -> Write:
    """An Update of the item with the keys of `of`: by actions, or by words that hold their condition too."""
    told = change if isinstance(change, dict) else words(condition, change)
    return Write(label, {"Update": {"TableName": _name(type(of)), "Key": _key(of), **told}})


def delete(label: str, of: Table, condition: Condition | None = None) -> Write:
    return Write(label, {"Delete": {"TableName": _name(type(of)), "Key": _key(of), **words(condition)}})


def update_item(
    of: Table, change: Sequence[Action] | Words, condition: Condition | None = None, returned: str = "NONE"
) -> Item | None:
    """Updates the item by a request of its own; the attributes that `returned` asks for, None when the condition does
    not hold."""
    told = update("", of, change, condition).action["Update"]
    try:
        answer: dict[str, Any] = client().update_item(**told, ReturnValues=returned)
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return None
    return dict(answer.get("Attributes", {}))


def delete_item(kind: type[Table], key: str, sort: KeyPart | None = None) -> None:
    """Deletes the item by a request of its own, whether or not it is there."""
    client().delete_item(**key_of(kind, key, sort))


def get(kind: type[M], key: str, sort: KeyPart | None = None) -> M | None:
    """The item, read consistently; None when there is none."""
    found = get_item(kind, key, sort)
    return None if found is None else read(kind, found)


def get_item(kind: type[Table], key: str, sort: KeyPart | None = None) -> Item | None:
    """The item as it is stored, whatever it is."""
    found: Item | None = client().get_item(**key_of(kind, key, sort), ConsistentRead=True).get("Item")
    return found


def read(kind: type[M], stored: Item) -> M:
    """The stored item as a row; KeyError when it lacks what it must have, which PynamoDB would read as None."""
    values = {}
    for name, attribute in kind.get_attributes().items():
        if attribute.attr_name in stored:
            values[name] = attribute.deserialize(attribute.get_value(stored[attribute.attr_name]))
        elif not attribute.null:
            raise KeyError(f"{kind.__name__} without {name}")
    return kind(**values)


def key_of(kind: type[Table], key: str, sort: KeyPart | None = None) -> dict[str, Any]:
    """TableName and Key of one item, as DynamoDB takes them."""
    told = zip(_key_attributes(kind), (key, sort), strict=False)
    return {"TableName": _name(kind), "Key": {part.attr_name: {part.attr_type: part.serialize(v)} for part, v in told}}


def query(
    kind: type[M],
    where: Condition,
    limit: int,
    *,
    start: Start | None = None,
    index: Index[Any] | None = None,
    only: Condition | None = None,
    newest_first: bool = False,
    consistent: bool = True,
) -> tuple[list[M], Start | None]:
    """A page of `limit` items at most, and where the next one begins. An index is never consistent."""
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    asked: dict[str, Any] = {
        "TableName": _name(kind),
        "KeyConditionExpression": where.serialize(names, values),
        "Limit": limit,
        "ScanIndexForward": not newest_first,
    }
    asked |= {} if only is None else {"FilterExpression": only.serialize(names, values)}
    asked |= {"ConsistentRead": consistent} if index is None else {"IndexName": index.Meta.index_name}
    found, end = _page(client().query, asked, names, values, start)
    return [read(kind, stored) for stored in found], end


def scan(
    kind: type[M], only: Condition, limit: int, *, segment: int, segments: int, start: Start | None = None
) -> tuple[list[M], Start | None]:
    """Of `limit` items in one of `segments` parallel segments of the table those that are `only` so, and where the
    next page begins. Nothing but what `kind` has is sent."""
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    asked: dict[str, Any] = {
        "TableName": _name(kind),
        "Segment": segment,
        "TotalSegments": segments,
        "FilterExpression": only.serialize(names, values),
        "ProjectionExpression": create_projection_expression([*kind.get_attributes().values()], names),
        "Limit": limit,
        "ConsistentRead": True,
    }
    found, end = _page(client().scan, asked, names, values, start)
    return [read(kind, stored) for stored in found], end


def _page(
    ask: Callable[..., Mapping[str, Any]],
    asked: Mapping[str, Any],
    names: Mapping[str, str],
    values: Mapping[str, Any],
    start: Start | None,
) -> tuple[list[Item], Start | None]:
    turned = {placeholder: name for name, placeholder in names.items()}
    begun = {} if start is None else {"ExclusiveStartKey": start}
    found = ask(**asked, **begun, ExpressionAttributeNames=turned, ExpressionAttributeValues=values)
    return found["Items"], found.get("LastEvaluatedKey")


def _worded(condition: Condition | Words | None) -> Words:
    return condition if isinstance(condition, dict) else words(condition)


def _name(kind: type[Table]) -> str:
    return table_name(kind.Meta.table_name)


def _key(of: Table) -> Item:
    return {
        part.attr_name: {part.attr_type: part.serialize(of.attribute_values[part.attr_name])}
        for part in _key_attributes(type(of))
    }


@cache
def _key_attributes(kind: type[Table]) -> list[Attribute[Any]]:
    """The hash key, then the range key where there is one."""
    keys = [part for part in kind.get_attributes().values() if part.is_hash_key or part.is_range_key]
    return sorted(keys, key=lambda part: part.is_range_key)
