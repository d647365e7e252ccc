"""A function may do what its code does, to what it does it to, and nothing else."""

from __future__ import annotations

import json

import pytest
from nanhai.edge import authority
from nanhai.edge.api import endpoints
from nanhai.edge.authority import ScopeRule

from infra import functions, policies, template
from infra.functions import ROOT
from infra.local import apps
from infra.policies import Place, policy
from infra.rules import resources
from tests.infra import reach

PLACE = Place("prod", "ap-east-1", "123456789012", "arn:aws:kms:…:key/tables", "arn:aws:kms:…:key/secrets")
ALL = [(function, handler) for function in functions.load() for handler in function.all]
IDS = [f"{function.name}.{handler.name}" for function, handler in ALL]
TABLES = {name: row["Properties"] for name, row in template.read()["Resources"].items() if name.endswith("Table")}
# What the edge does for requests of people it knows, or that take effect once: no route of these functions is such.
OPEN_TO_ALL = {"portal": {"staff", "lookups", "audit", "idempotency"}}

CONSUMED = {"ReceiveMessage", "DeleteMessage", "GetQueueAttributes"}

each = pytest.mark.parametrize(("function", "handler"), ALL, ids=IDS)


def statements(function, handler, service=""):
    held = policy(function, handler, PLACE)["Statement"]
    return [row for row in held if row["Action"][0].startswith(f"{service}:" if service else "")]


@each
def test_access_is_just_what_the_code_does(function, handler):
    needed = {
        table: words
        for table, words in reach.access(function.name, handler.name).items()
        if table not in OPEN_TO_ALL.get(function.name, ())
    }
    assert {table: set(words) for table, words in handler.access.items()} == needed


@pytest.mark.parametrize("name", OPEN_TO_ALL)
def test_a_function_that_knows_nobody_serves_only_what_is_public_and_changes_nothing(name):
    served = endpoints(apps.load(name))
    assert served
    for endpoint in served:
        assert set(authority.MATRIX[endpoint.operation].values()) == {ScopeRule.PUBLIC}
        assert endpoint.method == "GET" or endpoint.operation == "address.find"  # which counts for its limit only
        assert not endpoint.once


@each
def test_every_statement_names_its_resources(function, handler):
    for statement in statements(function, handler):
        assert list(resources.faults(statement)) == []
        assert statement["Effect"] == "Allow"
        assert all(":" in action and "*" not in action for action in statement["Action"])


@each
def test_tables_exist_and_are_named_one_by_one(function, handler):
    known = {row["TableName"]["Fn::Sub"].replace("${Stage}", "prod") for row in TABLES.values()}
    for statement in statements(function, handler, "dynamodb"):
        name = statement["Resource"][0].split(":table/")[1].removesuffix("/stream/*")
        assert name in known


@each
def test_an_index_is_open_where_the_table_has_one(function, handler):
    indexed = {
        row["TableName"]["Fn::Sub"].removeprefix("nanhai-${Stage}-")
        for row in TABLES.values()
        if "GlobalSecondaryIndexes" in row
    }
    assert indexed == policies.INDEXED
    for statement in statements(function, handler, "dynamodb"):
        names = [resource.split(":table/nanhai-prod-")[1] for resource in statement["Resource"]]
        if names[0] in indexed:
            assert names == [names[0], f"{names[0]}/index/*"]
        else:
            assert len(names) == 1


@each
def test_nothing_is_deleted_but_sessions_and_papers(function, handler):
    """Records, keys and audit entries are there for good, whatever a function is made to do."""
    deletable = {
        statement["Resource"][0].rsplit("-", 1)[1]
        for statement in statements(function, handler, "dynamodb")
        if "dynamodb:DeleteItem" in statement["Action"]
    }
    assert deletable <= {"sessions", "passes"}


@each
def test_the_audit_and_the_answers_to_requests_are_only_ever_added_to(function, handler):
    for statement in statements(function, handler, "dynamodb"):
        if statement["Resource"][0].endswith(("-audit", "-idempotency", "-quarantine")):
            assert "dynamodb:UpdateItem" not in statement["Action"]


@each
def test_the_key_of_the_tables_works_through_dynamodb_alone(function, handler):
    (through,) = (row for row in statements(function, handler, "kms") if row["Resource"] == [PLACE.tables_key])
    assert through["Condition"] == {"StringEquals": {"kms:ViaService": "dynamodb.ap-east-1.amazonaws.com"}}


@each
def test_only_the_rotation_of_keys_can_wrap_secrets(function, handler):
    direct = {
        action
        for row in statements(function, handler, "kms")
        if row["Resource"] == [PLACE.secrets_key] and "Condition" not in row
        for action in row["Action"]
    }
    wraps = (function.name, handler.name) == ("passes", "rotate")
    assert direct == ({"kms:Decrypt", "kms:Encrypt"} if wraps else {"kms:Decrypt"})


def test_only_who_sends_codes_or_news_sends_sms_and_to_phones_alone():
    senders = {(f.name, h.name) for f, h in ALL if statements(f, h, "sns")}
    identity = {("identity", "api_handler"), ("identity", "notify"), ("identity", "morning")}
    assert senders == identity | {("trajectories", "api_handler")}
    for (statement,) in [statements(f, h, "sns") for f, h in ALL if statements(f, h, "sns")]:
        assert statement == {"Effect": "Allow", "Action": ["sns:Publish"], "NotResource": ["arn:*:sns:*:*:*"]}


@each
def test_whoever_takes_in_files_reaches_their_two_folders_and_nobody_else_does(function, handler):
    takes = reach.reaches(function.name, handler.name, "nanhai.services.uploads")
    assert ("uploads" in handler.grants) == takes
    bucket = "arn:aws:s3:::nanhai-prod-evidence-123456789012"
    files = {"s3:PutObject", "s3:GetObject", "s3:DeleteObject"}
    told = {tuple(row["Resource"]): set(row["Action"]) for row in statements(function, handler, "s3")}
    wanted = {(f"{bucket}/incoming/*", f"{bucket}/kept/*"): files, (bucket,): {"s3:ListBucket"}}
    assert told == (wanted if takes else {}) or "signalling" in handler.grants


@each
def test_whoever_takes_in_signalling_reads_it_drops_what_is_done_puts_only_its_parts_and_nobody_else_does(
    function, handler
):
    takes = reach.reaches(function.name, handler.name, "nanhai.services.trajectories.signalling")
    assert ("signalling" in handler.grants) == takes
    if takes:
        bucket = "arn:aws:s3:::nanhai-prod-signalling-123456789012"
        told = {tuple(row["Resource"]): set(row["Action"]) for row in statements(function, handler, "s3")}
        assert told == {
            (f"{bucket}/*",): {"s3:GetObject", "s3:DeleteObject"},
            (f"{bucket}/staged/*",): {"s3:PutObject"},
            (bucket,): {"s3:ListBucket"},
        }


@each
def test_files_are_sealed_and_opened_through_s3_alone(function, handler):
    through = [row for row in statements(function, handler, "kms") if row["Resource"] == [PLACE.secrets_key]]
    through = [row for row in through if "Condition" in row]
    assert [row["Condition"]["StringEquals"] for row in through] == (
        [{"kms:ViaService": "s3.ap-east-1.amazonaws.com"}] if handler.grants & {"uploads", "signalling"} else []
    )
    assert all(set(row["Action"]) == {"kms:GenerateDataKey", "kms:Decrypt"} for row in through)


@each
def test_a_consumer_reads_its_own_source_and_writes_to_its_own_failures(function, handler):
    queues: dict[str, set[str]] = {}
    for row in statements(function, handler, "sqs"):
        queues.setdefault(row["Resource"][0].split(":")[-1], set()).update(a.split(":")[1] for a in row["Action"])
    wanted = {}
    if "sweep" in handler.grants:
        wanted["nanhai-prod-sweep"] = {"SendMessage"}
    if "signalling" in handler.grants:
        wanted["nanhai-prod-ingest"] = {"SendMessage"}
    if handler.queue:
        wanted.setdefault(f"nanhai-prod-{handler.queue}", set()).update(CONSUMED)
    if handler.failures:
        wanted[f"nanhai-prod-{handler.failures}-failures"] = {"SendMessage"}
    assert queues.keys() == wanted.keys()
    assert all(queues[name] >= actions for name, actions in wanted.items())
    streams = [row["Resource"] for row in statements(function, handler, "dynamodb") if "/stream/" in row["Resource"][0]]
    assert streams == (
        [[f"arn:aws:dynamodb:ap-east-1:123456789012:table/nanhai-prod-{handler.stream}/stream/*"]]
        if handler.stream
        else []
    )


@each
def test_a_function_logs_to_its_own_group(function, handler):
    ((logs,),) = [row["Resource"] for row in statements(function, handler, "logs")]
    name = function.lambda_name(handler, "prod")
    assert logs == f"arn:aws:logs:ap-east-1:123456789012:log-group:/aws/lambda/{name}:*"


def test_the_account_keeps_a_hundred_and_more_unreserved():
    assert sum(handler.concurrency for _, handler in ALL) <= 900


def test_the_files_beside_the_apps_are_what_functions_yaml_gives():
    assert policies.drifted(policies.files()) == []


def test_drift_is_found(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(policies, "ROOT", tmp_path)
    policies.main([])
    made = policies.files()
    assert policies.main(["--check"]) == 0
    changed, missing = sorted(made)[:2]
    changed.write_text("{}", "utf-8")
    missing.unlink()
    (changed.parent / "policy-nobody.json").write_text("{}", "utf-8")
    assert policies.main(["--check"]) == 1
    said = capsys.readouterr().err
    assert said.count("run python -m infra.policies") == 3
    policies.main([])
    assert policies.main(["--check"]) == 0


@each
def test_a_written_policy_is_the_deployed_one_with_its_place_left_open(function, handler):
    path = ROOT / "functions" / function.name / ".chalice" / f"policy-{handler.name}.json"
    text = path.read_text("utf-8")
    told = {
        "STAGE": PLACE.stage,
        "REGION": PLACE.region,
        "ACCOUNT": PLACE.account,
        "PARTITION": PLACE.partition,
        "TABLES_KEY_ARN": PLACE.tables_key,
        "SECRETS_KEY_ARN": PLACE.secrets_key,
    }
    for name, value in told.items():
        text = text.replace(f"${{{name}}}", value)
    assert json.loads(text) == policy(function, handler, PLACE)


@pytest.mark.parametrize("function", functions.load(), ids=lambda function: function.name)
def test_the_app_has_the_handlers_that_functions_yaml_names(function):
    assert reach.handlers(function.name) == {handler.name for handler in function.handlers}
