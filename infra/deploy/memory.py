"""What a deployment has done, in the stage's own bucket: another operator's machine goes on where this one stopped."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.target import Target

Entry = dict[str, Any]
GONE = frozenset({"NoSuchKey", "NoSuchBucket", "404"})


def bucket(target: Target) -> str:
    return f"{target.prefix}-artefacts-{target.account}"


def recall(target: Target, name: str) -> Entry:
    """What was remembered under `name`; empty when nothing was."""
    try:
        answer = target.client("s3").get_object(Bucket=bucket(target), Key=_key(name))
    except ClientError as failed:
        if failed.response["Error"]["Code"] in GONE:
            return {}
        raise
    entry: Entry = json.loads(answer["Body"].read())
    return entry


def remember(target: Target, name: str, entry: Entry) -> None:
    body = json.dumps(entry, indent=1, sort_keys=True).encode()
    target.client("s3").put_object(Bucket=bucket(target), Key=_key(name), Body=body, ContentType="application/json")


def forget(target: Target, name: str) -> None:
    target.client("s3").delete_object(Bucket=bucket(target), Key=_key(name))


def fingerprint(*parts: object) -> str:
    """One hash over JSON values and bytes; the same inputs give the same one on every machine."""
    digest = hashlib.sha256()
    for part in parts:
        plain = part if isinstance(part, bytes) else json.dumps(part, sort_keys=True).encode()
        digest.update(len(plain).to_bytes(8, "big") + plain)
    return digest.hexdigest()


def _key(name: str) -> str:
    return f"state/{name}.json"
