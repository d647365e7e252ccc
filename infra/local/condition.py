"""How a running platform is, as `nanhai status` tells it."""

from __future__ import annotations

import time
from typing import Any

from infra.local import queues, switches
from infra.local.folder import Folder
from infra.local.journal import Journal
from infra.local.probe import ask, is_healthy


def read(folder: Folder) -> dict[str, Any]:
    """Raises NotRunning."""
    running = folder.running()
    journal = Journal(folder.path)
    return {
        "url": running.base,
        "data": str(folder.path),
        "pid": running.pid,
        "engine": running.environment["AWS_ENDPOINT_URL_DYNAMODB"],
        "healthy": is_healthy(running.port),
        "clock_offset_s": switches.clock_offset_s(folder.clock),
        "paused": switches.paused(journal),
        "streams": (ask(running.port, "/local/jobs") or {}).get("streams", []),
        "queues": queues.waiting(journal),
    }


def told(found: dict[str, Any]) -> str:
    lines = [
        f"platform   {found['url']}  {'answers' if found['healthy'] else 'does not answer'}, process {found['pid']}",
        f"engine     {found['engine']}",
        f"data       {found['data']}",
        f"clock      {found['clock_offset_s']:+} s",
        f"jobs       {'stand still' if found['paused'] else 'run'}",
        *(f"stream     {_stream(stream)}" for stream in found["streams"]),
        *(f"queue      {queue}: {count} waiting" for queue, count in sorted(found["queues"].items())),
    ]
    return "\n".join(lines)


def _stream(stream: dict[str, Any]) -> str:
    caught_up = stream["caught_up_at"]
    seen = f"caught up {max(0.0, time.time() - caught_up):.0f} s ago" if caught_up else "never caught up yet"
    delivered = f"{stream['delivered']:,} delivered, {stream['failed']} given up"
    return f"{stream['consumer']}: {delivered}, {stream['behind_s']:.1f} s behind, {seen}"
