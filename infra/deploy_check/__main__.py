"""`python -m infra.deploy_check`: one line a step; ends with 1 at the first that does not hold."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from infra import moto_server
from infra.deploy_check import answers, sizes, stages
from infra.deploy_check.lambdas import Lambdas
from infra.deploy_check.report import CheckFailed, Report
from infra.deploy_check.trial import Trial


def main() -> int:
    report = Report()
    os.environ.pop("AWS_PROFILE", None)
    try:
        with moto_server.running() as server, tempfile.TemporaryDirectory(prefix="nanhai-deploy-check-") as folder:
            os.environ.update(server)
            _run(report, Path(folder), server)
    except CheckFailed:
        return 1
    report.end()
    return 0


def _run(report: Report, folder: Path, server: Mapping[str, str]) -> None:
    with report.step("functions and layers copied, dependencies built"):
        trial = Trial.of(folder, server)
    stages.deployed(report, trial)
    with Lambdas(trial) as lambdas:
        answers.given(report, trial, lambdas)
        sizes.told(report, trial, lambdas)
    stages.deleted(report, trial)


if __name__ == "__main__":
    sys.exit(main())
