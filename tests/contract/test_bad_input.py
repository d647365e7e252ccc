"""Whatever is wrong with a request, every endpoint says so as a problem with a code, and nothing is half-written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace

import pytest
from nanhai.domain.actors import Role

from tests.contract import bad_bodies, bad_callers, bad_urls
from tests.contract.district import District, Sent
from tests.contract.good import EVERY, GOOD, GRANTED, Served, encoded, good
from tests.contract.mistakes import GATEWAYS_OWN, ODD, Mistake
from tests.edge.gateway import Answer

CHINESE = re.compile("[\u4e00-\u9fff]")
KINDS = bad_bodies.KINDS | bad_urls.KINDS | bad_callers.KINDS
CALENDAR_ENDS = ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00")
MAY_GROW = {"audit"}
REUSED = "edge.idempotency-key-reused"
ONCE = [served for served in EVERY if served.endpoint.once]
OTHER = {  # what is asked for the second time under the same key
    "arrivals.tell_arrival": {"number": "G2000"},
    "arrivals.import_arrivals": {"number": "E54321"},
    "arrivals.continue_import": {"rows_max": 7},
    "identity.register_person": {"address": "桂澜路 3 号"},
    "identity.add_dependant": {"relation": "ward"},
    "identity.link_channels": {"wechat_code": "another-code"},
    "triage.ask_for_help": {"note": "三楼"},
    "passes.start_dry_run": {"policy": {}},
    "passes.apply_for_pass": {"holder": "person"},
    "passes.issue_paper": {"days": 3},
    "passes.declare_health": {"temperature_c": 38.5},
    "checkpoints.create_gate": {"name": "East gate"},
    "casework.clear": {"evidence": "visit 13"},
    "casework.propose_isolation": {"reason": "suspected"},
    "casework.decide_approval": {"decision": "approve"},
    "casework.release": {"evidence": "visit 13"},
    "casework.enter_result": {"positive": True},
    "casework.file_appeal": {"statement": "那天我在家。"},
    "casework.decide_appeal": {"note": "已核实"},
    "casework.propose_batch": {"reason": "suspected"},
    "casework.decide_batch": {"decision": "reject", "why": "wrong-people"},
    "casework.stop_batch": {"why": "no-longer-needed"},
    "casework.open_case": {"kind": "counselling"},
    "trajectories.ask_co_presence": {"days": 3},
    "trajectories.decide_co_presence": {"decision": "reject", "why": "too-wide"},
    "casework.step_case": {"step": "visited"},
    "casework.assign_case": {"staff_id": "somebody-else"},
    "casework.hand_case": {"to": "district"},
    "reports.write_report": {"category": "other"},
    "reports.write_anonymous_report": {"category": "other"},
    "reports.answer_question": {"text": "4 栋"},
    "reports.ask_reporter": {"text": "哪一户？"},
    "reports.merge_reports": {"into": "01ARZ3NDEKTSV4RRFFQ69G5FAV"},
    "enterprises.file": {"action": "save"},
    "enterprises.decide_filing": {"decision": "resume"},
    "enterprises.invite": {"people": [{"name": "何香凝", "phone": "+8613700000002"}]},
    "enterprises.import_roster": {"upload_id": "0" * 26},
    "enterprises.answer_employment": {"consent": False},
    "enterprises.check_in": {"temperature_c": 38.5},
    "masks.create_round": {"title": "第四轮口罩"},
    "masks.enter_round": {"points": ["WEST"]},
    "masks.begin_draw": {"beacon": "1"},
    "masks.order_masks": {"packs": 11},
    "masks.reserve": {"window": 1},
    "masks.hand_out": {"code": "0000000000"},
}
LIMIT = "limit#"


def test_every_endpoint_has_a_request_that_is_granted(district):
    assert GOOD.keys() == {served.name for served in EVERY}
    answers = {served.name: district.send(good(district, served)) for served in EVERY}
    assert {name: (a.status, a.body) for name, a in answers.items() if a.status not in GRANTED} == {}


@pytest.mark.parametrize("kind", KINDS)
def test_every_endpoint_refuses_it_by_name_and_keeps_nothing(district, kind):
    requests = [(served, good(district, served)) for served in EVERY]
    mistakes = [(served, mistake) for served, sent in requests for mistake in KINDS[kind](district, served, sent)]
    before = stored(district)
    assert mistakes
    assert dict(wrong(district, mistakes)) == {}
    assert stored(district) == before


def test_whoever_comes_with_an_old_token_still_gets_what_is_for_everybody(district):
    public = [served for served in EVERY if served.is_public]
    old = {"Authorization": f"Bearer {district.own(district.citizen)}x"}
    answers = {}
    for served in public:
        sent = good(district, served)
        answers[served.name] = district.send(replace(sent, headers=dict(sent.headers) | old)).status
    assert {name: status for name, status in answers.items() if status not in GRANTED} == {}


@pytest.mark.parametrize("served", ONCE, ids=lambda served: served.name)
def test_a_repeated_request_takes_effect_once_and_another_one_under_its_key_none(district, served):
    sent = good(district, served)
    first = district.send(sent)
    after = stored(district)
    again = [district.send(sent) for _ in range(2)]
    assert [(given.status, given.body) for given in again] == [(first.status, first.body)] * 2
    other = Mistake(replace(sent, body=encoded(json.loads(sent.body) | OTHER[served.name])), 422, REUSED)
    assert dict(wrong(district, [(served, other)])) == {}
    assert stored(district) == after


def test_a_key_is_its_owners(district):
    """What one person asked for once does not keep another from asking under the same key."""
    served = next(served for served in ONCE if served.name == "passes.declare_health")
    sent = good(district, served)
    colleague = dict(sent.headers) | {"Authorization": f"Bearer {district.own(district.feverish)}"}
    answers = [district.send(one) for one in (sent, replace(sent, headers=colleague))]
    assert [given.status for given in answers] == [201, 201]
    assert answers[0].json["record_id"] != answers[1].json["record_id"]


def test_whose_data_were_erased_is_told_so_and_leaves_nothing_behind(district):
    """A token outlives its holder by minutes."""
    requests = [(served, good(district, served)) for served in EVERY if is_own(served)]
    nobodys = {"Authorization": f"Bearer {district.own('0' * 13)}"}
    before = stored(district)
    for served, sent in requests:
        given = district.send(replace(sent, headers=dict(sent.headers) | nobodys))
        assert given.status < 500, (served.name, given.body)
    assert stored(district) == before


def test_no_instant_is_too_far_away_to_be_answered(district):
    """With an offset, the first and the last day of the calendar lie beyond it."""
    requests = [(served, good(district, served)) for served in EVERY]
    asked = [
        (served.name, sent.query, sent.body, district.send(sent).status)
        for served, granted in requests
        for moved in (bad_bodies.moved, bad_urls.moved)
        for sent in moved(served, granted, CALENDAR_ENDS)
    ]
    assert len({name for name, *_ in asked}) > 5
    assert [answered for answered in asked if answered[-1] >= 500] == []


def wrong(district: District, mistakes: Iterable[tuple[Served, Mistake]]):
    for served, mistake in mistakes:
        for language in ("zh-CN", "en"):
            headers = dict(mistake.sent.headers) | {"Accept-Language": language}
            given = district.send(replace(mistake.sent, headers=headers))
            found = told_wrong(given, mistake, language)
            if found:
                yield (served.name, language, short(mistake.sent)), (found, given.status, given.body[:300])


def told_wrong(given: Answer, mistake: Mistake, language: str) -> str:
    """What of the answer is not as it has to be."""
    if given.status != mistake.status:
        return "status"
    if given.headers["content-type"] != "application/problem+json":
        return "content type"
    return next((what for what, is_right in facts(given, mistake, language) if not is_right), "")


def facts(given: Answer, mistake: Mistake, language: str):
    problem = given.json
    yield "code", problem["code"] == mistake.code if mistake.code else problem["code"]
    yield "form", problem["type"] == f"urn:nanhai:problem:{problem['code']}" and problem["status"] == given.status
    yield "correlation", problem["correlation_id"] == given.headers["x-correlation-id"] != ""
    yield "challenge", (given.headers.get("www-authenticate") == "Bearer") == (given.status == 401)
    yield "no-store", given.headers["cache-control"] == "no-store"
    pointers = [error["pointer"] for error in problem.get("errors", [])]
    yield "pointers", pointers == ([] if mistake.pointer is None else [mistake.pointer])
    yield "quotes what was sent", ODD.encode() not in given.body
    for text in (problem["title"], *(error["detail"] for error in problem.get("errors", []))):
        yield (
            "language",
            spoken(text, language, both=problem["code"] in {GATEWAYS_OWN} or "content-language" not in given.headers),
        )


def spoken(text: str, language: str, *, both: bool) -> bool:
    chinese = CHINESE.search(text) is not None
    return chinese if both else chinese == (language == "zh-CN")


def short(sent: Sent) -> str:
    return f"{sent.method} {sent.path[:80]}?{sent.query[:60]} {sent.body[:160]!r}"


def stored(district: District) -> dict[str, list[str]]:
    """Every item of every table but the audit and counters of limits, which may grow with what is refused."""
    return {
        table: sorted(canonical(item) for item in district.rows(table) if not is_limit(item))
        for table in district.tables
        if table not in MAY_GROW
    }


def is_own(served: Served) -> bool:
    return not served.is_public and Role.CITIZEN in served.roles


def canonical(item: dict) -> str:
    return json.dumps(item, sort_keys=True, default=repr)


def is_limit(item: dict) -> bool:
    return item.get("id", {}).get("S", "").startswith(LIMIT)
