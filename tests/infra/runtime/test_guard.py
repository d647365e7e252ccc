"""The guard lets through what a role's policy allows, and asks of a request just what IAM would."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from nanhai.store import connection

from infra import functions
from infra.policies import Place, policy
from infra.runtime.demands import demands
from infra.runtime.guard import guarding, permits

PLACE = Place("prod", "ap-east-1", "123456789012", "arn:aws:kms:…:key/t", "arn:aws:kms:ap-east-1:123456789012:key/s")
TABLE = "arn:aws:dynamodb:ap-east-1:123456789012:table/nanhai-prod-"
KEY = {"id": {"S": "1"}}


def on(table, **more):
    return {"TableName": f"nanhai-prod-{table}", **more}


ASKED = {
    "one item": ("dynamodb", "DynamoDB_20120810.GetItem", on("keys", Key=KEY), {("dynamodb:GetItem", f"{TABLE}keys")}),
    "an index": (
        "dynamodb",
        "DynamoDB_20120810.Query",
        on("passes", IndexName="boundary"),
        {("dynamodb:Query", f"{TABLE}passes/index/boundary")},
    ),
    "items of two tables": (
        "dynamodb",
        "DynamoDB_20120810.BatchGetItem",
        {"RequestItems": {"nanhai-prod-people": {}, "nanhai-prod-passes": {}}},
        {("dynamodb:BatchGetItem", f"{TABLE}people"), ("dynamodb:BatchGetItem", f"{TABLE}passes")},
    ),
    "many writes of two tables": (
        "dynamodb",
        "DynamoDB_20120810.BatchWriteItem",
        {"RequestItems": {"nanhai-prod-sightings": [], "nanhai-prod-presence": []}},
        {("dynamodb:BatchWriteItem", f"{TABLE}sightings"), ("dynamodb:BatchWriteItem", f"{TABLE}presence")},
    ),
    "a transaction": (
        "dynamodb",
        "DynamoDB_20120810.TransactWriteItems",
        {
            "TransactItems": [
                {"Put": on("people")},
                {"Update": on("people")},
                {"Delete": on("sessions")},
                {"ConditionCheck": on("keys")},
            ]
        },
        {
            ("dynamodb:PutItem", f"{TABLE}people"),
            ("dynamodb:UpdateItem", f"{TABLE}people"),
            ("dynamodb:DeleteItem", f"{TABLE}sessions"),
            ("dynamodb:ConditionCheckItem", f"{TABLE}keys"),
        },
    ),
    "a key": ("kms", "TrentService.Decrypt", {"KeyId": PLACE.secrets_key}, {("kms:Decrypt", PLACE.secrets_key)}),
    "messages": (
        "sqs",
        "AmazonSQS.SendMessageBatch",
        {"QueueUrl": "https://sqs.invalid/123456789012/nanhai-prod-sweep"},
        {("sqs:SendMessage", "arn:aws:sqs:ap-east-1:123456789012:nanhai-prod-sweep")},
    ),
    "a phone": ("sns", "", "Action=Publish&PhoneNumber=%2B8613800138000&Message=m", {("sns:Publish", "")}),
    "a topic": (
        "sns",
        "",
        "Action=Publish&TopicArn=arn%3Aaws%3Asns%3Aap-east-1%3A123456789012%3At&Message=m",
        {("sns:Publish", "arn:aws:sns:ap-east-1:123456789012:t")},
    ),
}


def signed(service, target):
    scope = f"AWS4-HMAC-SHA256 Credential=AKID/20261125/ap-east-1/{service}/aws4_request, SignedHeaders=host"
    return {"authorization": scope, **({"x-amz-target": target} if target else {})}


@pytest.mark.parametrize(("service", "target", "body", "wanted"), ASKED.values(), ids=ASKED)
def test_a_request_asks_for_what_it_would_do(service, target, body, wanted):
    sent = body if isinstance(body, str) else json.dumps(body)
    assert set(demands(signed(service, target), sent.encode(), PLACE)) == wanted


ON_FILES = {
    "GET /nanhai-prod-evidence-1/incoming/photo/A?x-id=GetObject": "s3:GetObject",
    "PUT /nanhai-prod-evidence-1/incoming/photo/A": "s3:PutObject",
    "DELETE /nanhai-prod-evidence-1/incoming%2Fphoto/A": "s3:DeleteObject",
}


@pytest.mark.parametrize(("line", "wanted"), ON_FILES.items())
def test_a_file_is_asked_for_by_method_and_path(line, wanted):
    file = "arn:aws:s3:::nanhai-prod-evidence-1/incoming/photo/A"
    assert demands(signed("s3", ""), b"", PLACE, line) == [(wanted, file)]


@pytest.mark.parametrize("line", ["GET /nanhai-prod-evidence-1?list-type=2", "GET /", "HEAD /b/key", "POST /b/key"])
def test_what_no_function_asks_of_a_bucket_is_unknown(line):
    with pytest.raises((ValueError, KeyError)):
        demands(signed("s3", ""), b"", PLACE, line)


@pytest.mark.parametrize("headers", [{}, signed("lambda", ""), signed("iam", "")])
def test_a_service_that_no_function_uses_is_unknown(headers):
    with pytest.raises(ValueError, match="nobody calls"):
        demands(headers, b"{}", PLACE)


POLICY = {
    "Statement": [
        {"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": [f"{TABLE}keys", f"{TABLE}passes/index/*"]},
        {"Effect": "Allow", "Action": ["sns:Publish"], "NotResource": ["arn:*:sns:*:*:*"]},
        {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": ["k"], "Condition": {"StringEquals": {}}},
    ]
}


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("dynamodb:GetItem", f"{TABLE}keys", True),
        ("dynamodb:GetItem", f"{TABLE}passes/index/boundary", True),
        ("dynamodb:GetItem", f"{TABLE}passes", False),
        ("dynamodb:PutItem", f"{TABLE}keys", False),
        ("dynamodb:GetItem", f"{TABLE}keys2", False),
        ("sns:Publish", "", True),
        ("sns:Publish", "arn:aws:sns:ap-east-1:123456789012:t", False),
        ("kms:Decrypt", "k", False),  # only by way of another service
    ],
)
def test_only_what_a_statement_allows_is_permitted(action, resource, allowed):
    assert permits(POLICY, (action, resource)) is allowed


BUCKET = "arn:aws:s3:::nanhai-prod-signalling-123456789012"


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("s3:GetObject", f"{BUCKET}/china-mobile/1.parquet", True),
        ("s3:PutObject", f"{BUCKET}/china-mobile/1.parquet", False),
        ("s3:DeleteObject", f"{BUCKET}/china-mobile/1.parquet", True),
        ("s3:PutObject", f"{BUCKET}/staged/china-mobile/1/0.tar", True),
        ("s3:DeleteObject", f"{BUCKET}/staged/china-mobile/1/0.tar", True),
        ("s3:GetObject", "arn:aws:s3:::nanhai-prod-evidence-123456789012/kept/reports/1", False),
        ("sqs:SendMessage", "arn:aws:sqs:ap-east-1:123456789012:nanhai-prod-ingest", True),
        ("sqs:SendMessage", "arn:aws:sqs:ap-east-1:123456789012:nanhai-prod-sweep", False),
        ("dynamodb:BatchWriteItem", f"{TABLE}sightings", True),
        ("dynamodb:BatchWriteItem", f"{TABLE}presence", True),
        ("dynamodb:BatchWriteItem", f"{TABLE}people", False),
    ],
)
def test_whoever_takes_in_signalling_may_write_its_parts_and_its_days_and_drop_what_is_done(action, resource, allowed):
    function = next(one for one in functions.load() if one.name == "trajectories")
    ingest = next(one for one in function.all if one.name == "ingest")
    assert permits(policy(function, ingest, PLACE), (action, resource)) is allowed


class Upstream(BaseHTTPRequestHandler):
    def do_POST(self):
        held = self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"Item": {"id": {"S": json.loads(held)["TableName"]}}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def guard():
    upstream = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    Thread(target=upstream.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    with guarding(f"http://127.0.0.1:{upstream.server_address[1]}", POLICY, PLACE) as guard:
        yield guard
    upstream.shutdown()
    upstream.server_close()


def boto3_client(address):
    credentials = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "ap-east-1"}
    config = Config(retries={"total_max_attempts": 1})
    return boto3.client("dynamodb", endpoint_url=address, config=config, **credentials)


def our_transport(address):
    environment = {"AWS_ENDPOINT_URL": address, "AWS_REGION": "ap-east-1"}
    return connection.transport(environment | {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"})


@pytest.fixture(params=[boto3_client, our_transport], ids=["boto3", "ours"])
def dynamodb(request, guard):
    """Whichever the store speaks through, the guard stands between."""
    return request.param(guard.address)


def test_what_is_allowed_reaches_aws_and_its_answer_comes_back(guard, dynamodb):
    assert dynamodb.get_item(TableName="nanhai-prod-keys", Key=KEY)["Item"]["id"] == {"S": "nanhai-prod-keys"}
    assert guard.asked == {("dynamodb:GetItem", f"{TABLE}keys")}
    assert guard.denied == []


def test_what_is_not_allowed_is_refused_as_aws_refuses_it_and_remembered(guard, dynamodb):
    with pytest.raises(ClientError) as refused:
        dynamodb.put_item(TableName="nanhai-prod-keys", Item=KEY)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    assert guard.denied == [("dynamodb:PutItem", f"{TABLE}keys")]


def test_the_guard_listens_on_loopback_only(guard):
    assert guard.address.startswith("http://127.0.0.1:")
