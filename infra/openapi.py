"""functions/portal/openapi.json, made from the routes: `python -m infra.openapi` writes it, `--check` compares it."""

from __future__ import annotations

import json
import sys

from nanhai.edge.api import endpoints
from nanhai.edge.openapi import document

from infra.functions import ROOT
from infra.local.apps import load_all

PATH = ROOT / "functions" / "portal" / "openapi.json"


def main(arguments: list[str]) -> int:
    made = render()
    if arguments != ["--check"]:
        PATH.write_text(made, "utf-8")
        return 0
    if is_current(made):
        return 0
    print(f"{PATH.relative_to(ROOT)} is not what the routes declare: run python -m infra.openapi", file=sys.stderr)
    return 1


def render() -> str:
    """The document as it should lie in the repository."""
    described = document({name: endpoints(app) for name, app in load_all().items()})
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def is_current(made: str) -> bool:
    return PATH.exists() and PATH.read_text("utf-8") == made


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
