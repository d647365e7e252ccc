"""moto's server, taught what it refuses: the Swagger 2.0 with which Chalice makes its REST API, domains, and buckets
that tell a queue."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from moto.apigateway.models import APIGatewayBackend
from moto.awslambda.models import LambdaBackend
from moto.server import main

from infra import moto_buckets, moto_domains
from infra.local.engine import free_port

START_S_MAX = 60.0
POLL_S = 0.1
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",  # with it, moto's streams are not found
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,  # whatever an operator has set up is out of reach
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_DEFAULT_REGION": "ap-east-1",
}


@contextmanager
def running() -> Iterator[Mapping[str, str]]:
    """A server on a free loopback port for as long as the block lasts; yields the environment that leads to it."""
    port = free_port()
    environ = os.environ | CREDENTIALS | {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}
    command = [sys.executable, "-m", "infra.moto_server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(server, port)
        yield CREDENTIALS | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    finally:
        server.terminate()
        server.wait(timeout=10)


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_S_MAX
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"moto's server ended at once with {server.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(POLL_S)
    raise RuntimeError(f"moto's server did not listen within {START_S_MAX:.0f} s")


def accept_swagger() -> None:
    """moto reads paths and integrations of OpenAPI 3 alone; of what Chalice writes, these look the same in both."""
    put, imported = APIGatewayBackend.put_rest_api, APIGatewayBackend.import_rest_api

    def put_rest_api(self: Any, function_id: str, api_doc: dict[str, Any], **more: Any) -> Any:  # noqa: ANN401
        return put(self, function_id, _as_openapi(api_doc), **more)

    def import_rest_api(self: Any, api_doc: dict[str, Any], fail_on_warnings: bool) -> Any:  # noqa: ANN401
        return imported(self, _as_openapi(api_doc), fail_on_warnings)

    setattr(APIGatewayBackend, "put_rest_api", put_rest_api)  # noqa: B010 - mypy allows no assignment to a method
    setattr(APIGatewayBackend, "import_rest_api", import_rest_api)  # noqa: B010 - the same


def _as_openapi(document: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in document.items() if key != "swagger"}
    for methods in kept["paths"].values():
        for method in methods.values():
            _complete(method.get("x-amazon-apigateway-integration", {}))
    return kept | {"openapi": "3.0.1", "info": {"description": "", **document["info"]}}


def _complete(integration: dict[str, Any]) -> None:
    """Answers to preflight requests call nothing; moto wants to be told what all the same."""
    if integration.get("type") == "mock":
        integration.update(uri="", httpMethod="POST")


def tell_streams_to_nobody() -> None:
    """moto would run a table's consumers in containers, and cannot tell them of binary values; we run them instead."""

    def send_dynamodb_items(self: Any, function_arn: str, items: list[Any], source: str) -> bytes:  # noqa: ANN401, ARG001
        return b""

    setattr(LambdaBackend, "send_dynamodb_items", send_dynamodb_items)  # noqa: B010 - the same


if __name__ == "__main__":
    accept_swagger()
    tell_streams_to_nobody()
    moto_buckets.accept_notifications()
    assert moto_domains  # noqa: S101 - moto finds what is imported
    main()
