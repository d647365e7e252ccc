"""One bounded way to DynamoDB per process, and the names of the tables."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ConnectionClosedError, NoCredentialsError, NoRegionError
from msgspec.structs import replace

from nanhai.store.transport import Bounds, Credentials, Transport

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse

BOUNDS = Bounds(connect_timeout_s=1, read_timeout_s=3, attempts=3, connections=64)
PATIENCE = "NANHAI_DYNAMODB_READ_TIMEOUT_S"  # for work that nobody waits for at the other end of a request
CHOICE = "NANHAI_DYNAMODB_CLIENT"  # "boto3": boto3's client in place of our own transport, for moto and for comparing


def table_name(table: str) -> str:
    """The full name of a table in this deployment."""
    return os.environ["NANHAI_TABLE_PREFIX"] + table


@cache
def client() -> Any:  # noqa: ANN401 - a Transport, or boto3's client, whose class exists at run time only
    """What the store speaks through; endpoint, region and credentials come from the standard AWS variables."""
    return boto3_client() if os.environ.get(CHOICE) == "boto3" else transport(os.environ)


def transport(environment: Mapping[str, str]) -> Transport:
    """Our own transport; NoRegionError or NoCredentialsError when nothing says where and as whom."""
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    if not region:
        raise NoRegionError
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    named = environment.get("AWS_ENDPOINT_URL_DYNAMODB") or environment.get("AWS_ENDPOINT_URL")
    bounds = replace(BOUNDS, read_timeout_s=float(environment.get(PATIENCE, BOUNDS.read_timeout_s)))
    return Transport(named or f"https://dynamodb.{region}.{suffix}", region, _credentials(environment), bounds)


def boto3_client() -> Any:  # noqa: ANN401 - botocore builds its clients at run time
    """boto3's client with the same bounds: it can make tables too."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=BOUNDS.connect_timeout_s,
        read_timeout=BOUNDS.read_timeout_s,
        retries={"total_max_attempts": BOUNDS.attempts, "mode": "standard"},
        max_pool_connections=BOUNDS.connections,
    )
    made = boto3.client("dynamodb", config=config)
    made.meta.events.register("after-call.dynamodb", _whole)
    return made


def reset() -> None:
    """Forget the client: the environment has changed."""
    client.cache_clear()


@dataclass(frozen=True, slots=True)
class Given:
    """Credentials that a process was given for its life, as Lambda does."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(repr=False)


def _credentials(environment: Mapping[str, str]) -> Callable[[], Credentials]:
    """Those in the environment, else whatever botocore finds on this machine, renewed as it renews them."""
    access_key, secret_key = environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY")
    if access_key and secret_key:
        given = Given(access_key, secret_key, environment.get("AWS_SESSION_TOKEN"))
        return lambda: given
    from botocore.session import Session

    found = Session().get_credentials()
    if found is None:
        raise NoCredentialsError
    frozen: Callable[[], Credentials] = found.get_frozen_credentials
    return frozen


def _whole(http_response: AWSResponse, **_: object) -> None:
    """An answer that was cut on its way is none: botocore reads it as an empty one, as if the item were not there."""
    told = http_response.headers.get("content-length")
    if told is not None and int(told) != len(http_response.content):
        raise ConnectionClosedError(endpoint_url=http_response.url)
