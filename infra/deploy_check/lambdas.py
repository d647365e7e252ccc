"""The deployed functions as Lambda runs them: what Chalice uploaded, the layers it named, the deployed environment and,
before AWS, a guard with the policy of the role that was made.
"""

from __future__ import annotations

import base64
import hashlib
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from infra.deploy import copies, foundation, publish
from infra.deploy_check import events
from infra.deploy_check.report import expect
from infra.deploy_check.trial import REGION, STAGE, Trial
from infra.functions import Function, Handler
from infra.policies import Place
from infra.runtime import LocalFunction, Package, running
from infra.runtime.guard import Guard, guarding


@dataclass
class Lambdas:
    """Every function that was asked, each in a process of its own, until the block ends."""

    trial: Trial
    running: dict[str, LocalFunction] = field(default_factory=dict)
    guards: dict[str, Guard] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Lambdas:
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def invoke(self, name: str, event: Any, handler: str = "api_handler") -> Any:  # noqa: ANN401 - any JSON
        """The answer of a function; whatever its role's policy forbids it has failed by then."""
        function = self.trial.function(name)
        of = next(one for one in function.all if one.name == handler)
        lambda_name = function.lambda_name(of, STAGE.name)
        if lambda_name not in self.running:
            self._start(function, of, lambda_name)
        answer = self.running[lambda_name].invoke(event)
        expect(self.guards[lambda_name].denied, [], f"what the policy of {lambda_name} forbade")
        return answer

    def ask(self, name: str, method: str, path: str, **more: Any) -> events.Answer:  # noqa: ANN401 - passed on
        """A REST request's answer."""
        return events.answer(self.invoke(name, events.rest(method, path, **more)))

    def log(self, name: str, handler: str = "api_handler") -> str:
        function = self.trial.function(name)
        of = next(one for one in function.all if one.name == handler)
        return self.running[function.lambda_name(of, STAGE.name)].log()

    def _start(self, function: Function, handler: Handler, name: str) -> None:
        guard = self._stack.enter_context(guarded(self.trial, function, handler))
        package = packaged(self.trial, function, name, guard)
        self.guards[name] = guard
        self.running[name] = self._stack.enter_context(running(package))


def probe(trial: Trial, url: str) -> int:
    """The smoke check's request, asked of the function itself: moto serves no API over HTTP."""
    path = urlsplit(url).path.removeprefix(f"/{STAGE.name}")
    with Lambdas(trial) as lambdas:
        return lambdas.ask("portal", "GET", path).status


def guarded(trial: Trial, function: Function, handler: Handler) -> Any:  # noqa: ANN401 - a context manager
    """A guard with the policy that the deployed role holds."""
    target, role = trial.target(), function.role_name(handler, STAGE.name)
    iam = target.client("iam")
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    outputs = foundation.outputs(target)
    place = Place(STAGE.name, REGION, target.account, outputs["TablesKeyArn"], outputs["SecretsKeyArn"])
    return guarding(trial.server["AWS_ENDPOINT_URL"], policy, place)


def packaged(trial: Trial, function: Function, name: str, guard: Guard) -> Package:
    """What was deployed, from what AWS says of it; the zip is Chalice's own, and the very one that was uploaded."""
    target = trial.target()
    told = target.client("lambda").get_function_configuration(FunctionName=name)
    code = copies.zip_of(target, function)
    expect(told["CodeSha256"], _sha256(code), f"code of {name}")
    environment = {**trial.server, "AWS_REGION": REGION, **told["Environment"]["Variables"]}
    published = publish.arns(target, trial.layers)
    paths = {published[layer.name]: layer.path for layer in trial.layers}
    return Package(
        name=name,
        handler=told["Handler"],
        code=code,
        layers=tuple(paths[layer["Arn"]] for layer in told["Layers"]),
        environment=environment | {"AWS_ENDPOINT_URL": guard.address},
        timeout_s=told["Timeout"],
        memory_mb=told["MemorySize"],
    )


def _sha256(path: Path) -> str:
    return base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()
