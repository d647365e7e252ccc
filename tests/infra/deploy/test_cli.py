"""`nanhai deploy` and `nanhai package`: a plan before anything, one line for what is wrong, and an exit code."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from nanhai.vault.stages import LOCAL_STAGES

from infra.deploy import cli, command, package, stages
from infra.deploy.stages import BadStage, Stage
from infra.deploy.target import Target

REGISTER = "https://register.example.gov.cn"
DESCRIBED = f"""
defaults: {{district: "440605", register: "", legal_register: "{REGISTER}", origin: "", domain: "",
  certificate: "", alarm_email: "", sms_budget_usd: 1000, reserve: true}}
prod: {{register: "{REGISTER}"}}
small: {{register: "{REGISTER}", reserve: false, sms_budget_usd: 5}}
bare: {{}}
half: {{register: "{REGISTER}", domain: pass.example.cn}}
typing: {{register: "{REGISTER}", domian: pass.example.cn}}
lawless: {{register: "{REGISTER}", legal_register: ""}}
plain: {{register: "{REGISTER}", wechat: "http://wechat.example.cn"}}
"""
BAD = {
    "bare": "gives stage bare no identity register",
    "unheard": "gives stage unheard no identity register",
    "half": "stage half: a domain needs its certificate",
    "lawless": "gives stage lawless no register of legal persons",
    "plain": "stage plain: wechat is none, or the endpoint that sends",
    "typing": "stage typing: infra/stages.yaml says domian, which means nothing",
    "local": "'local' is no stage",
    "test": "'test' is no stage",
    "defaults": "'defaults' is no stage",
    "Prod": "'Prod' is no stage",
    "x": "'x' is no stage",
    "averylongname": "'averylongname' is no stage",
    "pro-d": "'pro-d' is no stage",
}


@pytest.fixture
def described(tmp_path, monkeypatch):
    """infra/stages.yaml as an operator has filled it in."""
    path = tmp_path / "stages.yaml"
    path.write_text(DESCRIBED, "utf-8")
    monkeypatch.setattr(stages, "PATH", path)


def run(*arguments, typed=""):
    return CliRunner().invoke(command, arguments, input=typed)


@pytest.mark.parametrize(("stage", "what"), BAD.items())
@pytest.mark.parametrize("verb", [command, package], ids=["deploy", "package"])
def test_a_stage_that_cannot_be_deployed_is_refused_in_one_line(described, verb, stage, what):
    ended = CliRunner().invoke(verb, ["--stage", stage, "--region", "ap-east-1"])
    assert ended.exit_code == 1
    assert what in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""


def test_the_file_as_it_is_shipped_names_no_stage_that_can_be_deployed():
    assert run("--stage", "prod", "--region", "ap-east-1").exit_code == 1


def test_a_stage_says_what_differs_from_the_defaults(described):
    assert stages.load("small") == Stage("small", REGISTER, REGISTER, reserve=False, sms_budget_usd=5)


def test_a_file_that_is_no_yaml_is_named(described, monkeypatch):
    stages.PATH.write_text("prod: {", "utf-8")
    with pytest.raises(BadStage, match=r"stages\.yaml cannot be read"):
        stages.load("prod")


def test_no_region_is_a_mistake_of_the_command_line(described, monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    ended = run("--stage", "prod")
    assert ended.exit_code == 2
    assert "--region" in ended.stderr


def test_an_aws_that_cannot_be_reached_is_one_line(described, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("infra.deploy.target.TRIES_MAX", 1)
    monkeypatch.setattr("infra.layers.build", lambda *where: ())
    ended = run("--stage", "prod", "--region", "ap-east-1", "--yes")
    assert ended.exit_code == 1
    assert ended.stderr.startswith("nanhai deploy: Could not connect")
    assert ended.stderr.count("\n") == 1


def test_the_plan_is_shown_and_nothing_done_without_a_yes(described, build, monkeypatch):
    stand = build("prod", "portal")
    monkeypatch.setattr(cli, "Target", lambda stage, region, say: _with_say(stand.target(), say))
    ended = run("--stage", "prod", "--region", "ap-east-1", typed="n\n")
    assert ended.exit_code == 0
    assert ended.stdout.splitlines()[:2] == [
        "deploy stage prod, region ap-east-1, account 123456789012",
        "  foundation             create",
    ]
    assert stand.lambdas() == {}


def test_nothing_is_deleted_without_a_yes(described, standing, monkeypatch):
    monkeypatch.setattr(cli, "Target", lambda stage, region, say: _with_say(standing.target(), say))
    ended = run("--stage", "prod", "--region", "ap-east-1", "--delete", typed="n\n")
    assert ended.exit_code == 0
    assert "Delete? [y/N]: n" in ended.stdout
    assert standing.lambdas()


def test_packages_can_be_looked_at_without_a_stage_of_ones_own(monkeypatch, tmp_path):
    monkeypatch.setattr(cli.templates, "write", lambda target, out: [f"{target.stage.name} {target.region} {out}"])
    ended = CliRunner().invoke(package, ["--region", "ap-east-1", "--out", str(tmp_path)])
    assert (ended.exit_code, ended.stdout) == (0, f"sample ap-east-1 {tmp_path}\n")


def _with_say(target: Target, say) -> Target:
    return Target(target.stage, target.region, say, target.functions, target.sources, target.layers, target.build)


def test_no_stage_is_deployed_where_a_local_adapter_may_start():
    assert stages.LOCAL_ONLY == LOCAL_STAGES
