"""One local platform: its engine, its jobs and its gateway, for as long as this process lives.

What dies is started again where it was; nothing that was acknowledged is lost, for it was in the engine's files or in
the journal before it was acknowledged.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.config import Config

from infra.local import engine, register, ring, switches, tables
from infra.local.children import Child, Process, Python
from infra.local.choice import choose
from infra.local.engine import Engine
from infra.local.environment import adopt, compose, ours
from infra.local.folder import PREFIX, Folder, Running
from infra.local.journal import Journal
from infra.local.probe import is_healthy
from infra.local.trouble import BrokenData, PortTaken, Trouble

LOOK_EVERY_S = 0.2
SERVING_S_MAX = 60.0
LEFT_OVER_S_MAX = 8.0  # so long the processes of a killed platform may need to end
PATIENT = Config(connect_timeout=2, read_timeout=30, retries={"total_max_attempts": 5, "mode": "standard"})


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. `prepare` is called once everything but the gateway is there; it may fill the tables."""

    folder: Folder
    port: int
    engine: str | None = None
    endpoint: str = ""
    prepare: Callable[[Folder], None] = lambda _: None


def run(plan: Plan, ending: threading.Event, ready: Callable[[Running], None]) -> None:
    """Serves until `ending` is set; calls `ready` once it answers. Raises Trouble, having stopped what it started."""
    plan.folder.make()
    with plan.folder.held():
        _check_port(plan)
        Journal(plan.folder.path)
        children: list[Child] = []
        try:
            running = _start(plan, children)
            plan.folder.announce(running)
            ready(running)
            _watch(children, ending)
        finally:
            plan.folder.withdraw()
            for child in reversed(children):
                child.stop()


def _check_port(plan: Plan) -> None:
    """A platform that was killed may have left a gateway that is just about to end."""
    until = time.monotonic() + (LEFT_OVER_S_MAX if plan.folder.announced else 0.0)
    plan.folder.withdraw()
    while True:
        try:
            return engine.check_free(plan.port)
        except PortTaken:
            if time.monotonic() >= until:
                raise
        time.sleep(LOOK_EVERY_S)


def _start(plan: Plan, children: list[Child]) -> Running:
    """Engine, tables, keys, register, jobs, gateway: in this order; `children` tells what is to be stopped."""
    database = _engine(plan, children)
    streams = tables.create(_client(database), PREFIX)
    environment = compose(os.environ, plan.folder, plan.port, database.environment(), streams)
    adopt(ours(environment))
    _check_clock(plan.folder)
    ring.make()
    register.make(plan.folder.register)
    plan.prepare(plan.folder)
    python = Python(environment, plan.folder.logs)
    folder, port = str(plan.folder.path), str(plan.port)
    jobs = Child("jobs", lambda: python("infra.local.jobs", folder))
    gateway = Child("serve", lambda: _serving(python("infra.local.serve", folder, port), plan.port))
    for child in (jobs, gateway):
        children.append(child)
        child.ensure()
    for child in (jobs, gateway):
        _check_lives(child, plan.folder.logs)
    return Running(os.getpid(), plan.port, ours(environment))


def _engine(plan: Plan, children: list[Child]) -> Engine:
    """The chosen engine; one that was started here is among the children, and comes back on the same port."""
    chosen = choose(plan.folder, plan.engine, plan.endpoint)
    if chosen.endpoint:
        return engine.attach(chosen.endpoint)
    started = engine.start(plan.folder.engine, 0, chosen.engine)
    port = int(started.endpoint.rsplit(":", 1)[1])

    def again() -> Process:
        process = engine.start(plan.folder.engine, port, chosen.engine).process
        assert process is not None  # noqa: S101 - one that was started has one
        return process

    children.append(Child("engine", again, started.process))
    return started


def _check_clock(folder: Folder) -> None:
    try:
        switches.clock_offset_s(folder.clock)
    except (OSError, ValueError):
        raise BrokenData(f"{folder.clock} is no number of seconds; delete it") from None


def _client(database: Engine) -> object:
    told = database.environment()
    return boto3.client(
        "dynamodb",
        config=PATIENT,
        endpoint_url=database.endpoint,
        region_name=told["AWS_DEFAULT_REGION"],
        aws_access_key_id=told["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=told["AWS_SECRET_ACCESS_KEY"],
    )


def _serving(process: Process, port: int) -> Process:
    """The gateway's process, answering; or ended, when it did not come to that."""
    until = time.monotonic() + SERVING_S_MAX
    while process.poll() is None and not is_healthy(port):
        if time.monotonic() > until:
            process.kill()
            process.wait()
        time.sleep(LOOK_EVERY_S / 4)
    return process


def _check_lives(child: Child, logs: Path) -> None:
    if child.process is not None and child.process.poll() is not None:
        said = (logs / f"{child.name}.log").read_text("utf-8", "replace").strip().splitlines()
        raise Trouble(f"{child.name} ended as soon as it was started: {said[-1] if said else 'it said nothing'}")


def _watch(children: list[Child], ending: threading.Event) -> None:
    while not ending.wait(LOOK_EVERY_S):
        for child in children:
            child.ensure()
