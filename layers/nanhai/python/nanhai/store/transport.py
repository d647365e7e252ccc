"""DynamoDB by its own protocol: the nine operations of the store, with boto3's names, arguments, answers and failures.

boto3 walks every attribute of every answer by the service model and loads that model at every cold start: 0.6 ms of
CPU a request and 150 ms a start, most of what a gate's check costs (infra/decisions/0016). Here JSON goes out and
comes in as it is. Signing is AWS Signature Version 4 as published, and equal to botocore's by a test.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

import msgspec
import urllib3
from botocore.exceptions import (
    ClientError,
    ConnectionError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
)
from urllib3.exceptions import ConnectTimeoutError as NoConnection
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.exceptions import ReadTimeoutError as NoAnswer

from nanhai.store.passing import passes

CONTENT_TYPE = "application/x-amz-json-1.0"
TARGET = "DynamoDB_20120810."
PAUSE_S = 0.05
KEYS_KNOWN_MAX = 8
BYTES = (b'"B":', b'"BS":', b'"B" :', b'"BS" :')

Json = dict[str, Any]
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Credentials(Protocol):
    """Frozen credentials as botocore gives them."""

    @property
    def access_key(self) -> str: ...
    @property
    def secret_key(self) -> str: ...
    @property
    def token(self) -> str | None: ...


class Bounds(msgspec.Struct, frozen=True):
    """How long a request may take, how often it is tried, and how many run at once."""

    connect_timeout_s: float
    read_timeout_s: float
    attempts: int
    connections: int


@dataclass(slots=True)
class Transport:
    """`credentials` is asked at every request: temporary ones change in the life of a process."""

    endpoint: str
    region: str
    credentials: Callable[[], Credentials] = field(repr=False)
    bounds: Bounds
    _pool: urllib3.HTTPConnectionPool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        timeout = urllib3.Timeout(connect=self.bounds.connect_timeout_s, read=self.bounds.read_timeout_s)
        self._pool = urllib3.connection_from_url(self.endpoint, maxsize=self.bounds.connections, timeout=timeout)

    def get_item(self, **asked: object) -> Json:
        return self._call("GetItem", asked)

    def batch_get_item(self, **asked: object) -> Json:
        return self._call("BatchGetItem", asked)

    def batch_write_item(self, **asked: object) -> Json:
        return self._call("BatchWriteItem", asked)

    def query(self, **asked: object) -> Json:
        return self._call("Query", asked)

    def scan(self, **asked: object) -> Json:
        return self._call("Scan", asked)

    def put_item(self, **asked: object) -> Json:
        return self._call("PutItem", asked)

    def update_item(self, **asked: object) -> Json:
        return self._call("UpdateItem", asked)

    def delete_item(self, **asked: object) -> Json:
        return self._call("DeleteItem", asked)

    def transact_write_items(self, **asked: object) -> Json:
        return self._call("TransactWriteItems", asked)

    def _call(self, operation: str, asked: Mapping[str, object]) -> Json:
        """The answer, after `attempts` tries at most; botocore's ClientError, ConnectionError, HTTPClientError."""
        body = _encode(asked)
        for last in self._tries():
            try:
                answer = self._send(operation, body)
            except (ConnectionError, HTTPClientError):
                if last:
                    raise
                continue
            if answer.status < 300:
                return _read(answer.data)
            refused = _refused(operation, answer)
            if last or not passes(refused):
                raise refused
        raise AssertionError("the last try returns or raises")

    def _tries(self) -> Iterator[bool]:
        """Whether this try is the last one, with a pause between two."""
        for tried in range(1, self.bounds.attempts):
            yield False
            time.sleep(random.uniform(0, PAUSE_S * 2**tried))  # noqa: S311 - jitter
        yield True

    def _send(self, operation: str, body: bytes) -> urllib3.BaseHTTPResponse:
        headers = signed_headers(
            self._host, self.region, self.credentials(), TARGET + operation, body, time.strftime(STAMP, time.gmtime())
        )
        try:
            answer = self._pool.urlopen("POST", "/", body=body, headers=headers, redirect=False, retries=False)
        except NewConnectionError as failed:
            raise EndpointConnectionError(endpoint_url=self.endpoint, error=failed) from failed
        except NoConnection as failed:
            raise ConnectTimeoutError(endpoint_url=self.endpoint, error=failed) from failed
        except NoAnswer as failed:
            raise ReadTimeoutError(endpoint_url=self.endpoint, error=failed) from failed
        except HTTPError as failed:  # a cut answer among them: urllib3 holds it against its content-length
            raise HTTPClientError(error=failed) from failed
        told = answer.headers.get("x-amz-crc32")
        if told is not None and int(told) != zlib.crc32(answer.data):
            raise HTTPClientError(error="the answer's checksum is not its own")
        return answer

    @property
    def _host(self) -> str:
        return self.endpoint.split("//", 1)[1].rstrip("/")


STAMP = "%Y%m%dT%H%M%SZ"


def signed_headers(host: str, region: str, by: Credentials, target: str, body: bytes, stamp: str) -> dict[str, str]:
    """The headers of a POST to / that carry its signature (AWS General Reference, Signature Version 4)."""
    told = {"content-type": CONTENT_TYPE, "host": host, "x-amz-date": stamp}
    told |= {"x-amz-security-token": by.token} if by.token else {}
    told["x-amz-target"] = target
    names = ";".join(told)  # they stand in the order of the alphabet
    lines = "".join(f"{name}:{value}\n" for name, value in told.items())
    canonical = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{stamp[:8]}/{region}/dynamodb/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
    signature = hmac.digest(_signing_key(by.secret_key, stamp[:8], region), to_sign.encode(), "sha256").hex()
    signer = f"Credential={by.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**told, "authorization": f"AWS4-HMAC-SHA256 {signer}"}


@lru_cache(maxsize=KEYS_KNOWN_MAX)
def _signing_key(secret: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, "dynamodb", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _read(data: bytes) -> Json:
    """JSON as it is, but for bytes; an escaped quote cannot begin a mark, so at worst too much is looked at."""
    found: Json = _decode(data)
    return _with_bytes(found) if any(mark in data for mark in BYTES) else found


def _with_bytes(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds there
    match value:
        case {"B": str(text)} if len(value) == 1:
            return {"B": base64.b64decode(text)}
        case {"BS": list(texts)} if len(value) == 1:
            return {"BS": [base64.b64decode(text) for text in texts]}
        case dict():
            return {name: _with_bytes(part) for name, part in value.items()}
        case list():
            return [_with_bytes(part) for part in value]
    return value


def _refused(operation: str, answer: urllib3.BaseHTTPResponse) -> ClientError:
    """A refusal as boto3 raises it."""
    try:
        told = _decode(answer.data)
    except msgspec.DecodeError:
        told = None
    told = told if isinstance(told, dict) else {}
    code = str(told.get("__type") or answer.status).rsplit("#", 1)[-1]
    message = told.get("message") or told.get("Message") or ""
    response: Json = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": answer.status},
        **{name: _with_bytes(told[name]) for name in ("CancellationReasons", "Item") if name in told},
    }
    return ClientError(response, operation)
