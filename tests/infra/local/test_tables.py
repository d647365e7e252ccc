"""The tables of the template are there on every engine, whoever makes them first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from infra.local import tables
from infra.local.trouble import BrokenData

TABLES = {
    "people",
    "lookups",
    "idempotency",
    "keys",
    "passes",
    "scans",
    "gates",
    "staff",
    "sessions",
    "cases",
    "counters",
    "audit",
    "notices",
    "quarantine",
    "denylist",
    "jobs",
    "reports",
    "places",
    "imports",
    "batches",
    "organisations",
    "checkins",
    "masks",
    "sightings",
    "presence",
    "loads",
    "towers",
    "copresences",
}
STREAMED = {"people", "passes", "scans", "notices", "sightings"}


@pytest.fixture(params=["aws", "durable"])
def stage(request):
    return request.getfixturevalue(request.param)


def test_every_table_of_the_template_is_there_with_its_keys_and_indexes(stage):
    client = boto3.client("dynamodb")
    for table, definition in tables.definitions().items():
        found = client.describe_table(TableName=stage.prefix + table)["Table"]
        assert found["KeySchema"] == definition["KeySchema"]
        indexes = {index["IndexName"] for index in found.get("GlobalSecondaryIndexes", ())}
        assert indexes == {index["IndexName"] for index in definition.get("GlobalSecondaryIndexes", ())}


def test_the_streams_that_functions_consume_have_an_arn_and_no_other_table_has(stage):
    assert set(stage.streams) == TABLES
    assert {table for table, arn in stage.streams.items() if arn} == STREAMED


def test_making_them_again_changes_nothing(stage):
    assert tables.create(boto3.client("dynamodb"), stage.prefix) == dict(stage.streams)


def test_several_who_make_them_at_once_get_the_same_tables(durable):
    client = boto3.client("dynamodb")
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: tables.create(client, f"{durable.prefix}again-"), range(4)))
    assert made == made[:1] * 4


def test_a_table_of_another_shape_is_refused_in_one_clear_line(aws):
    client = boto3.client("dynamodb")
    client.create_table(
        TableName="nanhai-old-people",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    with pytest.raises(BrokenData, match=r"nanhai-old-people .* nanhai reset"):
        tables.create(client, "nanhai-old-")
