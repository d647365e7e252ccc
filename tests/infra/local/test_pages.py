"""Under /local/: the SMS inbox, the clock, the jobs, and the two AWS services that functions call."""

from __future__ import annotations

from threading import Thread

import boto3
import pytest
import uvicorn
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local import queues
from infra.local.engine import free_port
from infra.local.journal import Journal
from tests.infra.local.sample import client, gateway
from tests.loops import run

TOO_MANY = "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"
NO_CLOCK = (b"", b"[]", b"{}", b'{"offset_s": "1"}', b'{"offset_s": 1e3}', b'{"offset_s": 99999999999}')


def ask(folder, method, path, **more):
    async def once():
        async with client(gateway(folder)) as http:
            return await http.request(method, path, **more)

    return run(once())


@pytest.fixture
def served(tmp_path, monkeypatch):
    """The base URL of a gateway on a socket, for clients that know nothing of ASGI."""
    for name, value in {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "local"}.items():
        monkeypatch.setenv(name, value)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(gateway(tmp_path), "127.0.0.1", port, log_level="error"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def aws(service, served):
    once = Config(retries={"total_max_attempts": 1})
    return boto3.client(service, endpoint_url=f"{served}/local/{service}", config=once)


def test_an_sms_lands_in_the_inbox_newest_first_and_is_shown_without_becoming_markup(tmp_path, served):
    sns = aws("sns", served)
    sns.publish(PhoneNumber="+8613800000000", Message="first")
    sns.publish(PhoneNumber="+8613800000001", Message="<b>second</b>")
    messages = ask(tmp_path, "GET", "/local/inbox?format=json").json()["messages"]
    assert [message["text"] for message in messages] == ["<b>second</b>", "first"]
    page = ask(tmp_path, "GET", "/local/inbox")
    assert "&lt;b&gt;second&lt;/b&gt;" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_a_message_sent_by_the_ordinary_client_waits_in_its_queue(tmp_path, served):
    sqs = aws("sqs", served)
    url = f"{served}/local/sqs/000000000000/nanhai-local-sweep"
    sqs.send_message(QueueUrl=url, MessageBody="one")
    sent = sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": str(n), "MessageBody": f"many {n}"} for n in range(10)])
    assert len(sent["Successful"]) == 10
    assert queues.waiting(Journal(tmp_path)) == {"nanhai-local-sweep": 11}
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert told["ApproximateNumberOfMessages"] == "11"


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([], TOO_MANY),
        (
            [{"Id": str(n), "MessageBody": "x"} for n in range(11)],
            TOO_MANY,
        ),
        ([{"Id": "1", "MessageBody": "x" * 262_145}], "InvalidParameterValue"),
    ],
)
def test_what_sqs_would_refuse_is_refused(served, entries, code):
    url = f"{served}/local/sqs/000000000000/q"
    with pytest.raises(ClientError) as refused:
        aws("sqs", served).send_message_batch(QueueUrl=url, Entries=entries)
    assert refused.value.response["Error"]["Code"] == code


def test_the_clock_is_moved_for_every_process_and_read_back(tmp_path):
    moved = ask(tmp_path, "POST", "/local/clock", json={"offset_s": 3_600})
    assert moved.json() == {"offset_s": 3_600}
    assert (tmp_path / "clock").read_text() == "3600"
    assert ask(tmp_path, "GET", "/local/clock").json() == {"offset_s": 3_600}


@pytest.mark.parametrize("body", NO_CLOCK)
def test_a_clock_that_makes_no_sense_is_refused_and_stays(tmp_path, body):
    assert ask(tmp_path, "POST", "/local/clock", content=body).status_code == 400
    assert ask(tmp_path, "GET", "/local/clock").json() == {"offset_s": 0}


def test_jobs_are_paused_until_told_otherwise(tmp_path):
    assert ask(tmp_path, "POST", "/local/jobs", json={"paused": True}).json()["paused"] is True
    assert ask(tmp_path, "GET", "/local/jobs").json() == {"paused": True, "streams": []}
    assert ask(tmp_path, "POST", "/local/jobs", json={"paused": "no"}).status_code == 400
