"""What the store asks of DynamoDB, overheard, whether through our own transport or through boto3's client."""

from __future__ import annotations

from typing import Any

import msgspec
from nanhai.store.connection import client
from nanhai.store.transport import Transport

Heard = list[tuple[str, dict[str, Any]]]


def listen(monkeypatch) -> Heard:
    """Every request that goes out from now on, retries included, as (operation, parameters)."""
    heard: Heard = []
    if isinstance(client(), Transport):
        send = Transport._send

        def overheard(self, operation: str, body: bytes):
            heard.append((operation, msgspec.json.decode(body)))
            return send(self, operation, body)

        monkeypatch.setattr(Transport, "_send", overheard)
    else:
        client().meta.events.register(
            "before-call.dynamodb",
            lambda model, params, **_: heard.append((model.name, msgspec.json.decode(params["body"]))),
        )
    return heard
