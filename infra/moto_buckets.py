"""moto's CloudFormation, taught that a bucket may tell queues of what arrives: moto's S3 knows it already."""

from __future__ import annotations

from typing import Any

from moto.s3.models import FakeBucket

Json = dict[str, Any]


def accept_notifications() -> None:
    """A bucket that a stack makes tells the queues that its NotificationConfiguration names."""
    made = FakeBucket.create_from_cloudformation_json

    def create(
        _: type[FakeBucket],
        /,
        resource_name: str,
        cloudformation_json: Json,
        account_id: str,
        region_name: str,
        **more: object,
    ) -> FakeBucket:
        bucket = made(resource_name, cloudformation_json, account_id, region_name, **more)
        told = cloudformation_json.get("Properties", {}).get("NotificationConfiguration", {})
        bucket.set_notification_configuration(as_s3_has_it(told))
        return bucket

    setattr(FakeBucket, "create_from_cloudformation_json", classmethod(create))  # noqa: B010 - mypy allows no assignment to a method


def as_s3_has_it(told: Json) -> Json:
    """CloudFormation's words for what S3's API has others for."""
    queues = [
        {"Queue": one["Queue"], "Event": [one["Event"]], "Filter": {"S3Key": {"FilterRule": _rules(one)}}}
        for one in told.get("QueueConfigurations", ())
    ]
    return {"QueueConfiguration": queues} if queues else {}


def _rules(one: Json) -> list[Json]:
    rules: list[Json] = one.get("Filter", {}).get("S3Key", {}).get("Rules", [])
    return rules
