"""Our own transport says and hears the same as boto3's client."""

from __future__ import annotations

import os

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, NoRegionError
from hypothesis import given
from hypothesis import strategies as st
from nanhai.store import connection
from nanhai.store.connection import client, table_name
from nanhai.store.transport import CONTENT_TYPE, Bounds, Transport, signed_headers

HOST = "dynamodb.ap-east-1.amazonaws.com"
STAMP = "20200301T010203Z"
letters = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/+", min_size=1, max_size=40)
GIVEN = {"AWS_DEFAULT_REGION": "ap-east-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"}


@given(letters, letters, st.none() | letters, st.binary(max_size=200))
def test_it_signs_as_botocore_does(access_key, secret_key, token, body):
    by = ReadOnlyCredentials(access_key, secret_key, token)
    target = "DynamoDB_20120810.GetItem"
    plain = {"content-type": CONTENT_TYPE, "host": HOST, "x-amz-target": target}
    asked = AWSRequest("POST", f"https://{HOST}/", headers=plain, data=body)
    theirs = SigV4Auth(by, "dynamodb", "ap-east-1")
    asked.context["timestamp"] = STAMP
    asked.headers["X-Amz-Date"] = STAMP
    if token:
        asked.headers["X-Amz-Security-Token"] = token
    expected = theirs.signature(theirs.string_to_sign(asked, theirs.canonical_request(asked)), asked)
    ours = signed_headers(HOST, "ap-east-1", by, target, body, STAMP)
    assert ours["authorization"].endswith(f"Signature={expected}")


KEY = {"person_id": {"S": "p"}, "sk": {"S": "everything"}}
ITEM = KEY | {
    "bytes": {"B": b"\x00\xff" * 9},
    "byte_set": {"BS": [b"\x01", b"\x02"]},
    "n": {"N": str(2**96)},
    "l": {"L": [{"S": "甲"}, {"B": b"x"}, {"M": {"B": {"S": "not bytes"}}}]},
    "yes": {"BOOL": True},
    "none": {"NULL": True},
    "quote": {"S": '{"B":"eA=="}'},
}


@pytest.fixture
def both(durable):
    return client(), connection.boto3_client()


def test_every_kind_of_value_comes_back_as_it_went(both):
    ours, theirs = both
    people = table_name("people")
    ours.put_item(TableName=people, Item=ITEM)
    heard = [c.get_item(TableName=people, Key=KEY, ConsistentRead=True)["Item"] for c in both]
    for item in heard:
        item["byte_set"]["BS"].sort()
    assert heard == [ITEM, ITEM]
    theirs.put_item(TableName=people, Item=ITEM | {"sk": {"S": "theirs"}})
    page = ours.query(
        TableName=people,
        KeyConditionExpression="person_id = :p",
        ExpressionAttributeValues={":p": {"S": "p"}},
    )
    assert (page["Count"], [found["bytes"] for found in page["Items"]]) == (2, [ITEM["bytes"]] * 2)


def test_a_batch_is_written_and_what_is_deleted_is_gone(both):
    _, theirs = both
    people = table_name("people")
    keys = [KEY | {"sk": {"S": str(number)}} for number in range(25)]
    for c in both:
        answer = c.batch_write_item(RequestItems={people: [{"PutRequest": {"Item": ITEM | key}} for key in keys]})
        assert answer["UnprocessedItems"] == {}
        found = theirs.get_item(TableName=people, Key=keys[7], ConsistentRead=True)["Item"]
        found["byte_set"]["BS"].sort()
        assert found == ITEM | keys[7]
        c.batch_write_item(RequestItems={people: [{"DeleteRequest": {"Key": key}} for key in keys]})
        assert theirs.scan(TableName=people)["Items"] == []


def refusal(call, **asked) -> tuple:
    with pytest.raises(ClientError) as refused:
        call(**asked)
    said = refused.value.response
    reasons = [reason.get("Code") for reason in said.get("CancellationReasons", ())]
    return said["Error"]["Code"], reasons, refused.value.operation_name


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        ("put_item", {"Item": KEY, "ConditionExpression": "attribute_exists(person_id)"}),
        ("get_item", {"Key": {"nobody": {"S": "x"}}}),
        ("query", {"KeyConditionExpression": "person_id = "}),
    ],
)
def test_a_refusal_is_the_same(both, operation, asked):
    ours, theirs = (refusal(getattr(c, operation), TableName=table_name("people"), **asked) for c in both)
    assert ours == theirs


def test_a_cancelled_transaction_tells_which_action_failed(both):
    put = {"TableName": table_name("people"), "Item": KEY}
    actions = [
        {"Put": put},
        {"Put": put | {"ConditionExpression": "attribute_exists(sk)", "Item": KEY | {"sk": {"S": "b"}}}},
    ]
    ours, theirs = (refusal(c.transact_write_items, TransactItems=actions) for c in both)
    assert ours == theirs
    assert ours[:2] == ("TransactionCanceledException", ["None", "ConditionalCheckFailed"])


def test_what_is_not_there_is_a_connection_failure():
    nowhere = connection.transport(GIVEN | {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9"})
    with pytest.raises(EndpointConnectionError):
        nowhere.get_item(TableName="t", Key=KEY)


@pytest.mark.parametrize(
    ("environment", "endpoint"),
    [
        ({}, "https://dynamodb.ap-east-1.amazonaws.com"),
        ({"AWS_REGION": "cn-north-1"}, "https://dynamodb.cn-north-1.amazonaws.com.cn"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:5000"}, "http://127.0.0.1:5000"),
        ({"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_DYNAMODB": "http://b"}, "http://b"),
    ],
)
def test_the_standard_variables_say_where(environment, endpoint):
    assert connection.transport(GIVEN | environment).endpoint == endpoint


def test_an_answer_is_waited_for_as_long_as_the_process_was_told():
    """A function answers a person; whoever walks through a large table has time."""
    patient = {connection.PATIENCE: "60"}
    waits = [connection.transport(GIVEN | more).bounds.read_timeout_s for more in ({}, patient)]
    assert waits == [connection.BOUNDS.read_timeout_s, 60]


def test_without_a_region_or_credentials_it_does_not_start(monkeypatch):
    with pytest.raises(NoRegionError):
        connection.transport({})
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    with pytest.raises(NoCredentialsError):
        connection.transport({"AWS_DEFAULT_REGION": "ap-east-1"})


def test_renewed_credentials_are_used_at_the_next_request():
    at = iter(("first", "second"))
    moving = Transport("http://127.0.0.1:9", "r", lambda: ReadOnlyCredentials(next(at), "s", None), Bounds(1, 1, 2, 1))
    with pytest.raises(EndpointConnectionError):
        moving.get_item(TableName="t", Key=KEY)
    assert next(at, None) is None
