"""A policy names what it gives access to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

NAMELESS = frozenset({"sns:Publish"})  # to a phone, which has no ARN: all that have one are excluded instead
PARAMETER = re.compile(r"\$\{[^}]*\}")
OWN = "AWS::KMS::Key"  # in a key's own policy "*" means that key and cannot be said otherwise


class ResourcesAreNamed(CloudFormationLintRule):  # type: ignore[misc] # cfnlint has no types
    id = "E9803"
    shortdesc = "No policy allows a wildcard resource"
    description = (
        "Every Allow names its resources; a wildcard stands at the end only, for what lies under one that is named."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"
    tags = ("iam",)

    def match(self, cfn: Template) -> list[RuleMatch]:
        found = (
            ([name, "Properties", *where], what)
            for name, resource in cfn.template.get("Resources", {}).items()
            if resource.get("Type") != OWN
            for where, what in _walk(resource.get("Properties", {}), [])
        )
        return [RuleMatch(["Resources", *where], f"{where[0]}: {what}") for where, what in found]


def faults(statement: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with one statement."""
    if statement.get("Effect") != "Allow":
        return
    if "NotResource" in statement and not NAMELESS.issuperset(_list(statement.get("Action"))):
        yield "NotResource allows everything else"
    for resource in _list(statement.get("Resource")):
        if isinstance(resource, str) and is_wild(resource):
            yield f"wildcard resource {resource}"
        if isinstance(resource, Mapping) and is_wild(_pattern(resource)):
            yield f"wildcard resource {_pattern(resource)}"


def is_wild(arn: str) -> bool:
    """Whether `arn` leaves open which resource: `table/x/index/*` does not, `table/*` does."""
    arn = PARAMETER.sub("x", arn)
    if "*" not in arn:
        return False
    if arn.count("*") > 1 or not arn.endswith(("/*", ":*")) or arn.count(":") < 5:
        return True
    *_, service, _, _, resource = arn.split(":", 5)
    name = resource[:-2]
    return not name if service == "s3" else not any(mark in name for mark in "/:")


def _walk(value: object, where: list[str]) -> Iterator[tuple[list[str], str]]:
    if isinstance(value, Mapping):
        if "Effect" in value:
            yield from ((where, what) for what in faults(value))
        for key, item in value.items():
            yield from _walk(item, [*where, key])
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, [*where, index])  # type: ignore[list-item] # a path holds numbers too


def _pattern(resource: Mapping[str, Any]) -> str:
    """What `Fn::Sub` or `Fn::Join` makes; an `x` for what is only known later."""
    if "Fn::Join" in resource:
        return "".join(part if isinstance(part, str) else "x" for part in resource["Fn::Join"][1])
    told = resource.get("Fn::Sub", "")
    return str(told[0] if isinstance(told, list) else told)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
