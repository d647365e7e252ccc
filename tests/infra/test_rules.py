"""Each of our own cfn-lint rules finds what it is for and nothing else; what we ship passes all of cfn-lint's."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from cfnlint.rules import RulesCollection

from infra import functions
from infra.deploy import templates
from infra.deploy.stages import Stage
from infra.deploy.target import Target
from infra.functions import ROOT
from infra.rules import resources
from tests.infra import sample

RULES = str(ROOT / "infra" / "rules")
OURS = RulesCollection()
OURS.create_from_directory(RULES)
QUEUE = {"Fn::GetAtt": ["WorkFailures", "Arn"]}
STREAM = {
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
    "BisectBatchOnFunctionError": True,
    "MaximumRetryAttempts": 8,
    "MaximumRecordAgeInSeconds": 3_600,
    "DestinationConfig": {"OnFailure": {"Destination": QUEUE}},
}
FROM_STREAM = {"Stream": "arn:aws:dynamodb:ap-east-1:000000000000:table/t/stream/s", "StartingPosition": "TRIM_HORIZON"}
SCHEDULED = {"MaximumRetryAttempts": 1, "DestinationConfig": {"OnFailure": {"Type": "SQS", "Destination": QUEUE}}}


def found(template: dict, rule: str) -> list[str]:
    return [match.message for match in lint(json.dumps(template), OURS, ["ap-east-1"]) if match.rule.id == rule]


def template(**more: dict) -> dict:
    """A good one: a function with a log group, a queue of work with a dead-letter queue."""
    work = {"Fn::GetAtt": ["Work", "Arn"]}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "Job": {
                "Type": "AWS::Serverless::Function",
                "Properties": {
                    "Runtime": "python3.13",
                    "Handler": "app.job",
                    "CodeUri": "./job.zip",
                    "EventInvokeConfig": SCHEDULED,
                    "Events": {
                        "FromStream": {"Type": "DynamoDB", "Properties": FROM_STREAM | copy.deepcopy(STREAM)},
                        "FromQueue": {
                            "Type": "SQS",
                            "Properties": {"Queue": work, "FunctionResponseTypes": ["ReportBatchItemFailures"]},
                        },
                        "Hourly": {"Type": "Schedule", "Properties": {"Schedule": "rate(1 hour)"}},
                    },
                },
            },
            "JobLogs": {
                "Type": "AWS::Logs::LogGroup",
                "DeletionPolicy": "Retain",
                "UpdateReplacePolicy": "Retain",
                "Properties": {"LogGroupName": {"Fn::Sub": "/aws/lambda/${Job}"}, "RetentionInDays": 30},
            },
            "WorkFailures": queue({}),
            "Work": queue({"RedrivePolicy": {"deadLetterTargetArn": QUEUE, "maxReceiveCount": 3}}),
            **more,
        },
    }


def queue(properties: dict) -> dict:
    return {
        "Type": "AWS::SQS::Queue",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": properties,
    }


def policy(statement: dict) -> dict:
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {
        "Type": "AWS::IAM::Policy",
        "Properties": {"PolicyName": "p", "Roles": ["r"], "PolicyDocument": document},
    }


@pytest.mark.parametrize("rule", ["E9801", "E9802", "E9803"])
def test_a_good_template_passes(rule):
    allowed = policy({"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE})
    assert found(template(Allowed=allowed), rule) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"FunctionResponseTypes": []}, "FunctionResponseTypes lacks ReportBatchItemFailures"),
        ({"FunctionResponseTypes": None}, "FunctionResponseTypes lacks ReportBatchItemFailures"),
        ({"BisectBatchOnFunctionError": False}, "BisectBatchOnFunctionError is not true"),
        ({"BisectBatchOnFunctionError": None}, "BisectBatchOnFunctionError is not true"),
        ({"MaximumRetryAttempts": -1}, "MaximumRetryAttempts is not finite"),
        ({"MaximumRetryAttempts": None}, "MaximumRetryAttempts is not finite"),
        ({"MaximumRecordAgeInSeconds": -1}, "MaximumRecordAgeInSeconds is not finite"),
        ({"MaximumRecordAgeInSeconds": None}, "MaximumRecordAgeInSeconds is not finite"),
        ({"DestinationConfig": None}, "DestinationConfig names no OnFailure destination"),
        ({"DestinationConfig": {"OnFailure": {}}}, "DestinationConfig names no OnFailure destination"),
    ],
)
@pytest.mark.parametrize("kind", ["AWS::Serverless::Function", "AWS::Lambda::EventSourceMapping"])
def test_a_stream_that_may_stop_or_lose_is_found(kind, change, said):
    told = {key: value for key, value in {**FROM_STREAM, **STREAM, **change}.items() if value is not None}
    made = template()
    if kind == "AWS::Serverless::Function":
        made["Resources"]["Job"]["Properties"]["Events"]["FromStream"]["Properties"] = told
    else:
        told = {"EventSourceArn": told.pop("Stream"), "FunctionName": "job", **told}
        made["Resources"]["Source"] = {"Type": kind, "Properties": told}
    name = "Job" if kind == "AWS::Serverless::Function" else "Source"
    assert found(made, "E9801") == [f"{name}: {said}"]


@pytest.mark.parametrize(
    ("event", "properties", "said"),
    [
        ("FromQueue", {"Queue": QUEUE}, ["Job: FunctionResponseTypes lacks ReportBatchItemFailures"]),
        ("FromStream", FROM_STREAM | STREAM, []),
    ],
)
def test_an_event_source_is_judged_by_its_kind(event, properties, said):
    made = template()
    made["Resources"]["Job"]["Properties"]["Events"][event]["Properties"] = properties
    assert found(made, "E9801") == said


@pytest.mark.parametrize(
    ("invoke", "said"),
    [
        (
            None,
            [
                "DestinationConfig names no OnFailure destination",
                "MaximumRetryAttempts of EventInvokeConfig is not set",
            ],
        ),
        ({"MaximumRetryAttempts": 1}, ["DestinationConfig names no OnFailure destination"]),
        (
            {"DestinationConfig": SCHEDULED["DestinationConfig"]},
            ["MaximumRetryAttempts of EventInvokeConfig is not set"],
        ),
        (SCHEDULED | {"MaximumRetryAttempts": 0}, []),
    ],
)
def test_a_schedule_whose_failures_vanish_is_found(invoke, said):
    made = template()
    made["Resources"]["Job"]["Properties"].pop("EventInvokeConfig")
    if invoke is not None:
        made["Resources"]["Job"]["Properties"]["EventInvokeConfig"] = invoke
    assert found(made, "E9801") == [f"Job: {what}" for what in said]


def test_a_queue_whose_poison_goes_round_for_ever_is_found():
    (said,) = found(template(Orders=queue({})), "E9801")
    assert said.startswith("Orders: the queue has no dead-letter queue")


def test_a_log_group_that_keeps_for_ever_is_found():
    made = template()
    del made["Resources"]["JobLogs"]["Properties"]["RetentionInDays"]
    assert found(made, "E9802") == ["log group JobLogs keeps for ever: RetentionInDays is not set"]


@pytest.mark.parametrize("name", ["/aws/lambda/other", {"Fn::Sub": "/aws/lambda/${Other}"}, {"Ref": "Job"}])
def test_a_function_without_a_log_group_of_its_own_is_found(name):
    made = template()
    made["Resources"]["JobLogs"]["Properties"]["LogGroupName"] = name
    assert found(made, "E9802") == ["function Job has no log group /aws/lambda/${Job}"]


TABLE = "arn:aws:dynamodb:ap-east-1:000000000000:table"
SUB = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table"
WILD = [
    "*",
    f"{TABLE}/*",
    f"{TABLE}/nanhai-*",
    f"{TABLE}/*/index/*",
    f"{TABLE}/nanhai*/index/*",
    "arn:aws:sqs:ap-east-1:000000000000:*",
    "arn:aws:sqs:*:000000000000:work",
    "arn:*:sqs:ap-east-1:000000000000:work",
    "arn:aws:s3:::*",
    "arn:aws:s3:::bucket*",
    "arn:aws-cn:s3:::*/*",
]
NAMED = [
    f"{TABLE}/nanhai-prod-people",
    f"{TABLE}/nanhai-prod-people/index/*",
    f"{TABLE}/nanhai-prod-people/stream/*",
    "arn:aws:logs:ap-east-1:000000000000:log-group:/aws/lambda/job:*",
    "arn:aws:s3:::bucket/*",
    "arn:aws-cn:s3:::bucket/*",
]


@pytest.mark.parametrize("arn", WILD)
def test_a_name_that_leaves_open_which_resource_is_wild(arn):
    assert resources.is_wild(arn)


@pytest.mark.parametrize("arn", NAMED)
def test_a_name_of_what_lies_under_one_resource_is_not_wild(arn):
    assert not resources.is_wild(arn)


@pytest.mark.parametrize(
    ("told", "count"),
    [
        ("*", 1),
        (["*", f"{TABLE}/t"], 1),
        ({"Fn::Sub": f"{SUB}/*"}, 1),
        ({"Fn::Sub": [f"{SUB}/${{Name}}-*", {"Name": "n"}]}, 1),
        ({"Fn::Join": ["", ["arn:aws:sqs:ap-east-1:", {"Ref": "AWS::AccountId"}, ":*"]]}, 1),
        ({"Fn::Sub": f"{SUB}/t/index/*"}, 0),
        ({"Fn::Join": ["", [TABLE, "/t/index/*"]]}, 0),
        (QUEUE, 0),
    ],
)
def test_an_allowed_wildcard_resource_is_found(told, count):
    allowed = policy({"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": told})
    assert len(found(template(Allowed=allowed), "E9803")) == count


def test_a_denied_wildcard_is_no_fault():
    denied = policy({"Effect": "Deny", "Action": "*", "Resource": "*"})
    assert found(template(Denied=denied), "E9803") == []


@pytest.mark.parametrize(("action", "count"), [("sns:Publish", 0), ("sns:Subscribe", 1), (["sns:Publish", "s3:*"], 1)])
def test_everything_but_is_for_messages_to_phones_alone(action, count):
    statement = {"Effect": "Allow", "Action": action, "NotResource": "arn:aws:sns:ap-east-1:000000000000:topic"}
    assert len(found(template(Allowed=policy(statement)), "E9803")) == count


def test_a_functions_own_policy_is_looked_into():
    made = template()
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    made["Resources"]["Job"]["Properties"]["Policies"] = [{"Version": "2012-10-17", "Statement": [statement]}]
    assert found(made, "E9803") == ["Job: wildcard resource *"]


def test_a_keys_own_policy_may_say_star():
    statement = {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "kms:*", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    key = {
        "Type": "AWS::KMS::Key",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"KeyPolicy": document},
    }
    assert found(template(Key=key), "E9803") == []


def faults(path: Path) -> list[str]:
    matches = lint(path.read_text("utf-8"), config=ManualArgs(append_rules=[RULES], regions=["ap-east-1"]))
    return [f"{match.rule.id} {match.message}" for match in matches]


def test_the_foundation_has_no_fault():
    assert faults(ROOT / "infra" / "template.yaml") == []


@pytest.mark.parametrize("function", functions.load(), ids=lambda function: function.name)
def test_a_packaged_function_has_no_fault(function, tmp_path):
    sources = sample.write(tmp_path / "functions")
    target = Target(
        Stage("prod", *["https://register.example.gov.cn"] * 2), "ap-east-1", print, sources=sources, build=tmp_path
    )
    folder = templates.one(target, function, tmp_path / "out")
    assert faults(folder / "sam.json") == []
