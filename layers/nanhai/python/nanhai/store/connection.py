"""One bounded DynamoDB client per process, the names of the tables, and the base of the models."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from botocore.config import Config
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

    return boto3.client("dynamodb", config=_config())


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
