"""The packages of a stage that exists nowhere, so that their templates can be linted (infra/check.sh)."""

from __future__ import annotations

import sys
from pathlib import Path

from infra.deploy import templates
from infra.deploy.stages import Stage
from infra.deploy.target import Target

STAGE = Stage("sample", register="https://register.example.cn", legal_register="https://register.example.cn")
REGION = "ap-east-1"


def main(out: Path) -> None:
    """A folder with sam.json for every function under `out`."""
    target = Target(STAGE, REGION, lambda _: None)
    for function in target.functions:
        templates.one(target, function, out / function.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
