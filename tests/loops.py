"""A coroutine run to its end wherever a test stands: browser tests leave a loop running in their worker's thread."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    with ThreadPoolExecutor(1) as own:
        return own.submit(asyncio.run, work).result()
