"""Deployment to AWS: foundation stack, layers, apps by Chalice, event sources, base paths, keys, smoke check."""

from infra.deploy.cli import command, package

__all__ = ["command", "package"]
