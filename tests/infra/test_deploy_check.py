"""The deployment's proof says what it found, one line a step, and ends at the first that does not hold."""

from __future__ import annotations

import re

import pytest

from infra import moto_buckets
from infra.deploy_check import events, leftovers
from infra.deploy_check.report import CheckFailed, Report, expect

LINE = re.compile(r"(ok|FAILED) +\d+\.\d s  (.*)")


def lines(capsys):
    return [LINE.fullmatch(line).groups() for line in capsys.readouterr().out.splitlines()]


def test_a_step_that_holds_is_a_line_with_what_it_found(capsys):
    report = Report()
    with report.step("deployed") as added:
        added += ["five apps", "eleven functions"]
    report.end()
    assert lines(capsys) == [
        ("ok", "deployed, five apps, eleven functions"),
        ("ok", "deploy-check: all 1 steps hold"),
    ]


def test_a_step_that_finds_something_else_says_both_and_ends_the_run(capsys):
    with pytest.raises(CheckFailed), Report().step("redeployed"):
        expect(("app portal",), (), "steps")
    assert lines(capsys) == [("FAILED", "redeployed: steps: ('app portal',), expected ()")]


def test_a_step_that_breaks_says_what_broke_and_where(capsys):
    with pytest.raises(CheckFailed), Report().step("deleted"):
        raise LookupError("no stack")
    ((mark, text),) = lines(capsys)
    assert mark == "FAILED"
    assert re.fullmatch(r"deleted: LookupError: no stack \(test_deploy_check\.py:\d+\)", text)


def test_a_table_has_words_to_the_left_and_figures_to_the_right(capsys):
    Report().table("sizes", [("app portal", "9 bytes"), ("layer", "1,000 bytes")])
    assert capsys.readouterr().out == "\nsizes\n  app portal      9 bytes\n  layer       1,000 bytes\n\n"


class Client:
    """Answers every listing with one page of names."""

    def __init__(self, names):
        self.names = names

    def can_paginate(self, verb):
        return verb != "list_queues"

    def get_paginator(self, verb):
        return self

    def paginate(self):
        rows = [{"TableName": name, "FunctionName": name} for name in self.names]
        return [{"TableNames": self.names, "Functions": rows}]

    def __getattr__(self, verb):
        return dict


def test_what_is_left_is_known_by_the_stage_in_its_name():
    names = ["nanhai-check-people", "nanhai-checked-people", "nanhai-prod-people", "nanhai-passes-check"]
    found = leftovers.left(lambda service: Client(names), "check")
    assert found == {
        "tables": {"nanhai-check-people", "nanhai-passes-check"},
        "functions": {"nanhai-check-people", "nanhai-passes-check"},
    }


def test_an_answer_is_read_as_api_gateway_would_send_it_on():
    result = {
        "statusCode": 200,
        "headers": {"Content-Type": "text/plain"},
        "multiValueHeaders": {"Vary": ["accept"]},
        "body": "aGVsbG8=",
        "isBase64Encoded": True,
    }
    answer = events.answer(result)
    assert (answer.status, answer.body) == (200, "hello")
    assert answer.headers == {"content-type": "text/plain", "vary": "accept"}


def test_a_bucket_of_a_stack_tells_the_queues_that_its_template_names():
    rules = [{"Name": "suffix", "Value": ".csv"}]
    one = {"Event": "s3:ObjectCreated:*", "Queue": "arn:q", "Filter": {"S3Key": {"Rules": rules}}}
    wanted = {"Queue": "arn:q", "Event": ["s3:ObjectCreated:*"], "Filter": {"S3Key": {"FilterRule": rules}}}
    assert moto_buckets.as_s3_has_it({"QueueConfigurations": [one]}) == {"QueueConfiguration": [wanted]}
    assert moto_buckets.as_s3_has_it({}) == {}


def test_a_message_comes_from_the_queue_that_is_named():
    message = {"MessageId": "1", "ReceiptHandle": "r", "Body": "{}", "MD5OfBody": "m"}
    (record,) = events.queue("ingest", message)["Records"]
    assert (record["eventSourceARN"].rsplit(":", 1)[-1], record["body"]) == ("nanhai-check-ingest", "{}")
