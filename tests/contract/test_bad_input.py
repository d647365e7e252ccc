"""Whatever is wrong with a request, every endpoint says so as a problem with a code, and nothing is half-written."""

from __future__ import annotations

from tests.contract.good import EVERY, GOOD, good


def test_every_endpoint_has_a_request_that_is_granted(district):
    assert GOOD.keys() == {served.name for served in EVERY}
    answers = {served.name: district.send(good(district, served)) for served in EVERY}
    assert {name: (a.status, a.body) for name, a in answers.items() if a.status not in {200, 201, 202, 204}} == {}
