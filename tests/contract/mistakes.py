"""One mistake in a request that would be granted, and what it has to be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.contract.district import District, Sent
from tests.contract.good import Served

ODD = "13812345678"  # never to be quoted
GATEWAYS_OWN = "edge.no-such-path"


@dataclass(frozen=True)
class Mistake:
    """`code`: None where several are right; `pointer`: None where no field is at fault."""

    sent: Sent
    status: int
    code: str | None
    pointer: str | None = None


Kind = Callable[[District, Served, Sent], Iterator[Mistake]]
