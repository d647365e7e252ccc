"""A packaged function runs as Lambda would run it: alone with its zip and layers, within its limits."""

from __future__ import annotations

import json
import os
import urllib.request
import zipfile
from dataclasses import replace
from urllib.error import HTTPError

import pytest

from infra.runtime import Crashed, Failed, Package, RuntimeFault, TimedOut, package, running
from infra.runtime.api import ANSWER_BYTES_MAX, RuntimeApi

APP = """
import os, pathlib, sys, time
import helper
from helper import FROM
LOADED = time.time_ns()

def echo(event, context):
    return {"event": event, "from": FROM, "loaded": LOADED, "pid": os.getpid()}

def surroundings(event, context):
    return {"path": sys.path, "environment": dict(os.environ), "left_ms": context.get_remaining_time_in_millis()}

def fail(event, context):
    raise LookupError("no such thing")

def sleep(event, context):
    time.sleep(event["s"])
    return "slept"

def leave(event, context):
    print("leaving")
    sys.stdout.flush()
    os._exit(3)

def boast(event, context):
    return "x" * event["bytes"]

def read(event, context):
    return (pathlib.Path(helper.__file__).parents[1] / event["file"]).read_text()

def fetch(event, context):
    __import__(event["module"])
"""


@pytest.fixture
def packaged(tmp_path):
    """Makes a package of the app above, with two layers that both hold `helper`."""

    def make(handler, **more):
        told = {"environment": {"TOLD": "yes"}, "timeout_s": 5} | more
        code = archive(tmp_path / "code.zip", {"app.py": told.pop("app", APP)})
        layers = tuple(
            archive(tmp_path / f"{name}.zip", {"python/helper.py": f"FROM = {name!r}"}) for name in ("first", "second")
        )
        return Package("test", f"app.{handler}", code, layers, **told)

    return make


def archive(path, files):
    with zipfile.ZipFile(path, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return path


@pytest.mark.parametrize("event", [{"a": [1, None, "广东"]}, [], "text", 7, None])
def test_an_event_reaches_the_handler_and_its_answer_comes_back(packaged, event):
    with running(packaged("echo")) as function:
        assert function.invoke(event)["event"] == event


def test_the_last_of_two_layers_wins(packaged):
    with running(packaged("echo")) as function:
        assert function.invoke({})["from"] == "second"


def test_files_of_a_layer_lie_beside_its_python_folder(packaged, tmp_path):
    made = packaged("read")
    client = archive(tmp_path / "client.zip", {"client/vendor/a.js": "export {}"})
    with running(replace(made, layers=(*made.layers, client))) as function:
        assert function.invoke({"file": "client/vendor/a.js"}) == "export {}"


def test_one_process_serves_event_after_event(packaged):
    with running(packaged("echo")) as function:
        answers = [function.invoke(number) for number in range(20)]
    assert [answer["event"] for answer in answers] == list(range(20))
    assert len({answer["pid"] for answer in answers}) == 1


def test_nothing_of_this_python_but_its_own_library_is_there(packaged):
    with running(packaged("surroundings", environment={"TOLD": "yes"})) as function:
        seen = function.invoke({})
    assert not [entry for entry in seen["path"] if "site-packages" in entry]
    assert seen["environment"]["TOLD"] == "yes"
    assert seen["environment"]["AWS_LAMBDA_FUNCTION_NAME"] == "test"
    assert "PYTEST_CURRENT_TEST" not in seen["environment"]
    assert 0 < seen["left_ms"] <= 15_000


@pytest.mark.parametrize("module", ["boto3", "chalice", "nanhai", "infra", "pytest"])
def test_a_module_that_no_layer_holds_is_missing(packaged, module):
    with running(packaged("fetch")) as function, pytest.raises(Failed) as failed:
        function.invoke({"module": module})
    assert failed.value.kind == "ModuleNotFoundError"


def test_what_the_handler_raises_is_told_and_the_process_goes_on(packaged):
    with running(packaged("fail")) as function:
        with pytest.raises(Failed, match="LookupError: no such thing"):
            function.invoke({})
        assert function.is_warm


def test_an_app_that_cannot_be_loaded_says_why(packaged):
    with running(packaged("echo", app="raise RuntimeError('half configured')")) as function:
        for _ in range(2):
            with pytest.raises(Failed, match="half configured"):
                function.invoke({})


def test_a_handler_that_does_not_exist_says_so(packaged):
    with running(packaged("nothing")) as function, pytest.raises(Failed, match="nothing"):
        function.invoke({})


def test_a_function_that_takes_too_long_is_killed_and_started_anew(packaged, monkeypatch):
    monkeypatch.setattr("infra.runtime.function.INIT_S_MAX", 0.5)
    with running(packaged("sleep", timeout_s=1)) as function:
        with pytest.raises(TimedOut, match="no answer within"):
            function.invoke({"s": 60})
        assert not function.is_warm
        assert function.invoke({"s": 0}) == "slept"


def test_a_function_that_ends_its_process_is_told_with_its_last_words(packaged):
    with running(packaged("leave")) as function:
        for _ in range(2):
            with pytest.raises(Crashed, match="leaving"):
                function.invoke({})


def test_an_answer_too_large_for_lambda_is_refused(packaged):
    with running(packaged("boast")) as function:
        assert len(function.invoke({"bytes": ANSWER_BYTES_MAX - 2})) == ANSWER_BYTES_MAX - 2
        with pytest.raises(RuntimeFault):
            function.invoke({"bytes": ANSWER_BYTES_MAX})


def test_the_cold_start_is_that_of_the_last_process(packaged):
    with running(packaged("echo")) as function:
        assert function.cold_start_ms == 0
        first = function.invoke({})
        assert function.cold_start_ms > 0
        measured = function.cold_start_ms
        function.invoke({})
        assert function.cold_start_ms == measured
        function.stop()
        assert function.invoke({})["loaded"] != first["loaded"]
        assert function.cold_start_ms != measured


def test_nothing_is_left_when_it_is_over(packaged):
    with running(packaged("echo")) as function:
        pid = function.invoke({})["pid"]
    assert not function.folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_without_the_runtime_it_says_what_is_missing(packaged, monkeypatch):
    monkeypatch.setattr(package, "RUNTIME_MODULES", ("no_such_runtime",))
    with pytest.raises(RuntimeFault, match="no_such_runtime is not installed"), running(packaged("echo")):
        pass


@pytest.fixture
def api():
    served = RuntimeApi()
    served.start()
    yield served
    served.close()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/2018-06-01/runtime/invocation", 404),
        ("POST", "/2018-06-01/runtime/invocation/unknown/response", 400),
        ("POST", "/2018-06-01/runtime/invocation//response", 400),
        ("POST", "/2018-06-01/runtime/init/error", 202),
    ],
)
def test_the_api_answers_what_the_runtime_may_ask(api, method, path, status):
    request = urllib.request.Request(f"http://{api.address}{path}", json.dumps({}).encode(), method=method)
    try:
        answered = urllib.request.urlopen(request, timeout=5).status
    except HTTPError as refused:
        answered = refused.code
    assert answered == status


def test_the_api_listens_on_loopback_only(api):
    assert api.server_address[0] == "127.0.0.1"
