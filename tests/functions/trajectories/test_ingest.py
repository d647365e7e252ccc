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
from nanhai.services.trajectories.naming import Name
from nanhai.services.trajectories.signalling import BucketSignalling, FolderSignalling
from nanhai.store import loads as store
from nanhai.streams import ingest

from tests.conftest import INGEST_QUEUE
from tests.services.trajectories import deliveries
from tests.services.trajectories.deliveries import OPERATOR
from tests.store.builders import everything

BUCKET = "signalling"


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

    def key(self, form, operator=OPERATOR, sequence=7, ago=(3, 1)) -> str:
        return Name(operator, sequence, *(self.today - days for days in ago)).key(form)

    def is_there(self, key: str) -> bool:
        return self.there.fetched(key, self.folder / "got", 10**9)

    def rows(self, seed=1):
        return deliveries.rows(9, range(self.today - 3, self.today), seed)

    def put(self, key: str, held: bytes) -> None:
        (self.folder / "put").write_bytes(held)
        self.there.stored(key, self.folder / "put")

    def delivered(self, told, form="parquet") -> str:
        self.put(self.key(form), deliveries.FORMS[form](self.folder / f"d.{form}", told).read_bytes())
        return notice(self.key(form))

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
        return [key for key in keys if self.is_there(key)]

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
    deliver(*reversed(parts[1:]))
    assert here.is_there(here.key(form))
    assert deliver(parts[0]) == [True]
    assert checksum.of_table() == here.wanted(told)
    assert (here.staged(), here.is_there(here.key(form))) == ([], False)
    assert store.get(OPERATOR, 7).by == ingest.BY


def test_killed_between_the_last_part_and_the_end_the_delivery_is_removed_when_the_message_comes_again(here):
    deliver(here.delivered(here.rows()))
    parts = here.waiting()
    deliver(*parts)
    here.put(here.key("parquet"), b"still there")
    assert deliver(parts[-1]) == [True]
    assert not here.is_there(here.key("parquet"))
    assert deliver(notice(here.key("parquet"))) == [True]
    assert store.refusal(OPERATOR, 7) is None


def test_parts_of_an_earlier_plan_are_let_go(here, monkeypatch):
    told = here.rows()
    arrived = here.delivered(told)
    deliver(arrived)
    earlier = here.waiting()
    deliver(*earlier[:2])
    monkeypatch.setattr(staging, "ROWS_PER_PART", 40)
    deliver(arrived)
    later = here.waiting()
    assert len(later) < len(earlier)
    assert all(deliver(*earlier, *later))
    assert checksum.of_table() == here.wanted(told)


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
    here.delivered(told)
    assert (deliver(arrived), here.waiting(), everything("loads")) == ([True], [], was)


def test_what_no_repetition_helps_is_let_go_and_said(here, capsys):
    bad, unknown, old = here.key("csv"), here.key("csv", "somebody", 1), here.key("csv", sequence=8, ago=(15, 1))
    here.put(bad, b"not signalling")
    here.put(unknown, b"phone,tower,from,to\n")
    here.put(old, b"phone,tower,from,to\n")
    no_keys = ["x/y.txt", "../1.csv", f"{OPERATOR}/7.csv", f"{OPERATOR}/7_2020-02-30_2020-03-01.csv"]
    notices = list(map(notice, [bad, unknown, old, *no_keys, here.key("csv", sequence=9)]))
    assert deliver(*notices, json.dumps({"Event": "s3:TestEvent"})) == [True] * (len(notices) + 1)
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["failure"], line.get("operator"), line.get("sequence")) for line in said] == [
        ("sightings.unreadable", OPERATOR, 7),
        ("sightings.unknown-operator", "?", 1),
        ("sightings.days-not-taken", OPERATOR, 8),
        *[("sightings.unknown-key", None, None)] * len(no_keys),
    ]
    kept = [store.refusal(OPERATOR, sequence) for sequence in (7, 8, 9)]
    assert kept == ["sightings.unreadable", "sightings.days-not-taken", None]
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
