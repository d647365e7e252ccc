"""What somebody should count or be woken for: one JSON line, which a metric filter finds. Codes only, never whose."""

from __future__ import annotations

import sys

import msgspec

CODE_NOT_SENT = "code-not-sent"  # to an enterprise, which is not told of it
CASEWORK = "casework-waits"  # an appeal, an order or a notice to gates is overdue or cannot be written


def tell(event: str, code: str, correlation_id: str) -> None:
    said = {"event": event, "code": code, "correlation_id": correlation_id}
    sys.stdout.write(msgspec.json.encode(said).decode("utf-8") + "\n")
