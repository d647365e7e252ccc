"""Cases that schemathesis draws from the published description, against the gateway in this process: never a 5xx.

The normal run draws a handful for each operation, always the same ones; the nightly one 20,000 and more.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks, not_a_server_error
from schemathesis.core.failures import FailureGroup

from infra.local.gateway import Gateway
from infra.local.pages import Pages
from infra.openapi import PATH
from tests.contract.district import District
from tests.contract.good import EVERY, good
from tests.contract.known import replacing

BASE = "http://127.0.0.1"
load_all_checks()


def test_try(district, tmp_path):
    gateway = Gateway(district.apps, Pages(district.outside.journal, tmp_path / "clock"))
    schema = schemathesis.openapi.from_path(PATH)
    by_name = {served.name: served for served in EVERY}
    n = int(os.environ.get("N", "5"))
    seen = Counter()
    failures = {}
    checks = CHECKS.get_by_names(["not_a_server_error","status_code_conformance","content_type_conformance","response_schema_conformance"] + ([ "negative_data_rejection"] if os.environ.get("NEG") else []))
    total = 0
    t0 = time.time()
    for result in schema.get_all_operations():
        operation = result.ok()
        name = operation.definition.raw["operationId"]
        if os.environ.get("ONLY") and os.environ["ONLY"] not in name: continue
        served = by_name[name]
        documented = set(operation.definition.raw["responses"])
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            strategy = replacing(operation.as_strategy(generation_mode=mode), district, body=mode.is_positive)
            t = time.time()
            @settings(max_examples=n, derandomize=True, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
            @given(case=strategy, data=st.data())
            def run(case, data):
                nonlocal total
                total += 1
                district.now += 7
                headers = {"accept": "*/*"}
                if not served.is_public:
                    role = data.draw(st.sampled_from(served.roles))
                    headers["Authorization"] = f"Bearer {district.by(role)}"
                response = case.call(base_url=BASE, headers=headers, app=gateway)
                seen[name, mode.name[:3] + str(response.status_code) + (response.json().get("code", "") if response.status_code >= 400 else "")] += 1
                if str(response.status_code) not in documented:
                    failures.setdefault((name, "undocumented", response.status_code), response.content[:300])
                try:
                    case.validate_response(response, checks=checks)
                except FailureGroup as group:
                    for f in group.exceptions:
                        failures.setdefault((name, type(f).__name__, response.status_code, mode.name), (str(f)[:400], repr(case)[:500], response.content[:300]))
            try:
                run()
            except Exception as e:
                import traceback; traceback.print_exc()
                failures[name, "EXC", mode.name] = repr(e)[:500]
            print("T", name, mode, round(time.time() - t, 2))
    print("TOTAL", total, time.time() - t0)
    for k, v in failures.items():
        print("FAIL", k, v)
    byname = {}
    for (name, status), c in sorted(seen.items()):
        byname.setdefault(name, {})[status] = c
    for k, v in byname.items():
        print("SEEN", k, v)
