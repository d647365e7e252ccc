"""A filing goes from draft to resumed by its states alone, each revision stays, and its town sees what it may."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.resumption import NEXT, Action, State
from nanhai.services.enterprises import filings
from nanhai.store import organisations
from nanhai.store.connection import client

from tests.functions.checkpoints.stand import NEXT_DOOR, TOWN
from tests.functions.enterprises.office import FAR, FOUNDRY, SHOP, filing

OTHER = "440605122"


def test_a_filing_is_submitted_returned_submitted_again_accepted_and_resumed_and_all_of_it_stays(office):
    town = office.town()
    assert office.done(office.file("save")) == {"organisation_id": FOUNDRY, "revision": 1, "state": "draft"}
    assert office.done(office.file())["state"] == "submitted"
    assert office.decide(town, "return", 2, reasons=["口罩不足七天用量"]).json["state"] == "returned"
    office.done(office.file(headcount=300))
    assert office.decide(town, "accept", 3).json["state"] == "accepted"
    assert office.decide(office.command(), "resume", 3).json["state"] == "resumed"
    told = office.done(office.get(office.enterprise(), "/filing?limit=20"))
    assert (told["state"], told["revision"], told["name"], told["above_designated_size"]) == (
        "resumed",
        3,
        "南海某某铸造有限公司",
        True,
    )
    assert [(step["action"], step["revision"], step["state"], step["by"]) for step in told["steps"]] == [
        ("resume", 3, "resumed", "district-command"),
        ("accept", 3, "accepted", "town-officer"),
        ("submit", 3, "submitted", "enterprise"),
        ("return", 2, "returned", "town-officer"),
        ("submit", 2, "submitted", "enterprise"),
        ("save", 1, "draft", "enterprise"),
    ]
    assert told["steps"][3]["reasons"] == ["口罩不足七天用量"]
    assert [step["plan"]["headcount"] for step in told["steps"] if step["plan"]] == [300, 320, 320]


def test_the_history_is_paged_and_ends(office):
    for _ in range(3):
        office.done(office.file("save"))
    enterprise, numbers, cursor = office.enterprise(), [], ""
    for _ in range(5):
        page = office.done(office.get(enterprise, f"/filing?limit=1{cursor}"))
        numbers += [step["revision"] for step in page["steps"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert numbers == [3, 2, 1]


@pytest.mark.parametrize("state", [State.SUBMITTED, State.RETURNED, State.ACCEPTED, State.RESUMED])
@pytest.mark.parametrize("action", [Action.ACCEPT, Action.RETURN, Action.RESUME])
def test_an_office_decides_only_what_the_state_takes(office, state, action):
    town = office.town()
    ways = {State.SUBMITTED: [], State.RETURNED: ["return"], State.ACCEPTED: ["accept"]}
    office.done(office.file())
    for way in ways.get(state, ["accept", "resume"]):
        assert office.decide(town, way, 1, reasons=["x"]).status == 200
    answer = office.decide(town, action.value, 1, reasons=["x"])
    if (state, action) in NEXT:
        assert answer.json["state"] == NEXT[state, action].value
    else:
        assert (answer.status, answer.code) == (409, "enterprises.not-now")


def test_a_decision_on_a_revision_that_is_not_the_submitted_one_is_refused(office):
    town = office.town()
    office.done(office.file())
    office.done(office.file(headcount=10))
    refused = office.decide(town, "accept", 1)
    assert (refused.status, refused.code) == (409, "enterprises.revision-superseded")
    assert office.decide(town, "accept", 2).status == 200


def test_a_revision_that_comes_between_the_look_and_the_write_is_not_accepted_unseen(office, monkeypatch):
    town = office.town()
    office.done(office.file())
    stored, looks = organisations.get, [organisations.get(FOUNDRY)]
    office.done(office.file(headcount=10))
    monkeypatch.setattr(organisations, "get", lambda code: looks.pop() if looks else stored(code))
    refused = office.decide(town, "accept", 1)
    assert (refused.status, refused.code) == (409, "enterprises.revision-superseded")
    assert organisations.get(FOUNDRY).state is State.SUBMITTED


def test_every_fault_of_a_filing_is_named_at_once(office):
    body = filing(office, capacity_percent=120, planned_on="2030-01-01", labour_shortage=1)
    body["plan"]["trades"] += [{"code": "99999", "missing": 0}, {"code": "61800", "missing": 0}]
    body["contact"] = {"name": "4", "phone": "139"}
    refused = office.post(office.enterprise(), "/filings", body)
    assert (refused.status, sorted(refused.faults)) == (
        422,
        [
            ("/contact/name", "identity.name"),
            ("/contact/phone", "identity.phone"),
            ("/plan/capacity_percent", "enterprises.percent"),
            ("/plan/labour_shortage", "enterprises.shortage"),
            ("/plan/planned_on", "enterprises.planned-on"),
            ("/plan/trades/2/code", "enterprises.trade"),
            ("/plan/trades/3/code", "enterprises.twice"),
        ],
    )


def test_a_draft_may_lack_what_a_submitted_filing_needs(office):
    empty = {"plan": {}, "contact": None}
    assert office.post(office.enterprise(), "/filings", {"action": "save"} | empty).status == 201
    refused = office.post(office.enterprise(), "/filings", {"action": "submit"} | empty)
    assert {pointer for pointer, _ in refused.faults} == {
        "/contact",
        "/plan/planned_on",
        "/plan/headcount",
        "/plan/labour_shortage",
        "/plan/capacity_percent",
        "/plan/supplies",
    }


def test_the_same_request_files_once(office):
    body = filing(office)
    first, again = (office.post(office.enterprise(), "/filings", body, once="file-it-once-only-1") for _ in range(2))
    assert (first.status, first.body) == (again.status, again.body)
    assert organisations.get(FOUNDRY).steps == 1


def test_no_more_than_so_many_revisions_a_day(office, monkeypatch):
    monkeypatch.setattr(filings, "PER_DAY", filings.Limit("filings", 2, 86_400))
    assert [office.file("save").status for _ in range(3)] == [201, 201, 429]


def test_who_is_not_in_the_register_any_more_files_nothing(office):
    office.know({})
    assert office.file().status == 404


# what offices see


def listed(office, token, query="") -> list:
    return [row["organisation_id"] for row in office.done(office.get(token, f"/filings{query}"))["filings"]]


def test_a_town_sees_its_own_filings_and_the_command_those_of_the_town_it_names(office):
    for code in (FOUNDRY, SHOP, FAR):
        office.done(office.file(code=code))
        office.wait(seconds=60)
    town, command = office.town(), office.command()
    assert listed(office, town) == [FOUNDRY, SHOP]
    assert listed(office, command, f"?town={OTHER}") == [FAR]
    assert office.get(town, f"/filings?town={OTHER}").status == 404
    unnamed = office.get(command, "/filings")
    assert (unnamed.status, unnamed.faults) == (422, [("/town", "enterprises.town")])
    office.decide(town, "accept", 1)
    assert (listed(office, town), listed(office, town, "?state=accepted")) == ([SHOP], [FOUNDRY])


def test_the_list_is_paged(office):
    for code in (FOUNDRY, SHOP):
        office.done(office.file(code=code))
        office.wait(seconds=60)
    town = office.town()
    first = office.done(office.get(town, "/filings?limit=1"))
    second = office.done(office.get(town, f"/filings?limit=1&cursor={first['next']}"))
    assert [row["organisation_id"] for page in (first, second) for row in page["filings"]] == [FOUNDRY, SHOP]


def test_a_draft_is_seen_by_nobody_else(office):
    town = office.town()
    office.done(office.file("save"))
    assert listed(office, town) == []
    unknown = office.get(town, f"/filings/{SHOP}")
    assert [(a.status, a.code) for a in (office.get(town, f"/filings/{FOUNDRY}"), unknown)] == [(404, "absent")] * 2
    assert office.decide(town, "accept", 1).status == 404


def test_what_was_returned_stays_what_the_office_sees_while_a_draft_is_written(office):
    town = office.town()
    office.done(office.file())
    office.decide(town, "return", 1, reasons=["more"])
    office.done(office.file("save", headcount=7))
    seen = office.done(office.get(town, f"/filings/{FOUNDRY}"))
    assert (seen["state"], seen["submitted"]["revision"], seen["submitted"]["plan"]["headcount"]) == (
        "returned",
        1,
        320,
    )


@pytest.mark.parametrize("path", [f"/filings/{FAR}", "/filings/999999999999999999"])
def test_out_of_scope_and_absent_are_one_answer_and_the_attempt_is_audited(office, path):
    office.done(office.file(code=FAR))
    refused = office.get(office.town(), path)
    assert (refused.status, refused.code) == (404, "absent")
    assert [entry[0] for entry in office.audited() if entry[0] == "filing.inspect"] == ["filing.inspect"]


def test_another_towns_officer_decides_nothing(office):
    office.done(office.file())
    refused = office.decide(office.town(OTHER), "accept", 1)
    assert (refused.status, organisations.get(FOUNDRY).state) == (404, State.SUBMITTED)


def test_the_contact_in_full_takes_a_purpose_and_is_audited_with_the_filing_as_its_case(office):
    office.done(office.file())
    town = office.town()
    masked = office.done(office.get(town, f"/filings/{FOUNDRY}"))["submitted"]["contact"]
    assert masked == {"name": "黄＊", "phone": "139****1001"}
    for other in ("purpose=curiosity", "purpose=work-resumption&case=R-17"):
        assert office.get(town, f"/filings/{FOUNDRY}?{other}").status == 400
    full = office.get(town, f"/filings/{FOUNDRY}?purpose=work-resumption").json["submitted"]["contact"]
    assert full == {"name": "黄大年", "phone": "+8613900001001"}
    assert ("filing.inspect", FOUNDRY, "work-resumption") in office.audited()


def test_nothing_personal_of_a_filing_lies_in_the_clear(office):
    office.done(office.file())
    office.decide(office.town(), "return", 1, reasons=["请黄大年补充"])
    stored = str(client().scan(TableName=f"{office.stage.prefix}organisations")["Items"])
    assert not any(said in stored for said in ("黄大年", "13900001001", "补充"))


def test_returning_takes_a_reason(office):
    office.done(office.file())
    refused = office.decide(office.town(), "return", 1)
    assert (refused.status, refused.faults) == (422, [("/reasons", "enterprises.reasons")])


@pytest.mark.parametrize("role", [Role.COMMUNITY_OFFICER, Role.HEALTH_AUTHORITY, Role.HOSPITAL, Role.AUDITOR])
def test_other_offices_see_no_filings(office, role):
    office.done(office.file())
    other = office.duty(role, NEXT_DOOR if role is Role.COMMUNITY_OFFICER else TOWN[:6])
    paths = ("/filings", f"/filings/{FOUNDRY}", "/resumption")
    assert [office.get(other, path).status for path in paths] == [403] * 3
