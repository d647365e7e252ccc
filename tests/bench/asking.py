"""A request to an app as API Gateway hands it over, made beforehand: only the answering is measured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalice import Chalice

from tests.edge.gateway import event


class Unexpected(RuntimeError):
    """An answer that was no success: what was measured then is not what was meant."""


@dataclass(frozen=True, slots=True)
class Request:
    app: Chalice
    event: Mapping[str, Any]

    def __call__(self) -> Mapping[str, Any]:
        answer: dict[str, Any] = self.app(self.event, None)
        if not 200 <= answer["statusCode"] < 300:
            raise Unexpected(
                f"{self.event['httpMethod']} {self.event['path']}: {answer['statusCode']} {answer['body']}"
            )
        return answer

    @property
    def json(self) -> Any:
        return json.loads(self()["body"])


def request(app: Chalice, method: str, path: str, token: str, body: object = None, once: str = "") -> Request:
    headers = {
        "Accept": "application/json",
        "Accept-Language": "zh-CN",
        "Authorization": f"Bearer {token}",
        "User-Agent": "Mozilla/5.0 (Linux; Android 10)",
    }
    if body is not None:
        headers["Content-Type"] = "application/json"
    if once:
        headers["Idempotency-Key"] = once
    return Request(app, event(app, method, path, None if body is None else json.dumps(body), headers))
