"""Killed at any point and run again, a deployment comes to the same end, with nothing made twice."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from functools import partial

import pytest

from infra.deploy import chalice, foundation, memory, settings

NAMES = ("checkpoints", "portal")
WAIT_S_MAX = 60.0


class Killed(BaseException):
    """The process is gone: nothing of it is caught or tidied up."""


def kill_at(monkeypatch, module, name, *, call=1, after=False):
    """The `call`-th call of `module.name` is the last thing this process does, or did when `after`."""
    real, calls = getattr(module, name), []

    def doomed(*arguments, **more):
        calls.append(arguments)
        if len(calls) != call:
            return real(*arguments, **more)
        if after:
            real(*arguments, **more)
        raise Killed

    monkeypatch.setattr(module, name, doomed)


def killed(stand, monkeypatch, kill):
    with monkeypatch.context() as patch:
        kill(patch)
        with pytest.raises(Killed):
            stand.deploy()


POINTS = {
    "when the stack stands": partial(kill_at, module=foundation, name="apply", after=True),
    "when chalice is done and nobody knows": partial(kill_at, module=chalice, name="run", after=True),
    "when an app is remembered": partial(kill_at, module=memory, name="remember", after=True),
    "half-way through the settings": partial(kill_at, module=settings, name="_schedule"),
    "before an app is done": partial(kill_at, module=memory, name="remember"),
    "before the second app": partial(kill_at, module=chalice, name="run"),
    "before the base paths": partial(kill_at, module=foundation, name="apply"),
    "before the ring is remembered": partial(kill_at, module=memory, name="remember"),
}


def test_a_deployment_killed_again_and_again_is_finished_by_the_last(build, monkeypatch):
    stand = build("killed", *NAMES)
    for kill in POINTS.values():
        killed(stand, monkeypatch, kill)
    assert "  checkpoints: API removed" in stand.said  # the one that nobody knew of
    stand.deploy()
    assert_whole(stand)


def test_a_deployment_killed_inside_chalice_leaves_no_second_api_or_event_source(build, monkeypatch):
    stand = build("inside", *NAMES)
    killed(stand, monkeypatch, lambda patch: patch.setattr(chalice, "run", partial(run_and_kill, stand)))
    assert stand.sources()
    stand.deploy()
    assert "  nanhai-checkpoints-inside-count: event source removed" in stand.said
    assert_whole(stand)


def test_another_stages_apis_are_left_alone(build, monkeypatch):
    other, stand = build("other", "portal"), build("mine", "portal")
    # Its API still has the name that Chalice gives every stage's.
    killed(other, monkeypatch, partial(kill_at, module=chalice, name="run", after=True))
    stand.deploy()
    other.deploy()
    assert_whole(stand, sources=0)
    assert_whole(other, sources=0)


def assert_whole(stand, sources=1):
    """One API per function, one event source per consumer, each as it should be; a further run finds nothing to do."""
    assert set(stand.apis()) == {f"nanhai-{name}-{stand.stage.name}" for name in stand.names}
    found = stand.sources()
    assert len(found) == sources
    assert all(source["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for source in found)
    stand.said.clear()
    assert stand.deploy() == ()
    assert foundation.mapped(stand.target()) == {
        name: stand.apis()[f"nanhai-{name}-{stand.stage.name}"] for name in stand.names
    }


def run_and_kill(stand, target, copy, verb, *arguments):
    """Kills Chalice outright as soon as it has made an event source, and this process with it."""
    process = subprocess.Popen(chalice.command(copy, verb, *arguments), cwd=copy, env=chalice.environment(target))
    deadline = time.monotonic() + WAIT_S_MAX
    while not stand.sources() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    raise Killed
