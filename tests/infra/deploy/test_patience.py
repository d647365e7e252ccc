"""What AWS says no to is waited for, taken for done, or raised: by its code."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from infra.deploy import patience
from infra.deploy.patience import patiently, unless_absent
from infra.deploy.smoke import address, check
from infra.deploy.stages import Stage
from infra.deploy.target import DeployFault, Target

NEW_ROLE = "The provided execution role does not have permissions to call SendMessage on SQS"


def refusal(code, message=""):
    return ClientError({"Error": {"Code": code, "Message": message}}, "Call")


def call(*answers):
    """Raises or gives one answer after the other."""
    left = list(answers)

    def ask():
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ask


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(patience, "PAUSE_S", 0)
    monkeypatch.setattr("infra.deploy.smoke.PAUSE_S", 0)


@pytest.mark.parametrize(
    "busy",
    [
        refusal("ResourceInUseException"),
        refusal("ResourceConflictException"),
        refusal("TooManyRequestsException"),
        refusal("InvalidParameterValueException", NEW_ROLE),
    ],
)
def test_a_busy_aws_is_asked_again(busy):
    assert patiently(call(busy, busy, "done")) == "done"


@pytest.mark.parametrize(
    "wrong", [refusal("AccessDeniedException"), refusal("InvalidParameterValueException", "no such runtime")]
)
def test_a_real_no_is_raised_at_once(wrong):
    with pytest.raises(ClientError):
        patiently(call(wrong, "never asked"))


def test_an_aws_that_stays_busy_is_told_in_one_line():
    with pytest.raises(DeployFault, match="AWS stays busy, run again later"):
        patiently(call(*[refusal("TooManyRequestsException")] * patience.TRIES_MAX))


@pytest.mark.parametrize("code", sorted(patience.ABSENT))
def test_what_is_not_there_needs_no_deleting(code):
    assert unless_absent(call(refusal(code))) is None


def test_what_cannot_be_deleted_is_raised():
    with pytest.raises(ClientError):
        unless_absent(call(refusal("AccessDeniedException")))


def test_a_smoke_check_waits_until_the_new_stage_answers():
    check("https://pass.invalid", lambda url, statuses=[0, 503, 200]: statuses.pop(0))


@pytest.mark.parametrize(
    ("stage", "region", "url"),
    [
        ({}, "ap-east-1", "https://abc.execute-api.ap-east-1.amazonaws.com/prod/configuration"),
        ({}, "cn-north-1", "https://abc.execute-api.cn-north-1.amazonaws.com.cn/prod/configuration"),
        (
            {"domain": "pass.example.cn", "certificate": "arn:aws:acm:…"},
            "ap-east-1",
            "https://pass.example.cn/portal/configuration",
        ),
    ],
)
def test_the_smoke_check_asks_where_the_public_would(stage, region, url):
    target = Target(Stage("prod", *["https://register.example.gov.cn"] * 2, **stage), region, print)
    assert address(target, "abc") == url
