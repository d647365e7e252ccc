"""The foundation says of every table, queue, key, bucket and alarm what it has to."""

from __future__ import annotations

import ast
import json
import re

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.days import DAY_S
from nanhai.edge import authority, events
from nanhai.edge.endpoint import Endpoint
from nanhai.policies import casework
from nanhai.services import alarms
from nanhai.services.casework import appeals as filing
from nanhai.services.deliveries import Outcome
from nanhai.services.identity import breaker, codes
from nanhai.services.reports import writing
from nanhai.store import appeals
from nanhai.streams import log

from infra import functions, template
from infra.functions import ROOT

RESOURCES = template.read()["Resources"]
STORE = ROOT / "layers" / "nanhai" / "python" / "nanhai" / "store"
STREAMS = {"people": "KEYS_ONLY", "passes": "NEW_AND_OLD_IMAGES", "scans": "NEW_AND_OLD_IMAGES", "notices": "NEW_IMAGE"}
STREAMS |= {"sightings": "NEW_IMAGE"}
KEPT_DAYS = 180
NOT_RECOVERED = {
    "sightings",
    "presence",
}  # a recovery would bring back what is forgotten after 14 days; operators have it
FORGETFUL = {"SignallingBucket": 3}  # days, after which nothing is left of what it held: no older versions either


def of(kind):
    return {name: row for name, row in RESOURCES.items() if row["Type"] == kind}


def each(kind):
    return pytest.mark.parametrize("name", of(kind))


def properties(name):
    return RESOURCES[name]["Properties"]


def table(name):
    return properties(name)["TableName"]["Fn::Sub"].removeprefix("nanhai-${Stage}-")


@each("AWS::DynamoDB::Table")
def test_a_table_is_on_demand_protected_sealed_and_can_be_set_back(name):
    told = properties(name)
    assert told["BillingMode"] == "PAY_PER_REQUEST"
    assert told["DeletionProtectionEnabled"] is True
    recovered = table(name) not in NOT_RECOVERED
    assert told["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": recovered}
    assert told["SSESpecification"]["KMSMasterKeyId"] == {"Fn::GetAtt": ["TablesKey", "Arn"]}
    assert RESOURCES[name]["DeletionPolicy"] == RESOURCES[name]["UpdateReplacePolicy"] == "Retain"


@each("AWS::DynamoDB::Table")
def test_a_table_forgets_exactly_what_its_store_lets_expire(name):
    modules = [path.read_text("utf-8") for path in STORE.glob("*.py")]
    expires = any("expires_at" in code for code in modules if f'table_name = "{table(name)}"' in code)
    told = properties(name).get("TimeToLiveSpecification")
    assert told == ({"AttributeName": "expires_at", "Enabled": True} if expires else None)


@each("AWS::DynamoDB::Table")
def test_a_table_has_a_stream_where_a_function_reads_one(name):
    read = {handler.stream for function in functions.load() for handler in function.handlers if handler.stream}
    assert read == set(STREAMS)
    told = properties(name).get("StreamSpecification")
    assert told == ({"StreamViewType": STREAMS[table(name)]} if table(name) in STREAMS else None)


def test_the_stream_of_people_carries_no_health_facts():
    assert properties("PeopleTable")["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}


def test_every_index_that_the_store_asks_is_there_and_no_other():
    asked = {name for path in STORE.glob("*.py") for name in _indexes(path)}
    told = {row["IndexName"] for name in of("AWS::DynamoDB::Table") for row in _index_rows(name)}
    assert told == asked


@each("AWS::KMS::Key")
def test_a_key_turns_over_every_year_and_outlives_the_stack(name):
    assert properties(name)["EnableKeyRotation"] is True
    assert RESOURCES[name]["DeletionPolicy"] == "Retain"


@each("AWS::SQS::Queue")
def test_a_queue_is_sealed_and_keeps_what_failed_for_a_fortnight(name):
    told = properties(name)
    assert told["SqsManagedSseEnabled"] is True
    if name.endswith("Failures"):
        assert told["MessageRetentionPeriod"] == 14 * 86_400


def test_a_segment_that_is_worked_on_is_not_seen_by_another():
    (sweep,) = (h for f in functions.load() for h in f.handlers if h.queue == "sweep")
    assert properties("SweepQueue")["VisibilityTimeout"] >= 6 * sweep.timeout_s


def test_everything_lost_by_a_handler_has_a_queue_and_an_alarm():
    lost = {handler.failures for function in functions.load() for handler in function.handlers if handler.failures}
    for name in (*lost, "sweep"):
        word = name.capitalize()
        assert properties(f"{word}Failures")["QueueName"] == {"Fn::Sub": f"nanhai-${{Stage}}-{name}-failures"}
        (watched,) = properties(f"{word}Failed")["Dimensions"]
        assert watched["Value"] == {"Fn::GetAtt": [f"{word}Failures", "QueueName"]}


@pytest.mark.parametrize(
    ("folder", "kept_s"),
    [
        (writing.FOLDER, casework.shipped().rules[-1].kept_s),
        (filing.FOLDER, appeals.KEPT_S),
    ],
)
def test_photos_are_forgotten_as_soon_as_what_they_were_sent_with(folder, kept_s):
    rules = properties("EvidenceBucket")["LifecycleConfiguration"]["Rules"]
    (own,) = [rule for rule in rules if rule.get("Prefix") == f"kept/{folder}/"]
    assert (own["Status"], own["ExpirationInDays"] * DAY_S) == ("Enabled", kept_s)
    assert own["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}


@each("AWS::S3::Bucket")
def test_a_bucket_is_closed_sealed_and_versioned(name):
    told = properties(name)
    assert set(told["PublicAccessBlockConfiguration"].values()) == {True}
    assert told["VersioningConfiguration"] == {"Status": "Suspended" if name in FORGETFUL else "Enabled"}
    assert told["BucketEncryption"]
    policies = [properties(policy) for policy in of("AWS::S3::BucketPolicy")]
    assert [row["PolicyDocument"] for row in policies if row["Bucket"] == {"Ref": name}]


@pytest.mark.parametrize(("name", "days"), FORGETFUL.items())
def test_a_bucket_that_forgets_keeps_nothing_beyond_its_days(name, days):
    rules = properties(name)["LifecycleConfiguration"]["Rules"]
    assert {"Id": "retention", "Status": "Enabled", "ExpirationInDays": days} in rules
    assert all(rule.get("ExpirationInDays", 0) <= days for rule in rules)


@pytest.mark.parametrize("function", functions.load(), ids=lambda function: function.name)
def test_every_lambda_function_has_a_log_group_that_ends(function):
    groups = {properties(n)["LogGroupName"]["Fn::Sub"]: properties(n) for n in of("AWS::Logs::LogGroup")}
    for handler in function.all:
        name = function.lambda_name(handler, "${Stage}")
        assert groups[f"/aws/lambda/{name}"]["RetentionInDays"] == KEPT_DAYS


@pytest.mark.parametrize("function", functions.load(), ids=lambda function: function.name)
def test_every_function_has_a_base_path_once_there_is_a_domain_and_an_api(function):
    word = function.name.capitalize()
    mapping = RESOURCES[f"{word}Path"]
    assert mapping["Condition"] == f"Maps{word}"
    assert mapping["Properties"] == {
        "DomainName": {"Ref": "Domain"},
        "BasePath": function.name,
        "RestApiId": {"Ref": f"{word}Api"},
        "Stage": {"Ref": "Stage"},
    }


@pytest.mark.parametrize("function", functions.load(), ids=lambda function: function.name)
def test_every_api_has_an_alarm_on_its_5xx(function):
    told = properties(f"{function.name.capitalize()}Errors")
    assert told["MetricName"] == "5XXError"
    assert told["Dimensions"] == [{"Name": "ApiName", "Value": {"Fn::Sub": f"nanhai-{function.name}-${{Stage}}"}}]


def test_every_stream_has_an_alarm_on_its_lag():
    for function in functions.load():
        for handler in (one for one in function.handlers if one.stream):
            told = properties(f"{handler.name.capitalize()}Late")
            name = function.lambda_name(handler, "${Stage}")
            assert told["MetricName"] == "IteratorAge"
            assert told["Dimensions"] == [{"Name": "FunctionName", "Value": {"Fn::Sub": name}}]


@each("AWS::CloudWatch::Alarm")
def test_an_alarm_is_told_to_somebody_and_is_silent_when_nothing_happens(name):
    told = properties(name)
    assert told["AlarmActions"] == told["OKActions"] == [{"Ref": "AlarmTopic"}]
    assert told["TreatMissingData"] == "notBreaching"
    assert told["AlarmDescription"]


@each("AWS::Logs::MetricFilter")
def test_a_line_that_is_counted_rings_an_alarm_and_is_drawn(name):
    (counted,) = properties(name)["MetricTransformations"]
    watching = [alarm for alarm in of("AWS::CloudWatch::Alarm") if _watches(alarm, counted)]
    assert len(watching) == 1
    assert f'"{counted["MetricName"]}"' in properties("Dashboard")["DashboardBody"]["Fn::Sub"]


def request(operation, status):
    endpoint = Endpoint("POST", "/x", operation, "", lambda: None, None, None, None, "*/*", 200, False, ())
    return lambda: events.served(endpoint, Role.ANONYMOUS, status, 1.0, "correlation")


LINES = {
    "CodesFailed": (request("code.send", 503), request("code.send", 202)),
    "WrongCodes": (lambda: events.refused(codes.CodeWrong.code, "c"), lambda: events.refused("edge.json", "c")),
    "SignInsPaused": (lambda: events.refused(breaker.Paused.code, "c"), lambda: events.refused("edge.json", "c")),
    "NoticesSpent": (
        lambda: log.line(event="notice", channel="sms", outcome=Outcome.SPENT.value),
        lambda: log.line(event="notice", channel="sms", outcome=Outcome.CAPPED.value),
    ),
    "CaseworkWaits": (
        lambda: alarms.tell(alarms.CASEWORK, "appeals.overdue", "c"),
        lambda: alarms.tell("reason-not-listed", "casework.reason-not-listed", "c"),
    ),
    "EnterpriseCodesFailed": (
        lambda: alarms.tell(alarms.CODE_NOT_SENT, "sms.unavailable", "c"),
        lambda: alarms.tell(alarms.CASEWORK, "sms.unavailable", "c"),
    ),
    "DrawsFailed": (
        lambda: log.line(event="draw-failed", failure="x"),
        lambda: log.line(event="notice-failed", failure="x"),
    ),
    "MorningsFailed": (
        lambda: log.line(event="notice-failed", failure="x"),
        lambda: log.line(event="notice", channel="sms", outcome=Outcome.SENT.value),
    ),
    "DeliveriesRefused": (
        lambda: log.line(event="delivery-refused", failure="sightings.unreadable"),
        lambda: log.line(event="ingest-failed", failure="x"),
    ),
    "IdentityDefects": (lambda: events.failed(LookupError(), "c"), request("session.open", 500)),
    "RecolourQuarantined": (
        lambda: log.quarantined("people", LookupError()),
        lambda: log.line(event="sweep-failed", failure="x"),
    ),
}


@pytest.mark.parametrize(("name", "counted", "passed_over"), [(name, *lines) for name, lines in LINES.items()])
def test_a_filter_counts_the_lines_that_the_code_writes(name, counted, passed_over, capsys):
    pattern = properties(name)["FilterPattern"]
    counted()
    assert _matches(pattern, capsys.readouterr().out)
    passed_over()
    assert not _matches(pattern, capsys.readouterr().out)


def test_every_filter_is_among_those_that_were_tried():
    tried = {properties(name)["FilterPattern"] for name in LINES}
    assert {properties(name)["FilterPattern"] for name in of("AWS::Logs::MetricFilter")} == tried


def test_the_operation_whose_failures_ring_is_one_of_the_matrix():
    assert "code.send" in authority.MATRIX


def test_guessing_rings_before_the_breaker_opens():
    told = properties("CodeGuessing")
    assert told["Period"] == breaker.WINDOW_S
    assert told["Threshold"] * 2 == breaker.FAILURES_MAX


def test_the_spend_on_sms_rings_at_the_stages_budget():
    assert properties("SmsSpend")["Threshold"] == {"Ref": "SmsBudgetUsd"}


def test_the_template_is_one_that_cloudformation_takes():
    assert len(template.body(template.read()).encode()) <= template.BODY_BYTES_MAX


def _indexes(path):
    """Index names, asked by "IndexName" in a request or named by the Meta of a model's index."""
    tree = ast.parse(path.read_text("utf-8"))
    constants = {
        node.targets[0].id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    if "index_name" in constants:
        yield from re.findall(r'index_name = "(\w+)"', path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "IndexName":
                    yield from _constant(value, constants)


def _constant(node, constants):
    if isinstance(node, ast.Constant):
        yield node.value
    elif isinstance(node, ast.Name):
        yield constants[node.id]


def _index_rows(name):
    return properties(name).get("GlobalSecondaryIndexes", ())


def _watches(alarm, counted):
    told = properties(alarm)
    return (told["MetricName"], told["Namespace"]) == (counted["MetricName"], counted["MetricNamespace"])


def _matches(pattern, line):
    """CloudWatch's JSON patterns, as far as the template uses them: { ($.a = "b") && ($.c >= 1) }."""
    told = json.loads(line)
    terms = re.findall(r'\$\.(\w+) (=|>=) ("[^"]*"|\d+)', pattern)
    assert terms
    return all(_holds(told.get(name), sign, json.loads(value)) for name, sign, value in terms)


def _holds(found, sign, wanted):
    return found == wanted if sign == "=" else isinstance(found, int) and found >= wanted
