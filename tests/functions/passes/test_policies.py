"""The rules are public."""

from __future__ import annotations

from nanhai.domain.policy import parse

from tests.functions.passes.world import rfc3339


def test_every_policy_is_listed_newest_first(world):
    listed = world.ask("GET", "/policies").json["policies"]
    assert [(row["version"], row["in_force"]) for row in listed] == [
        ("nanhai-2020-03-01", True),
        ("nanhai-2020-02-17", False),
    ]
    assert listed[0]["valid_from"] == rfc3339(1_582_992_000)
    assert listed[0]["title"]


def test_a_policy_is_read_as_the_document_it_is(world):
    for policy in world.here.policies.policies:
        answer = world.ask("GET", f"/policies/{policy.version}").json
        assert parse(answer["document"]) == policy
        assert answer["version"] == policy.version


def test_an_unknown_version_is_absent(world):
    answer = world.ask("GET", "/policies/nanhai-2019-01-01")
    assert (answer.status, answer.code) == (404, "policy.unknown")
