"""Asks pip-audit whether the locked packages have known vulnerabilities: `python -m infra.vulnerabilities`.

A package that the database was not asked about counts as not looked at, and that is said loudly: pip-audit alone
calls it no vulnerability.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from infra.functions import ROOT

LOCK = ROOT / "requirements-test.txt"
AUDIT_TIMEOUT_S = 300
NOT_LOOKED_AT = 75
COMMAND = (
    "pip_audit", "--format", "json", "--progress-spinner", "off", "--disable-pip", "--require-hashes",
    "--timeout", "10", "-r", str(LOCK),
)  # fmt: skip


def main() -> int:
    """1 when something is known; else NOT_LOOKED_AT when some packages were not asked about, and 0 when all were."""
    packages = _asked()
    known = [(package, found) for package in packages for found in package.get("vulns", ())]
    for package, found in known:
        print(f"{package['name']} {package['version']}: {found['id']}, mended in {found['fix_versions']}")
    if known:
        return 1
    unseen = sum("skip_reason" in package for package in packages)
    if packages and not unseen:
        return 0
    told = f"{unseen} of {len(packages)} packages" if packages else "any package"
    print(f"NOTE: NOBODY HAS LOOKED for known vulnerabilities of {told}: no answer from the database", file=sys.stderr)
    return NOT_LOOKED_AT


def _asked() -> Sequence[dict[str, Any]]:
    """What pip-audit says of each package; empty when it said nothing that can be read."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", *COMMAND], capture_output=True, text=True, timeout=AUDIT_TIMEOUT_S, check=False
        )
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return ()
    return packages


if __name__ == "__main__":
    raise SystemExit(main())
