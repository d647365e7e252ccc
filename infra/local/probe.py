"""Asks the platform on this machine how it is."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from typing import Any

ANSWER_TIMEOUT_S = 5.0


def ask(port: int, path: str) -> dict[str, Any] | None:
    """The JSON object under /local/…; None when nobody answers, or answers something else."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_TIMEOUT_S)) as connection:
        try:
            connection.request("GET", path, headers={"Accept": "application/json"})
            answer = connection.getresponse()
            document = json.loads(answer.read()) if answer.status == http.client.OK else None
        except (OSError, ValueError, http.client.HTTPException):
            return None
    return document if isinstance(document, dict) else None


def is_healthy(port: int) -> bool:
    return (ask(port, "/local/health") or {}).get("healthy") is True
