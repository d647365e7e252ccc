"""How large everything is, and how long a function takes from its process's start to its first answer."""

from __future__ import annotations

from infra import functions
from infra.deploy import copies
from infra.deploy.copies import APP_MAX_BYTES
from infra.deploy_check.lambdas import Lambdas
from infra.deploy_check.report import Report, expect
from infra.deploy_check.trial import STAGE, Trial
from infra.layers import LAYERS_MAX_BYTES
from infra.runtime.guard import Guard


def told(report: Report, trial: Trial, lambdas: Lambdas) -> None:
    layers = trial.layers
    zips = {function.name: copies.zip_of(trial.target(), function) for function in functions.load()}
    starts = [(name, f"{function.cold_start_ms:,.0f} ms") for name, function in sorted(lambdas.running.items())]
    report.table("cold start: process start to first answer", starts)
    sizes = [(f"layer {layer.name}", f"{layer.size:,} bytes") for layer in layers]
    sizes += [(f"app {name}", f"{path.stat().st_size:,} bytes") for name, path in zips.items()]
    report.table("sizes", sizes)
    with report.step(f"layers under {LAYERS_MAX_BYTES:,} bytes together, each app under {APP_MAX_BYTES:,}"):
        libraries = {name for function in functions.load() for name in function.libraries}
        common = [layer for layer in layers if layer.name not in libraries]
        expect(sum(layer.size for layer in common) <= LAYERS_MAX_BYTES, True, "layers small enough")
        large = [name for name, path in zips.items() if path.stat().st_size > APP_MAX_BYTES]
        expect(large, [], "apps too large")
    with report.step("every Lambda function has run, each under its own role's policy") as added:
        wanted = {function.lambda_name(one, STAGE.name) for function in functions.load() for one in function.all}
        expect(lambdas.running.keys(), wanted, "functions")
        unseen = [name for name, guard in lambdas.guards.items() if not _saw_dynamodb(guard)]
        expect(unseen, [], "functions whose way to DynamoDB leads past the guard")
        added.append(f"{sum(len(guard.asked) for guard in lambdas.guards.values())} kinds of access asked, none denied")


def _saw_dynamodb(guard: Guard) -> bool:
    """Every function reads the ring of keys at least."""
    return any(action.startswith("dynamodb:") for action, _ in guard.asked)
