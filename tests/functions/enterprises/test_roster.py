"""Nobody is on a roster but by their own word, an employer learns of nobody else, and of a pass only yes or no."""

from __future__ import annotations

import io
import zipfile

import pytest
from nanhai.domain.records import Symptoms
from nanhai.services.enterprises import employments, export, roster
from nanhai.services.sheets import XLSX
from nanhai.store import roster as rows
from nanhai.store.connection import client

from tests.functions.checkpoints.stand import FEVER
from tests.functions.enterprises.office import FOUNDRY, SHOP, Worker


def entries(office, code=FOUNDRY, query="") -> list:
    return office.done(office.get(office.enterprise(code), f"/roster{query}"))["entries"]


def employed_at(office, worker) -> list:
    told = office.done(office.get(office.own(worker), "/employments"))["employments"]
    return [(one["organisation_id"], one["state"]) for one in told]


@pytest.mark.parametrize("by", ["phone", "id"])
def test_who_is_invited_sees_it_joins_by_their_own_consent_and_leaves_at_any_time(office, by):
    worker = office.worker()
    office.invite(worker, by=by)
    assert employed_at(office, worker) == [(FOUNDRY, "invited")]
    assert [(one["joined"], one["admitted"]) for one in entries(office)] == [(False, None)]
    assert office.done(office.join(worker)) == {"organisation_id": FOUNDRY, "state": "joined"}
    assert employed_at(office, worker) == [(FOUNDRY, "joined")]
    assert [(one["joined"], one["admitted"]) for one in entries(office)] == [(True, True)]
    assert office.done(office.leave(worker))["state"] == "left"
    assert employed_at(office, worker) == []
    assert [(one["joined"], one["admitted"]) for one in entries(office)] == [(False, None)]
    assert office.check_in(worker).status == 404


def test_joining_takes_consent(office):
    worker = office.worker()
    office.invite(worker)
    refused = office.post(office.own(worker), f"/employments/{FOUNDRY}", {"answer": "join"})
    assert (refused.status, refused.faults) == (422, [("/consent", "enterprises.consent")])
    assert employed_at(office, worker) == [(FOUNDRY, "invited")]


def test_nobody_joins_who_is_not_invited_whether_or_not_there_is_such_an_enterprise(office):
    worker, other = office.worker(), office.worker()
    office.invite(other)
    refused = [office.join(worker, code) for code in (FOUNDRY, SHOP, "9" * 18)]
    assert {(answer.status, answer.code) for answer in refused} == {(404, "absent")}
    assert office.leave(worker).status == 404


def test_a_phone_with_another_name_means_somebody_else(office):
    worker = office.worker(name="何香凝")
    office.invite(Worker("", "陈铁军", worker.phone, worker.number))
    assert employed_at(office, worker) == []
    assert office.join(worker).status == 404


def test_an_invitation_is_answered_alike_for_whoever_exists_and_whoever_does_not(office):
    there, nowhere = office.worker(), Worker("", "梁新来", "+8613511112222", "")
    first, second = office.invite(there), office.invite(nowhere, code=SHOP)
    assert (first.status, first.json) == (second.status, second.json) == (201, {"invited": 1})
    office.leave(there)  # says no, to nobody's knowledge
    told = [entries(office, code)[0] for code in (FOUNDRY, SHOP)]
    assert [(one["joined"], one["admitted"]) for one in told] == [(False, None)] * 2
    assert list(told[0]) == list(told[1])


def test_who_said_no_does_not_see_it_again_until_they_are_invited_anew(office):
    worker = office.worker()
    office.invite(worker)
    office.leave(worker)
    assert employed_at(office, worker) == []
    office.invite(worker)
    assert employed_at(office, worker) == [(FOUNDRY, "invited")]


def test_being_invited_again_neither_ends_nor_doubles_a_membership(office):
    worker = office.employed()
    office.invite(worker)
    assert [one["joined"] for one in entries(office)] == [True]
    office.invite(worker, by="id")
    assert employed_at(office, worker) == [(FOUNDRY, "joined")]
    assert office.day()["counts"]["members"] == 1


def test_joining_and_leaving_again_does_nothing(office):
    worker = office.employed()
    assert office.done(office.join(worker))["state"] == "joined"
    for _ in range(2):
        assert office.done(office.leave(worker))["state"] == "left"
    assert office.done(office.join(worker))["state"] == "joined"
    assert office.day()["counts"]["members"] == 1


def test_what_a_pass_says_is_yes_or_no_and_never_why(office):
    well, feverish, isolated = office.employed(), office.employed(FEVER), office.employed()
    office.add(isolated.person, office.order())
    unreadable = office.employed()
    office.spoil(unreadable.person)
    told = entries(office)
    admitted = {one["phone_masked"]: one["admitted"] for one in told}
    names = [f"{one.phone[3:6]}****{one.phone[-4:]}" for one in (well, feverish, isolated, unreadable)]
    assert [admitted[name] for name in names] == [True, False, False, False]
    assert set(told[0]) == {"number", "name_masked", "phone_masked", "joined", "invited_at", "admitted"}


def test_a_clearance_for_some_places_admits_nobody_everywhere(office):
    worker = office.employed(FEVER)
    office.add(worker.person, office.clearance("GATE-1"))
    assert [one["admitted"] for one in entries(office)] == [False]


def test_names_and_phones_are_masked_and_lie_nowhere_in_the_clear(office):
    worker = office.employed(name="黄大年")
    (entry,) = entries(office)
    assert (entry["name_masked"], entry["number"]) == ("黄＊", "A-000")
    assert entry["phone_masked"] == f"{worker.phone[3:6]}****{worker.phone[-4:]}"
    for table in ("organisations", "checkins"):
        stored = str(client().scan(TableName=office.stage.prefix + table)["Items"])
        assert not any(said in stored for said in ("黄大年", worker.phone[3:], worker.number, "A-000"))


def test_every_fault_of_an_invitation_is_named_at_once(office):
    people = [
        {"name": "4", "phone": "+8613700000001"},
        {"name": "何香凝"},
        {"name": "何香凝", "phone": "+8613700000001", "id_number": "440605198603140011"},
        {"name": "何香凝", "phone": "0757"},
        {"name": "何香凝", "id_number": "440605198603140010"},
        {"name": "黄大年", "phone": "+8613700000009"},
        {"name": " 黄大年 ", "phone": "+8613700000009"},
    ]
    refused = office.post(office.enterprise(), "/roster/invitations", {"people": people})
    assert refused.faults == [
        ("/people/0/name", "identity.name"),
        ("/people/1/phone", "enterprises.phone-or-id"),
        ("/people/2/phone", "enterprises.phone-or-id"),
        ("/people/3/phone", "identity.phone"),
        ("/people/4/id_number", "identity.id-number-check"),
        ("/people/6", "enterprises.twice"),
    ]
    assert entries(office) == []


def test_as_many_as_one_request_takes_are_invited_by_one_transaction(office):
    people = [{"name": "何香凝", "phone": f"+861360000{n:04d}"} for n in range(96)]
    assert office.post(office.enterprise(), "/roster/invitations", {"people": people}).json == {"invited": 96}
    assert len(entries(office, query="?limit=100")) == 96
    more = office.post(office.enterprise(), "/roster/invitations", {"people": people + people[:1]})
    assert (more.status, more.code) == (400, "edge.length")


def test_a_roster_has_an_end_that_known_people_do_not_bring_nearer(office, monkeypatch):
    monkeypatch.setattr(roster, "ROSTER_MAX", 2)
    first, second, third = (office.worker() for _ in range(3))
    assert [office.invite(first, second).status, office.invite(second, first).status] == [201, 201]
    refused = office.invite(third)
    assert (refused.status, refused.code) == (409, "enterprises.roster-full")


def test_nobody_works_everywhere(office, monkeypatch):
    monkeypatch.setattr(employments, "EMPLOYMENTS_MAX", 1)
    worker = office.employed()
    office.invite(worker, code=SHOP)
    refused = office.join(worker, SHOP)
    assert (refused.status, refused.code) == (409, "enterprises.too-many-employments")


def test_an_enterprise_sees_its_own_roster_only(office):
    office.invite(office.worker())
    assert (len(entries(office)), entries(office, SHOP)) == (1, [])


def test_the_roster_is_paged_and_ends(office):
    office.invite(*(office.worker() for _ in range(3)))
    seen, cursor = [], ""
    for _ in range(5):
        page = office.done(office.get(office.enterprise(), f"/roster?limit=2{cursor}"))
        seen += [one["phone_masked"] for one in page["entries"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen)) == 3


def test_the_same_answer_joins_once(office):
    worker = office.worker()
    office.invite(worker)
    first, again = (office.join(worker, once="join-it-once-only-1") for _ in range(2))
    assert (first.status, first.body) == (again.status, again.body)
    assert rows.member(FOUNDRY, worker.person).joined_at == office.now


# the workbook


def sheet_of(answer) -> str:
    with zipfile.ZipFile(io.BytesIO(answer.body)) as book:
        names = [name for name in book.namelist() if name.startswith("xl/worksheets/") or "sharedStrings" in name]
        return "".join(book.read(name).decode() for name in names)


def test_the_own_list_leaves_as_a_workbook_as_masked_as_on_the_screen_and_is_audited(office):
    worker = office.employed(Symptoms(37.6, ("fever",)), name="黄大年")
    answer = office.get(office.enterprise(), "/roster.xlsx", headers={"Accept": XLSX})
    assert (answer.status, answer.headers["content-type"], "link" in answer.headers) == (200, XLSX, False)
    told = sheet_of(answer)
    assert all(said in told for said in ("工号", "A-000", "黄＊"))
    assert "黄大年" not in told
    assert worker.phone[3:] not in told
    assert ("roster.export", FOUNDRY, "answered") in office.audited()


def test_a_long_list_is_several_workbooks_each_of_which_leads_to_the_next(office, monkeypatch):
    monkeypatch.setattr(export, "ROWS_PER_FILE", 2)
    monkeypatch.setattr(export, "ROWS_PER_READ", 2)
    office.invite(*(office.worker() for _ in range(3)))
    first = office.get(office.enterprise(), "/roster.xlsx", headers={"Accept": XLSX})
    path = first.headers["link"].partition(">")[0].lstrip("<")
    second = office.get(office.enterprise(), f"/{path}", headers={"Accept": XLSX})
    assert [sheet_of(answer).count("****") for answer in (first, second)] == [2, 1]
    assert "link" not in second.headers
