"""A delivery in the bucket is read through, its parts are written by messages of their own; anything may come twice."""

from __future__ import annotations

import json
import os
from pathlib import Path

import boto3
import pytest
from nanhai.domain.days import local_day
from nanhai.domain.sightings import revision
from nanhai.services import buckets, queues
from nanhai.services.trajectories import checksum, staging
from nanhai.services.trajectories import signalling as port
from nanhai.services.trajectories.signalling import BucketSignalling, FolderSignalling
from nanhai.store import loads as store
from nanhai.streams import ingest

from tests.conftest import INGEST_QUEUE
from tests.services.trajectories import deliveries
from tests.services.trajectories.deliveries import OPERATOR
from tests.store.builders import everything

BUCKET = "signalling"
KEY = f"{OPERATOR}/7"


@pytest.fixture(params=["s3", "folder"])
def here(request, platform, monkeypatch, tmp_path):
    """Signalling in a bucket of moto or in a folder; small parts; a queue."""
    monkeypatch.setattr(staging, "ROWS_PER_PART", 25)
    buckets.s3.cache_clear()
    queues.sqs.cache_clear()
    url = boto3.client("sqs").create_queue(QueueName=INGEST_QUEUE)["QueueUrl"]
    assert url == os.environ["NANHAI_INGEST_QUEUE_URL"]
    if request.param == "s3":
        location = {"LocationConstraint": os.environ["AWS_DEFAULT_REGION"]}
        boto3.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=location)
        there = BucketSignalling(BUCKET)
    else:
        there = FolderSignalling(tmp_path / "signalling", "test")
    monkeypatch.setattr(ingest, "signalling", lambda _: there)
    deliveries.load_towers(platform.now())
    yield Here(platform, there, tmp_path)
    buckets.s3.cache_clear()
    queues.sqs.cache_clear()


class Here:
    def __init__(self, platform, there, folder: Path) -> None:
        self.platform, self.there, self.folder = platform, there, folder
        self.today = local_day(platform.now())

    def rows(self, seed=1):
        return deliveries.rows(9, range(self.today - 3, self.today), seed)

    def put(self, key: str, held: bytes) -> None:
        (self.folder / "put").write_bytes(held)
        self.there.stored(key, self.folder / "put")

    def delivered(self, told, form="parquet") -> str:
        self.put(f"{KEY}.{form}", deliveries.FORMS[form](self.folder / f"d.{form}", told).read_bytes())
        return notice(f"{KEY}.{form}")

    def waiting(self) -> list[str]:
        sqs, url, found = boto3.client("sqs"), os.environ["NANHAI_INGEST_QUEUE_URL"], []
        while told := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            for message in told:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found.append(message["Body"])
        return found

    def staged(self) -> list[str]:
        load = store.get(OPERATOR, 7)
        keys = [ingest._key(load, part) for part in range(load.staged.parts)]
        return [key for key in keys if self.there.fetched(key, self.folder / "got", 10**9)]

    def wanted(self, told) -> checksum.Checksum:
        return checksum.of(deliveries.expected(told, revision(7, 1), 0))


def notice(*keys: str) -> str:
    return json.dumps({"Records": [{"s3": {"object": {"key": key.replace("/", "%2F")}}} for key in keys]})


def deliver(*bodies: str) -> list[bool]:
    """Whether each message is done with."""
    records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
    again = {failed["itemIdentifier"] for failed in ingest.handle({"Records": records})["batchItemFailures"]}
    return [str(number) not in again for number in range(len(bodies))]


@pytest.mark.parametrize("form", deliveries.FORMS)
def test_a_delivery_is_applied_part_by_part(here, form):
    told = here.rows()
    assert deliver(here.delivered(told, form)) == [True]
    parts = here.waiting()
    assert (len(parts), len(here.staged())) == (store.get(OPERATOR, 7).staged.parts, len(parts))
    assert len(parts) > 3
    assert all(deliver(*reversed(parts)))
    assert checksum.of_table() == here.wanted(told)
    assert here.staged() == []


def test_whatever_comes_twice_changes_nothing(here):
    told = here.rows()
    arrived = here.delivered(told)
    deliver(arrived)
    first = here.waiting()
    deliver(*first[:2], first[0])
    assert deliver(arrived, arrived) == [True, True]
    rest = here.waiting()
    assert len(rest) == 2 * (len(first) - 2)
    assert all(deliver(*rest, *first))
    assert checksum.of_table() == here.wanted(told)
    was = everything("loads")
    assert (deliver(arrived), here.waiting(), everything("loads")) == ([True], [], was)


def test_what_no_repetition_helps_is_let_go_and_said(here, capsys):
    here.put(f"{KEY}.csv", b"not signalling")
    here.put("somebody/1.csv", b"phone,tower,from,to\n")
    unknown = [notice(f"{KEY}.csv"), notice("somebody/1.csv"), notice("x/y.txt"), notice("../1.csv")]
    assert deliver(*unknown, notice(f"{OPERATOR}/8.csv"), json.dumps({"Event": "s3:TestEvent"})) == [True] * 6
    said = [json.loads(line)["failure"] for line in capsys.readouterr().out.splitlines()]
    assert said == [
        "sightings.unreadable",
        "sightings.unknown-operator",
        "sightings.unknown-key",
        "sightings.unknown-key",
    ]
    assert everything("sightings") == []


def test_another_file_under_the_same_number_changes_nothing(here):
    told = here.rows()
    deliver(here.delivered(told))
    deliver(*here.waiting())
    assert deliver(here.delivered(here.rows(2))) == [True]
    assert (here.waiting(), checksum.of_table()) == ([], here.wanted(told))


def test_what_passes_comes_again(here, monkeypatch, capsys):
    arrived = here.delivered(here.rows())
    with monkeypatch.context() as silent:
        silent.setattr(queues, "send", lambda *_: (_ for _ in ()).throw(queues.QueueUnavailable(retry_after_s=1)))
        assert deliver(arrived) == [False]
    assert deliver(arrived) == [True]
    parts = here.waiting()
    there, held = here.staged()[0], here.folder / "held"
    here.there.fetched(there, held, 10**9)
    here.there.removed(there)
    done = deliver(*parts)
    assert done.count(False) == 1  # its part is gone: the delivery has to be told again
    assert "ingest-failed" in capsys.readouterr().out


def test_the_port_is_the_one_that_the_settings_name(platform):
    assert isinstance(port.signalling(platform.settings), FolderSignalling)


def test_a_folder_takes_no_key_that_leads_elsewhere(tmp_path):
    with pytest.raises(ValueError, match="not a key"):
        FolderSignalling(tmp_path, "test").removed("../x")
