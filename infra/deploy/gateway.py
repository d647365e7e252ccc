"""What API Gateway answers by itself (unknown path, throttled, timed out), as problem+json, and the stage's throttles.

Chalice owns the REST API and puts it anew at every deployment, so this follows every one; it takes effect by a
deployment of the API's stage.
"""

from __future__ import annotations

import json
from typing import Any

from infra.deploy import settings
from infra.deploy.target import Target
from infra.functions import Function

ALWAYS = {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}


def apply(target: Target, function: Function, api: str) -> None:
    client = target.client("apigateway")
    client.update_rest_api(
        restApiId=api, patchOperations=[{"op": "replace", "path": "/name", "value": api_name(target, function)}]
    )
    for kind, answer in json.loads(settings.GATEWAY.read_text("utf-8")).items():
        client.put_gateway_response(restApiId=api, responseType=kind, **_response(answer, target.stage.origin))
    client.create_deployment(restApiId=api, stageName=target.stage.name, description="gateway responses")
    client.update_stage(restApiId=api, stageName=target.stage.name, patchOperations=_throttles(target, function))


def api_name(target: Target, function: Function) -> str:
    """Alarms tell APIs apart by name, and Chalice gives every stage's the same."""
    return f"nanhai-{function.name}-{target.stage.name}"


def _response(answer: dict[str, Any], origin: str) -> dict[str, Any]:
    headers = ALWAYS | answer.get("headers", {}) | ({"Access-Control-Allow-Origin": origin} if origin else {})
    body = {
        "type": f"urn:nanhai:problem:{answer['code']}",
        "title": answer["title"],
        "status": answer["status"],
        "code": answer["code"],
        "correlation_id": "$context.requestId",
    }
    return {
        "statusCode": str(answer["status"]),
        "responseParameters": {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers.items()},
        "responseTemplates": {"application/json": json.dumps(body, ensure_ascii=False)},
    }


def _throttles(target: Target, function: Function) -> list[dict[str, str]]:
    told = settings.properties(target, function, "RestAPI").get("MethodSettings", ())
    return [operation for route in told for operation in _throttle(route)]


def _throttle(route: dict[str, Any]) -> list[dict[str, str]]:
    """CloudFormation and the API write a path alike, ~1 for its slashes, but for the root."""
    path = "/~1" if route["ResourcePath"] == "/" else route["ResourcePath"]
    where = f"{path}/{route['HttpMethod']}"
    limits = ("rateLimit", route["ThrottlingRateLimit"]), ("burstLimit", route["ThrottlingBurstLimit"])
    return [{"op": "replace", "path": f"{where}/throttling/{name}", "value": str(value)} for name, value in limits]
