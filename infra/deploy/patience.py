"""AWS says no in two ways that mean something else: not there any more, and not just now."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError

from infra.deploy.target import DeployFault

T = TypeVar("T")
ABSENT = frozenset({"ResourceNotFoundException", "NotFoundException", "NoSuchEntity", "NoSuchEntityException"})
BUSY = frozenset({"ResourceInUseException", "ResourceConflictException", "TooManyRequestsException"})
TRIES_MAX = 24
PAUSE_S = 5.0  # deleting an API is allowed once in thirty seconds


def patiently(call: Callable[[], T]) -> T:
    """The call's answer, asked again while AWS is busy with an earlier change."""
    for _ in range(TRIES_MAX - 1):
        try:
            return call()
        except ClientError as failed:
            if failed.response["Error"]["Code"] not in BUSY:
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
