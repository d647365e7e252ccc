"""What a request to AWS asks leave for: pairs of an IAM action and the resource it is about, as IAM names both."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

from infra.policies import Place

SERVICE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")
WRITES = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
ON_OBJECTS = {"GET": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject"}
PHONE = ""  # has no ARN

Demand = tuple[str, str]
Json = Mapping[str, Any]


def demands(headers: Mapping[str, str], body: bytes, place: Place, line: str = "POST /") -> list[Demand]:
    """Every demand of one signed request; ValueError or KeyError for a service or call that no function of ours makes.
    `line`: method and path, which say what S3 is asked."""
    signed = SERVICE.search(headers.get("authorization", ""))
    service = signed.group(1) if signed else ""
    if service == "s3":
        return [_on_object(line, place)]
    if service not in SERVICES:
        raise ValueError(f"nobody calls {service or 'AWS unsigned'}")
    operation, asked = _call(headers, body)
    return list(SERVICES[service](operation, asked, place))


def _call(headers: Mapping[str, str], body: bytes) -> tuple[str, Json]:
    """The operation and its parameters, of the JSON protocols and of the older query protocol."""
    if "x-amz-target" in headers:
        return headers["x-amz-target"].split(".")[-1], json.loads(body or b"{}")
    asked = {name: values[-1] for name, values in parse_qs(body.decode()).items()}
    return asked.pop("Action", ""), asked


def _dynamodb(operation: str, asked: Json, place: Place) -> Iterator[Demand]:
    if operation == "TransactWriteItems":
        for action in asked["TransactItems"]:
            ((verb, told),) = action.items()
            yield _on_table(WRITES[verb], told, place)
    elif "RequestItems" in asked:
        for table in asked["RequestItems"]:
            yield _on_table(operation, {"TableName": table}, place)
    else:
        yield _on_table(operation, asked, place)


def _on_table(action: str, told: Json, place: Place) -> Demand:
    index = f"/index/{told['IndexName']}" if "IndexName" in told else ""
    return f"dynamodb:{action}", place.arn("dynamodb", f"table/{told['TableName']}{index}")


def _on_object(line: str, place: Place) -> Demand:
    method, path = line.split(" ", 1)
    bucket, _, key = path.partition("?")[0].lstrip("/").partition("/")
    if not key:
        raise ValueError(f"nobody asks for a bucket ({line})")
    return f"s3:{ON_OBJECTS[method]}", f"arn:{place.partition}:s3:::{bucket}/{unquote(key)}"


def _kms(operation: str, asked: Json, place: Place) -> Iterator[Demand]:
    key = str(asked["KeyId"])
    yield f"kms:{operation}", key if key.startswith("arn:") else place.arn("kms", f"key/{key}")


def _sqs(operation: str, asked: Json, place: Place) -> Iterator[Demand]:
    yield f"sqs:{operation.removesuffix('Batch')}", place.arn("sqs", str(asked["QueueUrl"]).rsplit("/", 1)[-1])


def _sns(operation: str, asked: Json, _: Place) -> Iterator[Demand]:
    yield f"sns:{operation}", str(asked.get("TopicArn") or PHONE)


SERVICES = {"dynamodb": _dynamodb, "kms": _kms, "sqs": _sqs, "sns": _sns}
