"""The order of a deployment, and nothing else: foundation, layers, apps, base paths, keys, smoke check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra import layers
from infra.deploy import apps, foundation, memory, publish, removal, ring, smoke
from infra.deploy.smoke import Probe
from infra.deploy.target import DeployFault, Target
from infra.layers import Layer

Ask = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    change: str  # what it will do, empty for nothing


def deploy(target: Target, *, ask: Ask, probe: Probe = smoke.get) -> tuple[str, ...]:
    """Brings the stage to what the working tree says; the names of the steps that changed something.

    Says its plan before it does anything. Killed anywhere, run again: every step looks first at what is there.
    """
    built = layers.build(target.build / "layers", target.layers, target.sources, target.functions)
    planned = plan(target, built)
    _tell(target, planned)
    if not any(step.change for step in planned):
        target.say("nothing to do")
    elif not ask("Go on?"):
        return ()
    return _apply(target, built, probe)


def remove(target: Target, *, ask: Ask) -> None:
    """Takes the stage down but for what its template retains; says so first."""
    target.say(f"delete stage {target.stage.name}, region {target.region}, account {target.account}")
    for line in removal.plan(target):
        target.say(f"  {line}")
    if ask("Delete?"):
        removal.apply(target)


def plan(target: Target, built: tuple[Layer, ...]) -> list[Step]:
    """What would change now, step by step, from reading alone."""
    outputs, arns, mapped = foundation.outputs(target), publish.arns(target, built), foundation.mapped(target)
    return [
        Step("foundation", foundation.change(target, mapped)),
        *(Step(f"layer {layer.name}", publish.change(target, layer)) for layer in built),
        *(Step(f"app {function.name}", apps.change(target, function, outputs, arns)) for function in target.functions),
        Step("base paths", "" if all(mapped.values()) else "map"),
        Step("keys", "" if memory.recall(target, "ring") else "make the ring"),
    ]


def apis(target: Target) -> Mapping[str, str]:
    """The REST API behind each function, as far as it is known."""
    return {function.name: apps.api(target, function) for function in target.functions}


def _apply(target: Target, built: tuple[Layer, ...], probe: Probe) -> tuple[str, ...]:
    changed: list[str] = []

    def note(step: str, change: str) -> bool:
        if change:
            target.say(f"{step}: {change}")
            changed.append(step)
        return bool(change)

    mapped = foundation.mapped(target)
    if note("foundation", foundation.change(target, mapped)):
        foundation.apply(target, mapped)
    outputs = foundation.outputs(target)
    for layer in built:
        if note(f"layer {layer.name}", publish.change(target, layer)):
            publish.apply(target, layer)
    arns = publish.arns(target, built)
    for function in target.functions:
        if note(f"app {function.name}", apps.change(target, function, outputs, arns)):
            apps.apply(target, function, outputs, arns)
    if note("base paths", foundation.change(target, apis(target))):
        foundation.apply(target, apis(target))
    if note("keys", "" if memory.recall(target, "ring") else "make the ring"):
        ring.apply(target, outputs)
        memory.remember(target, "ring", {"made": True})
    _smoke(target, probe)
    return tuple(changed)


def _smoke(target: Target, probe: Probe) -> None:
    api = apis(target).get("portal", "")
    if not api:
        raise DeployFault("the portal has no API to check")
    url = smoke.address(target, api)
    smoke.check(url, probe)
    target.say(f"smoke check: {url} answers")


def _tell(target: Target, planned: list[Step]) -> None:
    target.say(f"deploy stage {target.stage.name}, region {target.region}, account {target.account}")
    for step in planned:
        target.say(f"  {step.name:22} {step.change or 'unchanged'}")
