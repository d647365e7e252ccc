"""Cases that schemathesis draws from the published description, sent to the gateway in this process: never a 5xx.

The normal run draws a handful for each operation, always the same ones; the nightly one more than 20,000, others each
time it is run. Half of all cases break the description.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from nanhai.domain.actors import Role
from schemathesis import APIOperation, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from infra.local.gateway import Gateway
from infra.local.pages import Pages
from infra.openapi import PATH
from tests.contract.district import District
from tests.contract.good import EVERY, Served
from tests.contract.known import Drawn, drawn

BASE = "http://127.0.0.1"
STEP_S = 7  # between two cases, so that limits in time fill and empty
A_HANDFUL, MANY = 5, 250
NIGHTLY_CASES_MIN = 20_000
BY_NAME = {served.name: served for served in EVERY}
NEWCOMERS = "identity.register_person"

load_all_checks()
CONFORMS = CHECKS.get_by_names(
    ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
)


@dataclass
class Fuzz:
    """Sends cases in the name of whoever may; `statuses`: what came back, by operation."""

    district: District
    gateway: Gateway
    statuses: dict[str, Counter[int]] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        return sum(counted.total() for counted in self.statuses.values())

    @property
    def server_errors(self) -> int:
        return sum(n for counted in self.statuses.values() for status, n in counted.items() if status >= 500)

    @property
    def never_granted(self) -> set[str]:
        return {name for name, counted in self.statuses.items() if not any(200 <= status < 300 for status in counted)}

    def send(self, drawn: Drawn, served: Served, role: Role | None) -> None:
        self.district.now += STEP_S
        case = drawn.made(self.district)
        headers = {"Accept": "*/*"}
        if role is not None:
            token = self.district.session()[0] if served.name == NEWCOMERS else self.district.by(role)
            headers["Authorization"] = f"Bearer {token}"
        response = case.call(base_url=BASE, headers=headers, app=self.gateway)
        self.statuses.setdefault(served.name, Counter())[response.status_code] += 1
        case.validate_response(response, checks=CONFORMS)
        assert str(response.status_code) in case.operation.definition.raw["responses"], "a status that is not described"


@pytest.fixture
def fuzz(district, tmp_path) -> Fuzz:
    return Fuzz(district, Gateway(district.apps, Pages(district.outside.journal, tmp_path / "clock")))


def test_every_answer_to_a_handful_of_cases_is_as_described(fuzz):
    for operation, served, mode in every_operation():
        put_to_it(fuzz, operation, served, mode, A_HANDFUL, same=True)
    assert fuzz.server_errors == 0
    assert fuzz.statuses.keys() == BY_NAME.keys()
    assert len(fuzz.never_granted) < len(BY_NAME) / 4, fuzz.never_granted


@pytest.mark.nightly
def test_twenty_thousand_cases_bring_no_server_error(fuzz):
    for operation, served, mode in every_operation():
        put_to_it(fuzz, operation, served, mode, MANY, same=False)
    print(f"{fuzz.cases:,} cases, {fuzz.server_errors} of them answered by 5xx")
    assert fuzz.cases >= NIGHTLY_CASES_MIN
    assert fuzz.server_errors == 0
    assert fuzz.never_granted == set()


def every_operation() -> Iterator[tuple[APIOperation, Served, GenerationMode]]:
    for loaded in schemathesis.openapi.from_path(PATH).get_all_operations():
        operation = loaded.ok()
        served = BY_NAME[operation.definition.raw["operationId"]]
        yield operation, served, GenerationMode.POSITIVE
        if takes_anything(served):
            yield operation, served, GenerationMode.NEGATIVE


def takes_anything(served: Served) -> bool:
    """Whether there is something in a request that could break the description."""
    endpoint = served.endpoint
    return bool(endpoint.parameters or endpoint.query or endpoint.body or not served.is_public)


def put_to_it(
    fuzz: Fuzz, operation: APIOperation, served: Served, mode: GenerationMode, examples: int, *, same: bool
) -> None:
    cases = drawn(operation.as_strategy(generation_mode=mode), served.name, body=mode.is_positive)
    roles = st.none() if served.is_public else st.sampled_from(served.roles)

    @settings(
        max_examples=examples,
        derandomize=same,
        database=None,
        deadline=None,
        phases=[Phase.generate],  # a failing case is reported as it was drawn: the district has moved on
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, role=roles)
    def run(case, role):
        fuzz.send(case, served, role)

    run()
