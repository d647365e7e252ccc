"""One request from outside: what was deployed answers."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx

from infra.deploy.target import DeployFault, Target

TRIES_MAX = 6
PAUSE_S = 5.0
Probe = Callable[[str], int]


def address(target: Target, api: str) -> str:
    """The portal's public configuration: by the stage's domain, or the API's own address."""
    if target.stage.domain:
        return f"https://{target.stage.domain}/portal/configuration"
    suffix = "amazonaws.com.cn" if target.partition == "aws-cn" else "amazonaws.com"
    return f"https://{api}.execute-api.{target.region}.{suffix}/{target.stage.name}/configuration"


def check(url: str, probe: Probe) -> None:
    """DeployFault unless `url` answers 200 within half a minute: a new stage takes some seconds to be reachable."""
    for last in (*(False for _ in range(TRIES_MAX - 1)), True):
        status = probe(url)
        if status == 200:
            return
        if last:
            raise DeployFault(f"GET {url} answers {status or 'nothing'}")
        time.sleep(PAUSE_S)


def get(url: str) -> int:
    """The status, or 0 when nothing answers."""
    try:
        return httpx.get(url, timeout=30, follow_redirects=False).status_code
    except httpx.HTTPError:
        return 0
