"""Lambda makes a log group that keeps everything for ever, unless one is there."""

from __future__ import annotations

import json
from collections.abc import Iterator

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

FUNCTIONS = ("AWS::Serverless::Function", "AWS::Lambda::Function")


class LogsEnd(CloudFormationLintRule):  # type: ignore[misc] # cfnlint has no types
    id = "E9802"
    shortdesc = "Every function has a log group, and every log group a retention"
    description = "A log group is declared for each function in the template, and each says how long it keeps."
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html"
    tags = ("lambda", "logs")

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [RuleMatch(["Resources", name], what) for name, what in (*_endless(cfn), *_groupless(cfn))]


def _endless(cfn: Template) -> Iterator[tuple[str, str]]:
    for name, resource in cfn.get_resources("AWS::Logs::LogGroup").items():
        if not resource.get("Properties", {}).get("RetentionInDays"):
            yield name, f"log group {name} keeps for ever: RetentionInDays is not set"


def _groupless(cfn: Template) -> Iterator[tuple[str, str]]:
    groups = cfn.get_resources("AWS::Logs::LogGroup").values()
    names = [json.dumps(group.get("Properties", {}).get("LogGroupName")) for group in groups]
    for kind in FUNCTIONS:
        for name in cfn.get_resources(kind):
            if not any(f"/aws/lambda/${{{name}}}" in group for group in names):
                yield name, f"function {name} has no log group /aws/lambda/${{{name}}}"
