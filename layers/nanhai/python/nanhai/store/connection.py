"""One bounded DynamoDB client per process, the names of the tables, and the base of the models."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError
from pynamodb.models import Model

CONNECT_TIMEOUT_S = 1
READ_TIMEOUT_S = 3
ATTEMPTS = 3
CONNECTIONS_MAX = 64


def table_name(table: str) -> str:
    """The full name of a table in this deployment."""
    return os.environ["NANHAI_TABLE_PREFIX"] + table


@cache
def client() -> Any:  # noqa: ANN401 - botocore builds its clients at run time
    """The low-level client; endpoint, region and credentials come from the standard AWS variables."""
    import boto3

    made = boto3.client("dynamodb", config=_config())
    made.meta.events.register("after-call.dynamodb", _whole)
    return made


def _whole(http_response: AWSResponse, **_: object) -> None:
    """An answer that was cut on its way is none: botocore reads it as an empty one, as if the item were not there."""
    told = http_response.headers.get("content-length")
    if told is not None and int(told) != len(http_response.content):
        raise ConnectionClosedError(endpoint_url=http_response.url)


def _config() -> Config:
    return Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        max_pool_connections=CONNECTIONS_MAX,
    )


class Table(Model):
    """Base of the PynamoDB models: `table` names the table, the environment says which deployment's."""


def reset() -> None:
    """Forget the client: the environment has changed."""
    client.cache_clear()
