"""A whole platform: what dies comes back where it was, what was acknowledged is still there, and the end is orderly."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from infra.local.detached import Options, start, throw_away
from infra.local.engine import free_port
from infra.local.folder import PREFIX, Folder
from infra.local.probe import ask, is_healthy
from infra.local.tables import definitions
from infra.local.trouble import NotRunning

pytestmark = pytest.mark.engine
BACK_S_MAX = 60.0
ITEM = {"job_id": {"S": "acknowledged"}, "part": {"S": "job"}, "n": {"N": "1"}}
KEY = {"job_id": ITEM["job_id"], "part": ITEM["part"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Folder:
    return Folder(tmp_path_factory.mktemp("platform"))


@pytest.fixture(scope="module")
def running(folder):
    with throw_away(folder, Options(free_port(), seeds=False)) as running:
        yield running


def database(running):
    told = running.environment
    return boto3.client(
        "dynamodb",
        endpoint_url=told["AWS_ENDPOINT_URL_DYNAMODB"],
        region_name=told["AWS_DEFAULT_REGION"],
        aws_access_key_id=told["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=told["AWS_SECRET_ACCESS_KEY"],
    )


def children(running) -> dict[str, int]:
    """The processes below the supervisor, by what their command line names."""
    pids = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
    lines = {int(pid): Path(f"/proc/{pid}/cmdline").read_text() for pid in pids}
    named = {"serve": "infra.local.serve", "jobs": "infra.local.jobs", "engine": "dynoxide"}
    return {name: pid for name, part in named.items() for pid, line in lines.items() if part in line}


def until(condition):
    end = time.monotonic() + BACK_S_MAX
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_every_table_is_there(running):
    found = database(running).list_tables()["TableNames"]
    assert {PREFIX + table for table in definitions()} <= set(found)


def test_its_environment_names_nothing_but_this_machine(running):
    urls = [value for value in running.environment.values() if value.startswith("http")]
    assert len(urls) >= 4
    assert all(url.startswith("http://127.0.0.1:") for url in urls)


def test_it_listens_on_loopback_only(running):
    hexed = f"{running.port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    assert {row[1] for row in rows if row[3] == "0A" and row[1].endswith(hexed)} == {f"0100007F:{hexed}"}


@pytest.mark.parametrize("name", ["serve", "jobs", "engine"])
def test_a_killed_process_comes_back_and_an_acknowledged_write_is_still_there(running, name):
    database(running).put_item(TableName=f"{PREFIX}jobs", Item=ITEM)
    before = children(running)
    assert set(before) == {"serve", "jobs", "engine"}
    os.kill(before[name], signal.SIGKILL)
    until(lambda: children(running).get(name, before[name]) != before[name] and is_healthy(running.port))
    found = database(running).get_item(TableName=f"{PREFIX}jobs", Key=KEY, ConsistentRead=True)
    assert found["Item"] == ITEM
    after = children(running)
    assert {other: after[other] for other in before if other != name} == {
        other: pid for other, pid in before.items() if other != name
    }


def test_no_acknowledged_write_is_lost_while_the_engine_is_killed_again_and_again(running):
    client, acknowledged, over = database(running), [], threading.Event()

    def write():
        for number in itertools.count():
            if over.is_set():
                return
            with suppress(BotoCoreError, ClientError):
                client.put_item(TableName=f"{PREFIX}jobs", Item=KEY | {"part": {"S": f"segment#{number}"}})
                acknowledged.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(3):
        before = children(running)["engine"]
        os.kill(before, signal.SIGKILL)
        until(lambda before=before: children(running).get("engine", before) != before)
        time.sleep(0.2)
    over.set()
    writer.join()
    pages = client.get_paginator("query").paginate(
        TableName=f"{PREFIX}jobs",
        KeyConditionExpression="job_id = :job",
        ExpressionAttributeValues={":job": KEY["job_id"]},
        ConsistentRead=True,
    )
    stored = {item["part"]["S"] for page in pages for item in page["Items"]}
    assert len(acknowledged) > 20
    assert {f"segment#{number}" for number in acknowledged} <= stored


def test_functions_still_answer_through_the_gateway_that_came_back(running):
    assert ask(running.port, "/portal/configuration") is not None


def test_what_it_announces_of_the_callers_environment_is_nothing(running):
    assert {name.split("_")[0] for name in running.environment} == {"AWS", "NANHAI"}


def test_a_killed_supervisor_leaves_nothing_behind_and_the_next_one_goes_on(tmp_path):
    folder, port = Folder(tmp_path), free_port()
    first = start(folder, Options(port, seeds=False))
    database(first).put_item(TableName=f"{PREFIX}jobs", Item=ITEM)
    left = children(first)
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: not folder.is_held)
    with throw_away(folder, Options(port, seeds=False)) as second:
        assert database(second).get_item(TableName=f"{PREFIX}jobs", Key=KEY)["Item"] == ITEM
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in left.values()))
    with pytest.raises(NotRunning):
        folder.running()
