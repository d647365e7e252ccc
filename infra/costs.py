"""What a month costs, from counted requests and list prices (infra/costs.yaml): `python -m infra.costs`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra.functions import ROOT

PATH = ROOT / "infra" / "costs.yaml"
MILLION = 1_000_000
KB_PER_GB = 1_000_000
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Operation:
    """One of what people or streams do; reads and writes in DynamoDB's request units."""

    name: str
    reads: float
    writes: float
    ms: float
    memory_mb: int
    answer_kb: float = 0.0
    invocations: float = 1.0
    gateway: float = 1.0
    sms: float = 0.0

    @property
    def gb_s(self) -> float:
        return self.ms / 1_000 * self.memory_mb / 1_024


@dataclass(frozen=True, slots=True)
class Assumed:
    prices: Mapping[str, Any]
    operations: tuple[Operation, ...]
    month: Mapping[str, Any]

    def times(self, operation: Operation) -> float:
        """How often in a month."""
        per_second = self.month["per_second"].get(operation.name, 0) * self.month["seconds"]
        return float(per_second + self.month["per_holder"].get(operation.name, 0) * self.month["holders"])


def read(path: Path = PATH) -> Assumed:
    """KeyError when the month names an operation that is not described."""
    told = yaml.safe_load(path.read_text("utf-8"))
    operations = tuple(Operation(name, **row) for name, row in told["operations"].items())
    unknown = {*told["month"]["per_second"], *told["month"]["per_holder"]} - {row.name for row in operations}
    if unknown:
        raise KeyError(f"operations that are not described: {sorted(map(str, unknown))}")
    return Assumed(told["prices_usd"], operations, told["month"])


def per_million(assumed: Assumed, of: Operation) -> dict[str, float]:
    """USD for a million times, by service; the gateway at its first price."""
    price = assumed.prices
    return {
        "DynamoDB": of.reads * price["dynamodb_read_million"] + of.writes * price["dynamodb_write_million"],
        "Lambda": of.invocations * price["lambda_million"] + MILLION * of.gb_s * price["lambda_gb_s"],
        "API Gateway": of.gateway * price["gateway_tiers_million"][0][1],
        "SMS": MILLION * of.sms * price["sms"],
    }


def per_month(assumed: Assumed) -> dict[str, float]:
    """USD by service."""
    services: dict[str, float] = {}
    for operation in assumed.operations:
        for service, usd in per_million(assumed, operation).items():
            services[service] = services.get(service, 0.0) + usd * assumed.times(operation) / MILLION
    services["API Gateway"] = _gateway(assumed)
    return services | dict(_standing(assumed))


def tiered(millions: float, tiers: Sequence[Sequence[float]]) -> float:
    """USD for so many millions of requests, each tier at its own price; what exceeds the last one at the last price."""
    usd, left = 0.0, millions
    for number, (size, price) in enumerate(tiers):
        taken = left if number == len(tiers) - 1 else min(left, size)
        usd, left = usd + taken * price, left - taken
    return usd


def _gateway(assumed: Assumed) -> float:
    requests = sum(operation.gateway * assumed.times(operation) for operation in assumed.operations)
    return tiered(requests / MILLION, assumed.prices["gateway_tiers_million"])


def _standing(assumed: Assumed) -> Iterator[tuple[str, float]]:
    """What does not belong to one operation."""
    price, month = assumed.prices, assumed.month
    invocations = sum(operation.invocations * assumed.times(operation) for operation in assumed.operations)
    answered = sum(operation.answer_kb * assumed.times(operation) for operation in assumed.operations)
    yield "logs", invocations * month["log_kb_per_invocation"] / KB_PER_GB * price["logs_gb"]
    yield "traces", invocations * month["traced_share"] / MILLION * price["traces_million"]
    yield "transfer", answered / KB_PER_GB * price["transfer_gb"]
    yield "storage, recovery", _stored_gb(month) * (price["dynamodb_storage_gb"] + price["dynamodb_pitr_gb"])
    yield "KMS", month["keys"] * price["kms_key"] + month["kms_millions"] * price["kms_million"]


def _stored_gb(month: Mapping[str, Any]) -> float:
    scans = month["per_second"]["scan"] * DAY_S * month["scans_kept_days"] * month["stored_kb_per_scan"]
    return float(month["holders"] * month["stored_kb_per_holder"] + scans) / KB_PER_GB


def tables(assumed: Assumed) -> str:
    """Both tables in Markdown."""
    return f"{_operations(assumed)}\n\n{_month(assumed)}\n"


def _operations(assumed: Assumed) -> str:
    services = ("DynamoDB", "Lambda", "API Gateway", "SMS")
    lines = [f"| a million times | read units | write units | {' | '.join(services)} | USD |", "|---|" + "--:|" * 7]
    for operation in assumed.operations:
        usd = per_million(assumed, operation)
        cells = (f"{usd[service]:,.2f}" for service in services)
        units = f"{operation.reads:g} M | {operation.writes:g} M"
        lines.append(f"| {operation.name} | {units} | {' | '.join(cells)} | {sum(usd.values()):,.2f} |")
    return "\n".join(lines)


def _month(assumed: Assumed) -> str:
    services = per_month(assumed)
    lines = ["| a month | USD |", "|---|--:|"]
    lines += [f"| {name} | {usd:,.0f} |" for name, usd in sorted(services.items(), key=lambda row: -row[1])]
    total = sum(services.values())
    per_holder = total / assumed.month["holders"]
    return "\n".join([*lines, f"| **together** ({per_holder:.3f} a holder) | **{total:,.0f}** |"])


if __name__ == "__main__":
    sys.stdout.write(tables(read(Path(sys.argv[1]) if sys.argv[1:] else PATH)))
