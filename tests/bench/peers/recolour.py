"""Recolouring record by record: get the person, compute, update the pass."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from nanhai.domain.decide import decide
from nanhai.domain.records import from_wire
from nanhai.domain.timeline import pack
from nanhai.policies import shipped

from tests.bench.peers.models import Pass, Person


def handle(event: Mapping[str, Any]) -> None:
    for record in event["Records"]:
        keys = record["dynamodb"]["Keys"]
        if record["eventName"] != "REMOVE" and keys["sk"]["S"] == "head":
            recolour(keys["person_id"]["S"])


def recolour(person_id: str) -> None:
    """The same decision by the same code as ours; only the way to the tables differs."""
    now = int(time.time())
    person = Person.get(person_id, "head", consistent_read=True)
    policy = shipped().in_force(now)
    timeline = decide([from_wire(json.loads(fact)) for fact in person.facts], policy, now)
    if timeline is None:
        return
    Pass(person_id).update(
        actions=[
            Pass.version.set(person.version),
            Pass.policy_version.set(timeline.policy),
            Pass.community.set(person.community),
            Pass.colour.set(timeline.at(now).colour.value),
            Pass.timeline.set(pack(timeline)),
            Pass.computed_at.set(now),
        ]
    )
