"""AWS says no in ways that mean something else: not there any more, not just now, and not everywhere known yet."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError

from infra.deploy.target import DeployFault

T = TypeVar("T")
ABSENT = frozenset(
    {"ResourceNotFoundException", "NotFoundException", "NoSuchEntity", "NoSuchEntityException", "NoSuchBucket"}
)
BUSY = frozenset({"ResourceInUseException", "ResourceConflictException", "TooManyRequestsException"})
NEW_ROLE = "execution role"  # what IAM just gave a role takes seconds to reach Lambda, which calls it a wrong value
TRIES_MAX = 24
PAUSE_S = 5.0  # deleting an API is allowed once in thirty seconds


def patiently(call: Callable[[], T]) -> T:
    """The call's answer, asked again while AWS is busy with an earlier change; DeployFault when it stays so."""
    for _ in range(TRIES_MAX - 1):
        try:
            return call()
        except ClientError as failed:
            if not _passes(failed):
                raise
            time.sleep(PAUSE_S)
    try:
        return call()
    except ClientError as failed:
        raise DeployFault(f"AWS stays busy, run again later: {failed}") from failed


def unless_absent(call: Callable[[], T]) -> T | None:
    """The call's answer, or None when what it is about is not there."""
    try:
        return patiently(call)
    except ClientError as failed:
        if failed.response["Error"]["Code"] in ABSENT:
            return None
        raise


def _passes(failed: ClientError) -> bool:
    """Whether waiting helps."""
    error = failed.response["Error"]
    new_role = error["Code"] == "InvalidParameterValueException" and NEW_ROLE in error.get("Message", "")
    return new_role or error["Code"] in BUSY
