"""Who consumes what, as the apps declare it, with the failure queues of infra/functions.yaml."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import (
    BaseEventSourceConfig,
    DynamoDBEventConfig,
    ScheduledEventConfig,
    ScheduleExpression,
    SQSEventConfig,
)

from infra import functions
from infra.local.apps import SharedChalice
from infra.local.context import Context
from infra.local.queues import PREFIX

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Consumer:
    """One Lambda function without HTTP. `failures` names the queue for what it could not do."""

    name: str
    time_limit_s: float
    failures: str
    call: Callable[[Event, Context], Any]

    def __call__(self, event: Event) -> Any:  # noqa: ANN401 - each kind of function answers its own way
        return self.call(event, Context(self.name, self.time_limit_s))


@dataclass(frozen=True, slots=True)
class StreamConsumer:
    consumer: Consumer
    stream_arn: str
    batch_size: int


@dataclass(frozen=True, slots=True)
class QueueConsumer:
    consumer: Consumer
    queue: str
    batch_size: int


@dataclass(frozen=True, slots=True)
class ScheduleConsumer:
    consumer: Consumer
    expression: str


def streams(apps: Mapping[str, SharedChalice]) -> list[StreamConsumer]:
    return [
        StreamConsumer(consumer, source.stream_arn, source.batch_size)
        for consumer, source in _all(apps)
        if isinstance(source, DynamoDBEventConfig)
    ]


def queues(apps: Mapping[str, SharedChalice]) -> list[QueueConsumer]:
    return [
        QueueConsumer(consumer, (source.queue or source.queue_arn or "").rsplit(":", 1)[-1], source.batch_size)
        for consumer, source in _all(apps)
        if isinstance(source, SQSEventConfig)
    ]


def schedules(apps: Mapping[str, SharedChalice]) -> list[ScheduleConsumer]:
    return [
        ScheduleConsumer(consumer, _text(source.schedule_expression))
        for consumer, source in _all(apps)
        if isinstance(source, ScheduledEventConfig)
    ]


def _all(apps: Mapping[str, SharedChalice]) -> Iterator[tuple[Consumer, BaseEventSourceConfig]]:
    known = {function.name: function for function in functions.load()}
    for name, app in apps.items():
        handlers = {handler.name: handler for handler in known[name].handlers} if name in known else {}
        for source in app.event_sources:
            told = handlers.get(source.name)
            failures = f"{PREFIX}{told.failures or told.queue}-failures" if told else f"{PREFIX}{source.name}-failures"
            time_limit_s = told.timeout_s if told else functions.HTTP_TIMEOUT_S
            yield Consumer(source.name, time_limit_s, failures, app.handler_map[source.name]), source


def _text(expression: str | ScheduleExpression) -> str:
    return expression if isinstance(expression, str) else expression.to_string()
