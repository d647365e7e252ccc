"""What a consumer cannot do must not stop its stream, vanish, or be tried for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

STREAMS = frozenset({"DynamoDB", "Kinesis"})
FINITE = ("MaximumRetryAttempts", "MaximumRecordAgeInSeconds")


class EventSourcesFailSafely(CloudFormationLintRule):  # type: ignore[misc] # cfnlint has no types
    id = "E9801"
    shortdesc = "An event source has a failure destination, bisects and retries finitely"
    description = (
        "A stream reports partial batches, bisects, retries and ages finitely and sends what is left to a queue; a "
        "queue's consumer reports partial batches; a scheduled function has a destination for what failed; a queue "
        "has a dead-letter queue or is one."
    )
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-errors.html"
    tags = ("lambda", "sqs")

    def match(self, cfn: Template) -> list[RuleMatch]:
        found = [*_functions(cfn), *_mappings(cfn), *_queues(cfn)]
        return [RuleMatch(["Resources", *where], f"{where[0]}: {what}") for where, what in found]


Finding = tuple[list[str], str]


def _functions(cfn: Template) -> Iterator[Finding]:
    for name, resource in cfn.get_resources("AWS::Serverless::Function").items():
        properties = resource.get("Properties", {})
        for event, told in (properties.get("Events") or {}).items():
            where = [name, "Properties", "Events", event]
            yield from ((where, what) for what in _event(told, properties))


def _event(told: Mapping[str, Any], function: Mapping[str, Any]) -> Iterator[str]:
    properties = told.get("Properties", {})
    if told.get("Type") in STREAMS:
        yield from _stream(properties)
    elif told.get("Type") == "SQS":
        yield from _partial(properties)
    elif told.get("Type") in {"Schedule", "ScheduleV2"}:
        yield from _destination(function.get("EventInvokeConfig", {}))
        if function.get("EventInvokeConfig", {}).get("MaximumRetryAttempts") is None:
            yield "MaximumRetryAttempts of EventInvokeConfig is not set"


def _mappings(cfn: Template) -> Iterator[Finding]:
    for name, resource in cfn.get_resources("AWS::Lambda::EventSourceMapping").items():
        properties = resource.get("Properties", {})
        faults = _stream(properties) if "StartingPosition" in properties else _partial(properties)
        yield from (([name, "Properties"], what) for what in faults)


def _stream(properties: Mapping[str, Any]) -> Iterator[str]:
    yield from _partial(properties)
    yield from _destination(properties)
    if properties.get("BisectBatchOnFunctionError") is not True:
        yield "BisectBatchOnFunctionError is not true"
    for limit in FINITE:
        if not isinstance(properties.get(limit), int) or properties[limit] < 0:
            yield f"{limit} is not finite"


def _partial(properties: Mapping[str, Any]) -> Iterator[str]:
    if "ReportBatchItemFailures" not in properties.get("FunctionResponseTypes", ()):
        yield "FunctionResponseTypes lacks ReportBatchItemFailures"


def _destination(properties: Mapping[str, Any]) -> Iterator[str]:
    if not properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"):
        yield "DestinationConfig names no OnFailure destination"


def _queues(cfn: Template) -> Iterator[Finding]:
    """A queue that others fall into is named for it."""
    for name, resource in cfn.get_resources("AWS::SQS::Queue").items():
        if not name.endswith("Failures") and "RedrivePolicy" not in resource.get("Properties", {}):
            yield [name, "Properties"], "the queue has no dead-letter queue (RedrivePolicy) and is not one (…Failures)"
