"""One app: Chalice deploys it, then infra/merge says what Chalice cannot. Each half is redone only when it changed."""

from __future__ import annotations

import json
from collections.abc import Mapping

from infra.deploy import chalice, copies, gateway, memory, settings, strays
from infra.deploy.foundation import Outputs
from infra.deploy.memory import Entry
from infra.deploy.target import Target
from infra.functions import Function


def change(target: Target, function: Function, outputs: Outputs, layers: Mapping[str, str]) -> str:
    known = memory.recall(target, function.name)
    if known.get("code") != copies.marks(target, function, outputs, layers):
        return "deploy" if known.get("deployed") else "create"
    return "" if known.get("settings") == settings.marks(target, function) else "settings"


def apply(target: Target, function: Function, outputs: Outputs, layers: Mapping[str, str]) -> None:
    """Killed between any two lines, a second run comes to the same end."""
    known = memory.recall(target, function.name)
    code, wanted = copies.marks(target, function, outputs, layers), settings.marks(target, function)
    if known.get("code") != code:
        known = _deploy(target, function, outputs, layers, known)
    if known.get("settings") != wanted:
        settings.apply(target, function)
        gateway.apply(target, function, api_of(known))
    memory.remember(target, function.name, known | {"code": code, "settings": wanted})


def api(target: Target, function: Function) -> str:
    """The id of the function's REST API; empty while there is none."""
    return api_of(memory.recall(target, function.name))


def api_of(known: Entry) -> str:
    resources = known.get("deployed", {}).get("resources", ())
    return next((str(row["rest_api_id"]) for row in resources if row["resource_type"] == "rest_api"), "")


def _deploy(target: Target, function: Function, outputs: Outputs, layers: Mapping[str, str], known: Entry) -> Entry:
    """What Chalice made is remembered before anything else is done with it."""
    deployed = known.get("deployed")
    strays.remove(target, function, deployed or {})
    copy = copies.make(target, function, outputs, layers, deployed)
    chalice.run(target, copy, "deploy", "--stage", target.stage.name)
    made = json.loads((copy / ".chalice" / "deployed" / f"{target.stage.name}.json").read_text("utf-8"))
    memory.remember(target, function.name, {"deployed": made})
    return {"deployed": made}
