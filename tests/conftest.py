"""What tests stand on: the tables of the template on the durable engine or in moto's mock, and a platform with keys.

`aws` has moto's mock of all else, SMS and queues; `durable` is DynamoDB alone. moto takes eight times the time for the
same answers: the store's unit tests and deployments stand on it, and everything with `--dynamodb moto`.
`platform` stands on `durable` when a test asks for both, else on `aws`.
"""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.carpenter import Carpenter

MOCKED = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "ap-east-1",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",  # with it, moto's streams are not found
    "AWS_EC2_METADATA_DISABLED": "true",
    "NANHAI_DYNAMODB_CLIENT": "boto3",  # the only client that moto's mock sees
}
BUILT_ONCE = ("tests/infra/deploy/", "tests/infra/test_layers.py", "tests/infra/test_policies.py")
HERE = {"AWS_DEFAULT_REGION": MOCKED["AWS_DEFAULT_REGION"]}  # where the mock of SMS is
SWEEP_QUEUE, INGEST_QUEUE = "nanhai-test-sweep", "nanhai-test-ingest"


@dataclass(frozen=True)
class Stage:
    """The stage a test runs on: where its tables are, their streams, and its own folder."""

    prefix: str
    streams: Mapping[str, str]
    folder: Path

    @property
    def register(self) -> Path:
        return self.folder / "register.json"

    @property
    def clock(self) -> Path:
        return self.folder / "clock"

    def known(self, rows: Mapping[str, Mapping[str, object]]) -> None:
        """Makes the identity register know exactly these: {"<id_type>:<number>": {name, household_region, permit}}."""
        self.register.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")


def pytest_addoption(parser):
    told = "where the tables of most tests are: the durable engine, or moto's mock"
    parser.addoption("--dynamodb", choices=("engine", "moto"), default="engine", help=told)


def pytest_collection_modifyitems(items):
    """Whoever uses the engine is marked so, whether or not its author thought of it; what takes long to build is built
    by one worker."""
    for item in items:
        if any(built in item.nodeid for built in BUILT_ONCE):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.split("::")[0]))
        if "engine" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.engine)


@pytest.fixture(scope="session")
def mock():
    """moto's mock, once for each worker: starting it makes boto3 forget all it has loaded."""
    from moto import mock_aws

    with pytest.MonkeyPatch.context() as environment:
        for name, value in MOCKED.items():
            environment.setenv(name, value)
        with mock_aws() as mocked:
            yield mocked


@pytest.fixture
def aws(request, mock, tmp_path, monkeypatch) -> Iterator[Stage]:
    """Everything, empty at first: DynamoDB on the engine, or with `--dynamodb moto` in moto's mock; all else, SMS and
    queues, in the mock."""
    from nanhai.store import connection

    mock.reset()
    if request.config.getoption("dynamodb") == "moto":
        yield from on_stage(MOCKED, "nanhai-test-", tmp_path, monkeypatch, connection.client)
    else:
        engine, carpenter = request.getfixturevalue("engine"), request.getfixturevalue("carpenter")
        yield from on_engine(engine.environment() | HERE, carpenter, tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def engine():
    """The durable engine, in memory, one for each worker of the test run."""
    from infra.local import engine

    running = engine.start(None)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def carpenter(engine) -> Carpenter:
    """Who makes and drops tables on the engine."""
    from nanhai.store import connection

    store = connection.transport(engine.environment())
    return Carpenter(store.endpoint, store.region, store.credentials, store.bounds)


@pytest.fixture
def durable(engine, carpenter, tmp_path, monkeypatch) -> Iterator[Stage]:
    """Tables of this test's own on the engine: transactions, concurrency and streams as they are."""
    yield from on_engine(engine.environment(), carpenter, tmp_path, monkeypatch)


def on_engine(told: Mapping[str, str], carpenter: Carpenter, folder: Path, monkeypatch) -> Iterator[Stage]:
    """A stage whose tables are under a name of their own, and dropped behind it: an engine gets slower by each."""
    prefix = f"nanhai-test-{secrets.token_hex(4)}-"
    yield from on_stage(told, prefix, folder, monkeypatch, lambda: carpenter)
    carpenter.drop(prefix)


@pytest.fixture
def sweep_queue(aws, monkeypatch) -> str:
    """The URL of the sweeper's queue in the mock."""
    import boto3

    url = boto3.client("sqs").create_queue(QueueName=SWEEP_QUEUE)["QueueUrl"]
    monkeypatch.setenv("NANHAI_SWEEP_QUEUE_URL", url)
    return url


@pytest.fixture
def platform(request):
    """A platform with fresh keys; its clock is the machine's unless the test writes an offset to `aws.clock`."""
    request.getfixturevalue("durable" if "durable" in request.fixturenames else "aws")
    from nanhai.services.platform import platform

    from infra.local.ring import make

    make()
    return platform()


def on_stage(
    engine: Mapping[str, str], prefix: str, folder: Path, monkeypatch, table_maker: Callable[[], Any]
) -> Iterator[Stage]:
    from infra.local import tables

    _environment(engine, prefix, folder, monkeypatch)
    _forget()
    stage = Stage(prefix, tables.create(table_maker(), prefix), folder)
    for table in ("people", "passes", "scans", "notices", "sightings"):
        monkeypatch.setenv(f"NANHAI_STREAM_{table.upper()}", stage.streams[table])
    stage.known({})
    yield stage
    _forget()


def _forget() -> None:
    """What a process keeps of its environment; a test of the store alone never loads the platform."""
    from nanhai.store import connection

    connection.reset()
    if "nanhai.services.platform" in sys.modules:
        sys.modules["nanhai.services.platform"].reset_platform()


def _environment(engine: Mapping[str, str], prefix: str, folder: Path, monkeypatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN", "NANHAI_ORIGIN", "NANHAI_DYNAMODB_CLIENT"):
        monkeypatch.delenv(name, raising=False)
    told = {
        "NANHAI_STAGE": "test",
        "NANHAI_TABLE_PREFIX": prefix,
        "NANHAI_DISTRICT": "440605",
        "NANHAI_KEYS": f"file:{folder / 'key'}",
        "NANHAI_REGISTER": f"file:{folder / 'register.json'}",
        "NANHAI_UPLOADS": f"file:{folder / 'uploads'}",
        "NANHAI_SIGNALLING": f"file:{folder / 'signalling'}",
        "NANHAI_WECHAT": "none",
        "NANHAI_LEGAL_REGISTER": f"file:{folder / 'legal.json'}",
        "NANHAI_CLOCK_FILE": str(folder / "clock"),
        "NANHAI_SWEEP_QUEUE_URL": f"https://sqs.ap-east-1.amazonaws.com/123456789012/{SWEEP_QUEUE}",
        "NANHAI_SWEEP_QUEUE_ARN": f"arn:aws:sqs:ap-east-1:123456789012:{SWEEP_QUEUE}",
        "NANHAI_INGEST_QUEUE_URL": f"https://sqs.ap-east-1.amazonaws.com/123456789012/{INGEST_QUEUE}",
        "NANHAI_INGEST_QUEUE_ARN": f"arn:aws:sqs:ap-east-1:123456789012:{INGEST_QUEUE}",
    }
    for name, value in {**engine, **told}.items():
        monkeypatch.setenv(name, value)
