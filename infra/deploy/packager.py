"""Chalice's command line, except that a zip holds the app alone.

Chalice copies its own runtime, as source, into every zip: 20 KB and a second compilation at every cold start. Here it
lies compiled in the dependency layer (infra/layers.py). A test looks into the zip, so that a Chalice that packs in
another way is noticed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from chalice.cli import main
from chalice.deploy import deployer
from chalice.deploy.packager import LambdaDeploymentPackager


class AppPackager(LambdaDeploymentPackager):
    def _iter_app_filenames(self, project_dir: str) -> Iterator[tuple[str, str]]:
        yield self._osutils.joinpath(project_dir, "app.py"), "app.py"
        yield from self._iter_chalice_lib_if_needed(project_dir)


setattr(deployer, "LambdaDeploymentPackager", AppPackager)  # noqa: B010 - mypy sees no such name to assign

if __name__ == "__main__":
    sys.exit(main())
