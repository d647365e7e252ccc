"""One moto server for all deployments of a run; one deployed stage for all tests that only look."""

from __future__ import annotations

import pytest

from infra import moto_server
from tests.infra.deploy.stand import WITH_DOMAIN, asking, stand


@pytest.fixture(scope="session")
def server():
    with moto_server.running() as environ:
        yield environ


@pytest.fixture(scope="session")
def standing(server, tmp_path_factory):
    """A stage of all five functions as its first deployment left it."""
    made = stand(tmp_path_factory.mktemp("standing"), "standing", origin="https://client.example.cn", **WITH_DOMAIN)
    with asking(server, ring=True):
        made.steps = made.deploy()
    return made


@pytest.fixture(autouse=True)
def cloud(server):
    with asking(server):
        yield


@pytest.fixture
def build(tmp_path):
    """Makes a stage of the test's own."""
    return lambda name, *functions, **more: stand(tmp_path / name, name, functions, **more)
