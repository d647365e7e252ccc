"""Deploying the stage, again, after a change, and taking it down."""

from __future__ import annotations

from functools import partial

from infra import functions, template
from infra.deploy_check import leftovers
from infra.deploy_check.lambdas import probe
from infra.deploy_check.report import Report, Unexpected, expect
from infra.deploy_check.trial import STAGE, Trial

CHANGED = "casework"


def deployed(report: Report, trial: Trial) -> None:
    names = [function.name for function in functions.load()]
    asked = partial(probe, trial)
    with report.step("first deployment: foundation, layers, every function, base paths, keys, smoke check") as added:
        done = trial.deploy(asked)
        built = [f"layer {layer.name}" for layer in trial.layers]
        every = ("foundation", *built, *(f"app {name}" for name in names), "base paths", "keys")
        expect(done, every, "steps")
        lambdas = sum(len(function.all) for function in functions.load())
        added.append(f"{len(names)} apps with {lambdas} Lambda functions")
    with report.step("redeployed unchanged: nothing is done"):
        expect(trial.deploy(asked), (), "steps")
    with report.step(f"one function changed ({CHANGED}): it alone is deployed"):
        trial.change(CHANGED)
        expect(trial.deploy(asked), (f"app {CHANGED}",), "steps")


def deleted(report: Report, trial: Trial) -> None:
    with report.step("deleted: only what the template retains is left") as added:
        trial.delete()
        left = leftovers.left(trial.target().client, STAGE.name)
        resources = template.read()["Resources"].values()
        tables = sum(row["Type"] == "AWS::DynamoDB::Table" for row in resources)
        expect(set(left), {"tables", "buckets", "logs"}, "what is left")
        expect(len(left["tables"]), tables, "tables left")
        kept = {name.split("-")[2] for name in left["buckets"]}
        expect(kept, {"evidence", "signalling"}, "buckets left")
        added.append(f"{tables} tables, the evidence, the signalling, the logs, two keys")
    with report.step("deployed over the tables of the old one: refused in one line") as added:
        try:
            trial.deploy(partial(probe, trial))
        except Exception as refused:
            if "import them into a stack" not in str(refused):
                raise
            added.append(type(refused).__name__)
        else:
            raise Unexpected("it was deployed")
