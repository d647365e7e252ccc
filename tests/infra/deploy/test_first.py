"""The first deployment of a stage makes everything that functions.yaml, infra/merge and the template say."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from infra import functions, policies
from infra.deploy import copies, foundation, memory, ring, settings
from infra.deploy.target import DeployFault
from tests.infra.deploy import stand

ALL = [(function, handler) for function in functions.load() for handler in function.all]
STREAMS = [(function, handler) for function, handler in ALL if handler.stream]
SCHEDULES = [(function, handler) for function, handler in ALL if handler.failures == "schedule"]
STAGE = "standing"
MAKE_RING = ring.apply  # as it is: most tests do without


def named(pairs):
    return pytest.mark.parametrize(("function", "handler"), pairs, ids=[f"{f.name}.{h.name}" for f, h in pairs])


@pytest.fixture
def deployed(standing):
    return standing.lambdas()


def test_every_step_is_done_in_order(standing):
    apps = [f"app {function.name}" for function in functions.load()]
    assert list(standing.steps) == [
        "foundation",
        "layer dependencies",
        "layer nanhai",
        "layer sheets",
        "layer signals",
        "layer paper",
        "layer client",
        *apps,
        "base paths",
        "keys",
    ]


def test_the_plan_is_said_before_anything_is_done(standing):
    planned = standing.said.index("  keys                   make the ring")
    assert planned < standing.said.index("foundation: create")


def test_every_handler_is_a_function_and_nothing_else_is(deployed):
    assert set(deployed) == {function.lambda_name(handler, STAGE) for function, handler in ALL}


@named(ALL)
def test_a_function_has_the_size_that_functions_yaml_gives(standing, deployed, function, handler):
    name = function.lambda_name(handler, STAGE)
    made = deployed[name]
    reserved = standing.client("lambda").get_function_concurrency(FunctionName=name)["ReservedConcurrentExecutions"]
    assert (made["MemorySize"], made["Timeout"], reserved) == (
        handler.memory_mb,
        handler.timeout_s,
        handler.concurrency,
    )


@named(ALL)
def test_a_function_runs_on_its_layers_traced_and_told_where_it_is(standing, deployed, function, handler):
    made = deployed[function.lambda_name(handler, STAGE)]
    told = made["Environment"]["Variables"]
    named = [f"nanhai-{STAGE}-{layer}" for layer in function.layers]
    assert [layer["Arn"].split(":")[6] for layer in made["Layers"]] == named
    assert made["TracingConfig"] == {"Mode": "Active"}
    assert told == copies.environment(standing.target(), foundation.outputs(standing.target()))
    assert all(told.values())


@named(ALL)
def test_a_role_holds_its_own_policy_and_tracing(standing, function, handler):
    iam, role = standing.client("iam"), function.role_name(handler, STAGE)
    outputs, target = foundation.outputs(standing.target()), standing.target()
    place = policies.Place(STAGE, target.region, target.account, outputs["TablesKeyArn"], outputs["SecretsKeyArn"])
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    held = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert held == policies.policy(function, handler, place)
    assert [policy["PolicyName"] for policy in attached] == ["AWSXRayDaemonWriteAccess"]


@named(STREAMS)
def test_a_stream_is_read_from_its_beginning_in_parts_that_may_fail(standing, function, handler):
    (source,) = [row for row in standing.sources() if row["FunctionArn"].endswith(function.lambda_name(handler, STAGE))]
    told = settings.properties(standing.target(), function, handler.name.capitalize())["Events"]
    (wanted,) = (event["Properties"] for event in told.values())
    queue = f"arn:aws:sqs:ap-east-1:123456789012:nanhai-{STAGE}-{handler.failures}-failures"
    assert f"table/nanhai-{STAGE}-{handler.stream}/stream/" in source["EventSourceArn"]
    assert source["StartingPosition"] == "TRIM_HORIZON"
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["BisectBatchOnFunctionError"] is True
    assert source["MaximumRetryAttempts"] == wanted["MaximumRetryAttempts"] == 8
    assert source["MaximumRecordAgeInSeconds"] == wanted["MaximumRecordAgeInSeconds"] == 86_400
    assert source["ParallelizationFactor"] == wanted["ParallelizationFactor"]
    assert source["DestinationConfig"]["OnFailure"] == {"Destination": queue}
    assert source.get("FilterCriteria") == wanted.get("FilterCriteria")


@pytest.mark.parametrize(("queue", "at_once"), [("sweep", 10), ("ingest", 8)])
def test_a_queue_is_read_by_so_many_at_once_and_told_what_has_to_come_again(standing, queue, at_once):
    (source,) = [row for row in standing.sources() if row["EventSourceArn"].endswith(f":nanhai-{STAGE}-{queue}")]
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["ScalingConfig"] == {"MaximumConcurrency": at_once}


@named(SCHEDULES)
def test_a_schedule_that_fails_is_tried_once_more_and_then_set_aside(standing, function, handler):
    name = function.lambda_name(handler, STAGE)
    told = standing.client("lambda").get_function_event_invoke_config(FunctionName=name)
    queue = f"arn:aws:sqs:ap-east-1:123456789012:nanhai-{STAGE}-schedule-failures"
    wanted = settings.properties(standing.target(), function, handler.name.capitalize())["EventInvokeConfig"]
    assert (told["MaximumRetryAttempts"], told["MaximumEventAgeInSeconds"]) == (1, wanted["MaximumEventAgeInSeconds"])
    assert wanted["MaximumEventAgeInSeconds"] <= 300
    assert told["DestinationConfig"]["OnFailure"] == {"Destination": queue}


def test_each_function_has_one_api_with_the_name_that_its_alarm_watches(standing):
    assert set(standing.apis()) == {f"nanhai-{function.name}-{STAGE}" for function in functions.load()}


@pytest.mark.parametrize("function", functions.load(), ids=lambda function: function.name)
def test_what_the_gateway_answers_by_itself_is_a_problem(standing, function):
    gateway = standing.client("apigateway")
    answers = gateway.get_gateway_responses(restApiId=standing.apis()[f"nanhai-{function.name}-{STAGE}"])["items"]
    wanted = json.loads(settings.GATEWAY.read_text("utf-8"))
    assert {row["responseType"] for row in answers} >= set(wanted)
    for row in (row for row in answers if row["responseType"] in wanted):
        headers, problem = row["responseParameters"], json.loads(row["responseTemplates"]["application/json"])
        assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
        assert headers["gatewayresponse.header.Cache-Control"] == "'no-store'"
        assert headers["gatewayresponse.header.Access-Control-Allow-Origin"] == "'https://client.example.cn'"
        assert problem["code"] == wanted[row["responseType"]]["code"]
        assert str(problem["status"]) == row["statusCode"]
        assert problem["correlation_id"] == "$context.requestId"


@pytest.mark.parametrize("function", functions.load(), ids=lambda function: function.name)
def test_a_route_is_throttled_as_the_merge_file_says(standing, function):
    gateway = standing.client("apigateway")
    api = standing.apis()[f"nanhai-{function.name}-{STAGE}"]
    throttled = gateway.get_stage(restApiId=api, stageName=STAGE)["methodSettings"]
    told = settings.properties(standing.target(), function, "RestAPI")["MethodSettings"]
    assert {route: (row["throttlingRateLimit"], row["throttlingBurstLimit"]) for route, row in throttled.items()} == {
        _route(row): (row["ThrottlingRateLimit"], row["ThrottlingBurstLimit"]) for row in told
    }


def test_the_domain_maps_each_base_path_to_the_api_that_was_made(standing):
    mapped = standing.client("apigateway").get_base_path_mappings(domainName="pass.example.cn")["items"]
    assert {(row["basePath"], row["restApiId"], row["stage"]) for row in mapped} == {
        (function.name, standing.apis()[f"nanhai-{function.name}-{STAGE}"], STAGE) for function in functions.load()
    }


def test_what_the_dns_name_has_to_point_to_is_told(standing):
    assert foundation.outputs(standing.target())["DomainTarget"].endswith(".amazonaws.com")


def test_the_ring_is_made_once_and_an_existing_one_is_never_touched(standing):
    target = standing.target()
    key = {"TableName": f"nanhai-{STAGE}-keys", "Key": {"holder": {"S": "ring"}}}
    made = standing.client("dynamodb").get_item(**key)["Item"]
    MAKE_RING(target, foundation.outputs(target))
    assert standing.client("dynamodb").get_item(**key)["Item"] == made
    assert made["entries"]["M"]


def test_a_ring_that_cannot_be_made_is_told_in_one_line(standing):
    nothing = {"SecretsKeyArn": "arn:aws:kms:ap-east-1:123456789012:key/none"}
    elsewhere = stand.Stand(standing.folder, replace(standing.stage, name="nowhere"), standing.names)
    with pytest.raises(DeployFault, match="the ring of keys could not be made"):
        MAKE_RING(elsewhere.target(), nothing)


def test_what_was_done_lies_in_the_stages_own_bucket(standing):
    target = standing.target()
    assert memory.recall(target, "ring") == {"made": True}
    for function in functions.load():
        assert set(memory.recall(target, function.name)) == {"code", "deployed", "settings"}


def _route(told: dict) -> str:
    return f"{told['ResourcePath'].removeprefix('/') or '~1'}/{told['HttpMethod']}"
