"""The template's way to CloudFormation, which takes but 51,200 bytes with a request: through a bucket of its own, which
is there before the stack and goes after it. It holds that one document, and no secret."""

from __future__ import annotations

from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.patience import unless_absent
from infra.deploy.target import Target

KEY = "template.json"
NO_CONSTRAINT = "us-east-1"  # the one region that S3 wants not to be named
OURS_ALREADY = frozenset({"BucketAlreadyOwnedByYou"})
CLOSED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


def bucket(target: Target) -> str:
    return f"{target.prefix}-templates-{target.account}"


def lay(target: Target, document: str) -> str:
    """Puts the document there, in place of an earlier one; the URL by which CloudFormation fetches it as who asks."""
    client, name = target.client("s3"), bucket(target)
    _make(client, name, target.region)
    client.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=CLOSED)
    client.put_object(Bucket=name, Key=KEY, Body=document.encode(), ContentType="application/json")
    suffix = "amazonaws.com.cn" if target.partition == "aws-cn" else "amazonaws.com"
    return f"https://{name}.s3.{target.region}.{suffix}/{KEY}"


def clear(target: Target) -> None:
    """Harmless where there is none."""
    client, name = target.client("s3"), bucket(target)
    unless_absent(partial(client.delete_object, Bucket=name, Key=KEY))
    unless_absent(partial(client.delete_bucket, Bucket=name))


def _make(client: Any, name: str, region: str) -> None:  # noqa: ANN401 - a botocore client
    where: dict[str, Any] = {}
    if region != NO_CONSTRAINT:
        where = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        client.create_bucket(Bucket=name, **where)
    except ClientError as failed:
        if failed.response["Error"]["Code"] not in OURS_ALREADY:
            raise
