"""`python -m infra.deploy_check`: one line a step; ends with 1 at the first that does not hold."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from infra import moto_server
from infra.deploy_check import answers, sizes, stages
from infra.deploy_check.lambdas import Lambdas
from infra.deploy_check.report import CheckFailed, Report
from infra.deploy_check.trial import Trial


def main() -> int:
    report = Report()
    try:
        with report.step("moto's server on loopback"):
            server = moto_server.running()
            environ = server.__enter__()
        try:
            _run(report, dict(environ))
        finally:
            server.__exit__(None, None, None)
    except CheckFailed:
        return 1
    report.end()
    return 0


def _run(report: Report, server: dict[str, str]) -> None:
    os.environ.pop("AWS_PROFILE", None)
    os.environ.update(server)
    with tempfile.TemporaryDirectory(prefix="nanhai-deploy-check-") as folder:
        trial = Trial.of(Path(folder), server)
        stages.deployed(report, trial)
        with Lambdas(trial) as lambdas:
            answers.given(report, trial, lambdas)
            sizes.told(report, trial, lambdas)
        stages.deleted(report, trial)


if __name__ == "__main__":
    sys.exit(main())
