"""Expressions as PynamoDB puts them into words: at each request, or once at import with gaps that requests fill.

Each time, it would take a fifth of the CPU of a whole request (measured: infra/decisions/0015), so the writes that
happen with every record, pass and scan are worded once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.expressions import condition as conditions
from pynamodb.expressions.condition import And, Condition
from pynamodb.expressions.operand import Value
from pynamodb.expressions.update import Action, Update
from pynamodb.expressions.util import get_value_placeholder

Words = dict[str, Any]  # the parameters of a request that hold expressions, their names and their values

size: Callable[[Attribute[Any]], Any] = conditions.size  # PynamoDB's own has no types


def all_of(*parts: Condition) -> Condition:
    return reduce(And, parts)


def words(condition: Condition | None, actions: Sequence[Action] = ()) -> Words:
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    told: Words = {} if condition is None else {"ConditionExpression": condition.serialize(names, values)}
    if actions:
        told["UpdateExpression"] = Update(*actions).serialize(names, values)
    if names:
        told["ExpressionAttributeNames"] = {placeholder: name for name, placeholder in names.items()}
    if values:
        told["ExpressionAttributeValues"] = values
    return told


class Gap(Value):
    """A value that comes later: it is told by its name, and stored as `of` stores it."""

    def __init__(self, name: str, of: Attribute[Any]) -> None:
        super(Value, self).__init__({of.attr_type: name})  # for what PynamoDB looks at; never sent
        self.name = name
        self.of = of
        self.attr_type = of.attr_type

    def _serialize_value(self, _: str, __: dict[str, str], expression_attribute_values: dict[str, Any]) -> str:
        return get_value_placeholder(self, expression_attribute_values)


def gap(name: str, of: Attribute[Any]) -> Any:  # noqa: ANN401 - stands for a value of whatever type `of` has
    return Gap(name, of)


class Prepared:
    """A condition and actions with gaps, worded once."""

    def __init__(self, condition: Condition | None, actions: Sequence[Action] = ()) -> None:
        self._words = words(condition, actions)
        values = self._words.pop("ExpressionAttributeValues")
        self._gaps = {placeholder: value for placeholder, value in values.items() if isinstance(value, Gap)}
        self._fixed = {placeholder: value for placeholder, value in values.items() if placeholder not in self._gaps}

    def __call__(self, **given: object) -> Words:
        """The words with every gap filled; KeyError for one that was forgotten."""
        filled = {place: {gap.attr_type: gap.of.serialize(given[gap.name])} for place, gap in self._gaps.items()}
        return {**self._words, "ExpressionAttributeValues": {**self._fixed, **filled}}
