"""Every shipped policy against its own table of cases."""

from __future__ import annotations

import json
from datetime import datetime
from importlib import resources
from typing import Any

import pytest
from nanhai import policies
from nanhai.domain.decide import decide
from nanhai.domain.records import from_wire


def cases() -> list[Any]:
    rows = []
    for version in policies.names():
        table = json.loads(resources.files(policies).joinpath(f"{version}.cases.json").read_text("utf-8"))
        rows += [pytest.param(version, case, id=f"{version}: {case['name']}") for case in table]
    return rows


@pytest.mark.parametrize(("version", "case"), cases())
def test_case(version: str, case: dict[str, Any]) -> None:
    timeline = decide(map(record, case["given"]), policies.shipped().get(version), instant(case["at"]))
    assert [
        (segment.since, segment.until, segment.colour, [cause.finding for cause in segment.causes])
        for segment in timeline.segments
    ] == [(instant(s["from"]), instant(s["until"]), s["colour"], s["because"]) for s in case["timeline"]]
    if "permits" in case:
        assert [(p.record, p.since, p.until) for p in timeline.permits] == [
            (p["record"], instant(p["from"]), instant(p["until"])) for p in case["permits"]
        ]


def record(row: dict[str, Any]):
    happened = instant(row["happened_at"])
    recorded = instant(row.get("recorded_at")) or happened
    wire = {"id": row["id"], "p": "0000000000001", "h": happened, "r": recorded, "s": row["source"]}
    wire |= {"o": "office", "e": "evidence", "l": "basis", "c": row["class"], "f": row["fact"]}
    return from_wire(wire | ({"x": row["supersedes"]} if "supersedes" in row else {}))


def instant(text: str | None) -> int | None:
    return None if text is None else int(datetime.fromisoformat(text).timestamp())
