"""A second deployment does what changed since the first, and nothing else."""

from __future__ import annotations

import json

import pytest

from infra.deploy import foundation, settings
from infra.deploy.target import DeployFault
from tests.infra.deploy.stand import asking, stand


@pytest.fixture(scope="module")
def stages(server, tmp_path_factory):
    """A stage of two functions; every test leaves it as its own last deployment made it, and changes it from there."""
    made = stand(tmp_path_factory.mktemp("twice"), "twice", ("casework", "portal"))
    with asking(server):
        made.deploy()
    return made


@pytest.fixture
def twice(stages):
    stages.deploy()
    stages.said.clear()
    return stages


def seen(stand):
    """What AWS holds of the stage, with the times and revisions of everything that can be written."""
    stack = stand.client("cloudformation").describe_stacks(StackName=f"nanhai-{stand.stage.name}")["Stacks"][0]
    gateway = stand.client("apigateway")
    apis = {name: gateway.get_deployments(restApiId=api)["items"] for name, api in stand.apis().items()}
    versions = [
        stand.client("lambda").list_layer_versions(LayerName=f"nanhai-{stand.stage.name}-{name}")["LayerVersions"]
        for name in ("dependencies", "nanhai", "client")
    ]
    functions = {
        name: (row["LastModified"], row["CodeSha256"], [layer["Arn"] for layer in row["Layers"]])
        for name, row in stand.lambdas().items()
    }
    return stack.get("LastUpdatedTime"), apis, versions, functions


def test_nothing_changed_changes_nothing(twice):
    before = seen(twice)
    assert twice.deploy() == ()
    assert "nothing to do" in twice.said
    assert seen(twice) == before


def test_nothing_changes_from_another_machine_either(twice):
    before = seen(twice)
    twice.other_machine()
    assert twice.deploy() == ()
    assert seen(twice) == before


def test_nothing_to_do_is_checked_all_the_same(twice):
    twice.deploy()
    assert twice.said[-1].startswith("smoke check: https://")


def test_a_changed_function_is_deployed_alone(twice):
    _, apis, versions, functions = seen(twice)
    twice.edit("casework", "\n# another line\n")
    assert twice.deploy() == ("app casework",)
    _, apis_now, versions_now, functions_now = seen(twice)
    for name in [name for name in functions if name.startswith(f"nanhai-casework-{twice.stage.name}")]:
        assert functions_now.pop(name)[1] != functions.pop(name)[1]
    assert apis_now.keys() == apis.keys()
    assert (functions_now, versions_now, apis_now[_portal(twice)]) == (functions, versions, apis[_portal(twice)])


def test_a_changed_layer_reaches_every_function(twice):
    package = twice.folder / "layers" / "nanhai" / "python" / "nanhai" / "__init__.py"
    package.write_text('"""Another package."""\n', "utf-8")
    assert twice.deploy() == ("layer nanhai", "app casework", "app portal")
    assert {row["Layers"][1]["Arn"].split(":")[-1] for row in twice.lambdas().values()} == {"2"}


def test_a_changed_file_of_the_client_reaches_the_portal_alone(twice):
    *_, functions = seen(twice)
    page = twice.folder / "functions" / "portal" / "static" / "index.html"
    page.write_text("<!doctype html><title>another pass</title>", "utf-8")
    assert twice.deploy() == ("layer client", "app portal")
    *_, functions_now = seen(twice)
    before, now = functions.pop(_portal(twice)), functions_now.pop(_portal(twice))
    assert before[1] == now[1]  # the code
    assert [arn.split(":")[-1] for arn in now[2]] == [*(arn.split(":")[-1] for arn in before[2][:2]), "2"]
    assert functions_now == functions


def test_a_changed_event_source_setting_leaves_the_code_alone(twice, tmp_path, monkeypatch):
    merge = tmp_path / "merge"
    merge.mkdir()
    for path in settings.MERGE.glob("*.json"):
        (merge / path.name).write_text(path.read_text("utf-8"), "utf-8")
    told = json.loads((merge / "casework.json").read_text("utf-8"))
    told["Resources"]["RestAPI"]["Properties"]["MethodSettings"][0]["ThrottlingRateLimit"] = 7
    (merge / "casework.json").write_text(json.dumps(told), "utf-8")
    *_, functions = seen(twice)
    monkeypatch.setattr(settings, "MERGE", merge)
    assert twice.deploy() == ("app casework",)
    assert "app casework: settings" in twice.said
    assert seen(twice)[-1] == functions
    api = twice.apis()[f"nanhai-casework-{twice.stage.name}"]
    stage = twice.client("apigateway").get_stage(restApiId=api, stageName=twice.stage.name)
    assert stage["methodSettings"]["*/*"]["throttlingRateLimit"] == 7


def test_a_changed_template_moves_the_foundation_alone(twice, monkeypatch):
    read = foundation.template.read
    monkeypatch.setattr(foundation.template, "read", lambda: {**read(), "Description": "another"})
    assert twice.deploy() == ("foundation",)
    assert twice.deploy() == ()


def test_a_smoke_check_that_fails_fails_the_deployment(twice, monkeypatch):
    monkeypatch.setattr("infra.deploy.smoke.PAUSE_S", 0)
    with pytest.raises(Exception, match=r"GET https://.*/configuration answers 503"):
        twice.deploy(status=503)


def test_a_stream_that_would_be_read_from_its_end_is_refused_with_what_to_do(build):
    stand = build("latest", "checkpoints", "portal")
    app = stand.folder / "functions" / "checkpoints" / "app.py"
    app.write_text(app.read_text("utf-8").replace("TRIM_HORIZON", "LATEST"), "utf-8")
    with pytest.raises(DeployFault, match=r"checkpoints\.count reads its stream from LATEST.*delete event source"):
        stand.deploy()
    (source,) = stand.sources()
    app.write_text(app.read_text("utf-8").replace("LATEST", "TRIM_HORIZON"), "utf-8")
    stand.client("lambda").delete_event_source_mapping(UUID=source["UUID"])
    stand.deploy()
    assert [row["StartingPosition"] for row in stand.sources()] == ["TRIM_HORIZON"]


def _portal(stand):
    return f"nanhai-portal-{stand.stage.name}"
