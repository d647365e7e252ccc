"""An office imports a sheet: every row once, whoever is killed in between, and a report that tells nobody's data."""

from __future__ import annotations

from dataclasses import replace

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.days import DAY_S
from nanhai.domain.records import Arrival, Symptoms
from nanhai.services import ports, sheets
from nanhai.services.arrivals import importing, taking
from nanhai.services.identity import persons
from nanhai.services.identity.proof import Proven
from nanhai.services.ports import Proof
from nanhai.store import imports, lookups, people
from nanhai.store.writes import send

from tests.functions.arrivals.desk import (
    HEADER,
    HERE,
    HUBEI,
    LI,
    NEXT_DOOR,
    OTHER_TOWN,
    STRANGERS,
    TOWN,
    WANG,
    ZHAO,
    rfc3339,
)
from tests.listening import listen


class Killed(BaseException):
    """The process has ended."""


def counts(answer) -> tuple:
    assert answer.status in (200, 201), answer.body
    return tuple(answer.json[name] for name in ("rows", "done", "already", "refused", "left"))


def person_of(desk, who):
    return lookups.find(persons.id_index(desk.here, "10", who.number), persons.PERSON)


def errors(row) -> list[tuple]:
    return [(error["column"], error["code"]) for error in row["errors"]]


def test_a_coach_is_taken_row_by_row(desk, community):
    known = desk.resident(LI)
    upload = desk.uploaded(
        desk.row(LI), desk.row(WANG, temperature="37.8", symptoms="发热、咳嗽"), desk.row(ZHAO, id_number="1")
    )
    told = desk.importing(community, upload)
    assert told.status == 201
    assert counts(told) == (3, 2, 0, 1, 0)
    arrival = Arrival("4201", "coach", "粤E12345")
    assert desk.facts(known) == [arrival, Symptoms(36.5, ())]
    assert people.head(known).community == HERE
    newcomer = person_of(desk, WANG)
    assert desk.facts(newcomer) == [arrival, Symptoms(37.8, ("fever", "cough"))]
    assert desk.here.profile(newcomer).name == WANG.name
    assert {case["subject"]["S"] for case in desk.cases()} == {known, newcomer}


def test_a_sheet_brings_nobody_into_an_offices_scope(desk, community):
    """What it tells is recorded, and whose community somebody is does not change: theirs has the case."""
    person = desk.resident(LI, OTHER_TOWN)
    theirs = desk.duty(Role.COMMUNITY_OFFICER, OTHER_TOWN, organisation="community-9")
    assert counts(desk.importing(community, desk.uploaded(desk.row(LI, temperature="38.8")))) == (1, 1, 0, 0, 0)
    assert desk.facts(person) == [Arrival("4201", "coach", "粤E12345"), Symptoms(38.8, ())]
    assert people.head(person).community == OTHER_TOWN
    (case,) = desk.cases()
    assert (case["community"]["S"], case["subject"]["S"]) == (OTHER_TOWN, person)
    asked = "casework", "GET", f"/persons/{person}/records"
    assert [desk.ask(*asked, token=token).status for token in (community, theirs)] == [404, 200]
    path = f"/cases/{case['case_id']['S']}"
    assert desk.ask("casework", "GET", path, token=community).status == 404
    assert "桂一社区居委会 桂澜路 2 号 12A" in desk.ask("casework", "GET", path, token=theirs).json["summary"]


def test_within_its_scope_an_office_says_where_somebody_stays(desk, town):
    person = desk.resident(LI, NEXT_DOOR)
    assert counts(desk.importing(town, desk.uploaded(desk.row(LI)))) == (1, 1, 0, 0, 0)
    assert people.head(person).community == HERE
    assert [case["community"]["S"] for case in desk.cases()] == [HERE]


def test_of_a_household_who_lives_elsewhere_has_a_case_there(desk, community):
    desk.resident(LI, OTHER_TOWN)
    upload = desk.uploaded(desk.row(LI), desk.row(WANG), desk.row(ZHAO))
    assert counts(desk.importing(community, upload, kind="household", community=HERE)) == (3, 3, 0, 0, 0)
    told = {(case["community"]["S"], case["subject"]["S"]) for case in desk.cases()}
    assert told == {(OTHER_TOWN, person_of(desk, LI)), (HERE, person_of(desk, WANG))}


def test_who_lives_elsewhere_is_told_of_fifty_times_by_an_officer_in_a_day(desk, community, monkeypatch):
    """Guesses at a name count, what is known already does not; another officer and another day have their own."""
    assert (taking.ELSEWHERE.times, taking.ELSEWHERE.window_s) == (50, DAY_S)
    monkeypatch.setattr(taking, "ELSEWHERE", replace(taking.ELSEWHERE, times=2))
    for who in (LI, WANG, ZHAO):
        desk.resident(who, OTHER_TOWN)
    first = desk.uploaded(desk.row(LI), desk.row(WANG, name="张冒名"), desk.row(LI), desk.row(ZHAO), desk.row(WANG))
    assert counts(desk.importing(community, first)) == (5, 1, 1, 3, 0)
    assert [errors(row) for row in desk.report(community, first).json["outcomes"]] == [
        [],
        [("id_number", "identity.unproven")],
        [],
        [("id_number", "arrivals.too-many-elsewhere")],
        [("id_number", "arrivals.too-many-elsewhere")],
    ]
    other = desk.duty(Role.COMMUNITY_OFFICER, organisation="community-1")
    assert counts(desk.importing(other, desk.uploaded(desk.row(ZHAO)))) == (1, 1, 0, 0, 0)
    desk.now += DAY_S
    community = desk.token_of("officer-1", Role.COMMUNITY_OFFICER)
    assert counts(desk.importing(community, desk.uploaded(desk.row(WANG)))) == (1, 1, 0, 0, 0)


def test_the_report_tells_rows_outcomes_and_codes_and_nothing_that_stood_in_the_sheet(desk, community):
    upload = desk.uploaded(
        desk.row(LI), desk.row(WANG, id_number="42010619860314072"), desk.row(ZHAO, temperature="热")
    )
    desk.importing(community, upload)
    report = desk.report(community, upload).json
    rows = report["outcomes"]
    assert [(row["row"], row["outcome"], row["person_id"]) for row in rows] == [
        (2, "done", person_of(desk, LI)),
        (3, "refused", None),
        (4, "refused", None),
    ]
    assert [errors(row) for row in rows] == [
        [],
        [("id_number", "identity.id-number-form")],
        [("temperature", "arrivals.temperature")],
    ]
    assert rows[2]["errors"][0]["detail"] == "Give the temperature as a number, such as 36.5."
    everything = str(desk.items("imports"))
    for who in (LI, WANG, ZHAO):
        assert who.name not in everything
        assert who.number not in everything
    assert "桂澜路" not in everything


def test_bounds_that_a_text_names_are_in_the_report(desk, community):
    upload = desk.uploaded(desk.row(LI, at="2019-01-01 08:00", temperature="50"))
    desk.importing(community, upload)
    (row,) = desk.report(community, upload).json["outcomes"]
    assert [error["detail"] for error in row["errors"]] == [
        "The arrival must lie within the last 30 days.",
        "Give a temperature from 35.0 to 42.0 °C.",
    ]


def test_a_report_has_pages(desk, community):
    upload = desk.uploaded(*(desk.row(who) for who in STRANGERS[:5]))
    desk.importing(community, upload)
    first = desk.report(community, upload, "?limit=3").json
    second = desk.report(community, upload, f"?limit=3&cursor={first['next']}").json
    assert [row["row"] for row in (*first["outcomes"], *second["outcomes"])] == [2, 3, 4, 5, 6]
    assert second["next"] is None


def test_csv_is_taken_as_well_as_a_workbook(desk, community):
    line = ",".join(desk.row(LI))
    upload = desk.uploaded(data=f"{','.join(HEADER)}\n{line}\n".encode("gb18030"))
    assert counts(desk.importing(community, upload)) == (1, 1, 0, 0, 0)


def test_what_is_told_for_all_fills_up_what_a_row_leaves_open(desk, community):
    at = desk.now - 7_200
    upload = desk.uploaded(desk.row(LI, **{"from": "", "at": "", "community": "", "address": "", "symptoms": ""}))
    told = {"from": "42", "at": rfc3339(at), "community": NEXT_DOOR}
    town = desk.duty(Role.TOWN_OFFICER, TOWN, organisation="town-1")
    assert counts(desk.importing(town, upload, **told)) == (1, 1, 0, 0, 0)
    person = person_of(desk, LI)
    (arrived,) = [record for record in people.records(person) if record.fact.name == "arrival"]
    assert (arrived.fact.region, arrived.happened_at) == ("42", at)
    assert people.head(person).community == NEXT_DOOR


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"name": "1"}, ("name", "identity.name")),
        ({"id_type": "驾驶证"}, ("id_type", "identity.id-type")),
        (
            {"id_number": LI.number[:-1] + ("0" if LI.number[-1] != "0" else "1")},
            ("id_number", "identity.id-number-check"),
        ),
        ({"phone": "12345"}, ("phone", "identity.phone")),
        ({"from": "99"}, ("from", "arrivals.region")),
        ({"at": "昨天"}, ("at", "arrivals.moment")),
        ({"at": ""}, ("at", "arrivals.moment")),
        ({"at": "2999-01-01 08:00"}, ("at", "arrivals.in-the-future")),
        ({"seat": "x" * 17}, ("seat", "sheets.cell-too-long")),
        ({"community": "440605999999"}, ("community", "arrivals.community")),
        ({"community": OTHER_TOWN}, ("community", "arrivals.out-of-scope")),
        ({"community": "", "address": ""}, ("community", "arrivals.stay-missing")),
        ({"temperature": "34"}, ("temperature", "passes.temperature")),
        ({"symptoms": "发热,不适"}, ("symptoms", "passes.symptom")),
        ({"address": "长" * 201}, ("address", "sheets.cell-too-long")),
        ({"name": "张冒名"}, ("id_number", "identity.unproven")),
    ],
)
def test_a_row_is_refused_for_just_what_is_wrong_with_it(desk, community, cells, fault):
    upload = desk.uploaded(desk.row(LI, **cells))
    assert counts(desk.importing(community, upload)) == (1, 0, 0, 1, 0)
    (row,) = desk.report(community, upload).json["outcomes"]
    assert errors(row) == [fault]
    assert person_of(desk, LI) is None


def test_a_known_person_under_another_name_is_not_told_of(desk, community):
    person = desk.resident(LI)
    upload = desk.uploaded(desk.row(LI, name="张冒名"))
    assert counts(desk.importing(community, upload)) == (1, 0, 0, 1, 0)
    assert desk.facts(person) == []


def test_a_number_that_excel_has_cut_is_refused_and_says_so(desk, community):
    data = sheets.workbook(HEADER, [desk.row(LI, id_number="4.40605E+17")])
    upload = desk.uploaded(data=data)
    desk.importing(community, upload)
    (row,) = desk.report(community, upload).json["outcomes"]
    assert errors(row) == [("id_number", "sheets.digits-lost")]


def test_an_officer_takes_nobody_elsewhere_and_not_themself(desk):
    person = desk.resident(LI)
    officer = desk.duty(Role.TOWN_OFFICER, TOWN, organisation="town-1", person=person)
    upload = desk.uploaded(desk.row(LI), desk.row(WANG, community=OTHER_TOWN), desk.row(ZHAO, community=NEXT_DOOR))
    assert counts(desk.importing(officer, upload)) == (3, 1, 0, 2, 0)
    assert [errors(row) for row in desk.report(officer, upload).json["outcomes"]] == [
        [("id_number", "casework.on-oneself")],
        [("community", "arrivals.out-of-scope")],
        [],
    ]


def test_a_household_has_one_case_and_one_place(desk, community):
    rows = [desk.row(LI, community=""), desk.row(ZHAO), desk.row(WANG, community=NEXT_DOOR)]
    upload = desk.uploaded(*rows)
    assert counts(desk.importing(community, upload, kind="household", community=HERE)) == (3, 2, 0, 1, 0)
    (case,) = desk.cases()
    assert case["subject"]["S"] == person_of(desk, LI)
    assert errors(desk.report(community, upload).json["outcomes"][2]) == [("community", "arrivals.out-of-scope")]


def test_a_household_says_where_it_stays(desk, community):
    assert desk.importing(community, desk.uploaded(desk.row(LI)), kind="household").faults == [
        ("/community", "arrivals.household-community")
    ]


def test_an_arrival_that_is_known_is_not_written_twice(desk, community):
    first, second = desk.uploaded(desk.row(LI)), desk.uploaded(desk.row(LI), desk.row(LI), upload_id="0" * 26)
    desk.importing(community, first)
    assert counts(desk.importing(community, second)) == (2, 0, 2, 0, 0)
    assert len(desk.facts(person_of(desk, LI))) == 2
    assert len(desk.cases()) == 1


def test_the_person_sees_who_told_of_them(desk, community):
    person = desk.resident(LI)
    desk.importing(community, desk.uploaded(desk.row(LI)))
    assert [(seen.staff_id, seen.purpose) for seen in people.accesses(person, 10)[0]] == [("officer-1", "arrival")]


def test_a_phone_that_was_only_written_down_leads_to_nobody(desk, community):
    desk.importing(community, desk.uploaded(desk.row(LI)))
    assert lookups.find(persons.phone_index(desk.here, "+8613800138000"), persons.PERSON) is None
    assert desk.here.profile(person_of(desk, LI)).phone == "+8613800138000"


def test_whoever_an_office_registered_may_register_themself_as_who_they_are(desk, community):
    desk.importing(community, desk.uploaded(desk.row(LI)))
    person = person_of(desk, LI)
    assert people.guardian(person, desk.now) is None
    proven = Proven(LI.name, "10", LI.number, Proof(LI.household_region, permit=False))
    home = {"phone": "+8613900000071", "community": NEXT_DOOR, "address": "海八路 8 号"}
    send(persons.freed_writes(desk.here, person, proven, desk.now + 1, **home))
    assert desk.here.profile(person).phone == "+8613900000071"


# what one request does not finish


@pytest.fixture
def in_parts(monkeypatch):
    monkeypatch.setattr(importing, "ROWS_PER_REQUEST_MAX", 4)


def test_what_does_not_fit_is_gone_on_with(desk, community, in_parts):
    upload = desk.uploaded(*(desk.row(who) for who in STRANGERS))
    assert counts(desk.importing(community, upload)) == (10, 4, 0, 0, 6)
    assert counts(desk.go_on(community, upload, body={"rows_max": 1})) == (10, 5, 0, 0, 5)
    assert counts(desk.go_on(community, upload)) == (10, 10, 0, 0, 0)
    assert counts(desk.go_on(community, upload)) == (10, 10, 0, 0, 0)
    assert all(len(desk.facts(person_of(desk, who))) == 2 for who in STRANGERS)


def test_the_same_request_has_the_same_answer_and_another_one_goes_on(desk, community, in_parts):
    upload = desk.uploaded(*(desk.row(who) for who in STRANGERS))
    key = "the-same-key-as-before"
    answers = [desk.importing(community, upload, once=key) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert counts(answers[1]) == (10, 4, 0, 0, 6)
    assert counts(desk.importing(community, upload)) == (10, 8, 0, 0, 2)


def test_no_row_begins_that_might_not_end_in_time(desk, community, monkeypatch):
    monkeypatch.setattr(importing, "RUN_S_MAX", -1.0)
    upload = desk.uploaded(desk.row(LI))
    assert counts(desk.importing(community, upload)) == (1, 0, 0, 0, 1)


COMMITS = 2 * 5 + 1  # of each stranger a registration and an arrival; of a row that is wrong its outcome


@pytest.mark.parametrize("lives", range(COMMITS + 1))
def test_killed_after_any_write_and_sent_again_it_ends_the_same(desk, community, monkeypatch, lives):
    upload = desk.uploaded(*(desk.row(who) for who in STRANGERS[:5]), desk.row(LI, temperature="x"))
    commit, key, left = taking.commit, "killed-and-sent-again", iter(range(lives))

    def mortal(writes):
        if next(left, None) is None:
            raise Killed
        commit(writes)

    monkeypatch.setattr(taking, "commit", mortal)
    if lives < COMMITS:
        with pytest.raises(Killed):
            desk.importing(community, upload, once=key)
    monkeypatch.setattr(taking, "commit", commit)
    assert counts(desk.importing(community, upload, once=key)) == (6, 5, 0, 1, 0)
    assert [len(desk.facts(person_of(desk, who))) for who in STRANGERS[:5]] == [2] * 5
    assert len(desk.cases()) == 5
    assert [number for number, _, _ in desk.outcomes(upload)] == [2, 3, 4, 5, 6, 7]


def test_two_runs_at_once_take_every_row_once(desk, community, monkeypatch):
    """The second one comes between the first one's look and its write, row by row."""
    upload = desk.uploaded(*(desk.row(who) for who in STRANGERS[:4]))
    commit = taking.commit

    def overtaken(writes, **how):
        monkeypatch.setattr(taking, "commit", commit)
        assert desk.importing(community, upload).status == 201
        commit(writes, **how)

    monkeypatch.setattr(taking, "commit", overtaken)
    assert counts(desk.importing(community, upload)) == (4, 4, 0, 0, 0)
    assert [len(desk.facts(person_of(desk, who))) for who in STRANGERS[:4]] == [2] * 4


def test_a_register_that_does_not_answer_stops_the_run_and_costs_no_row(desk, community, monkeypatch):
    upload = desk.uploaded(*(desk.row(who) for who in STRANGERS[:3]))
    verify, asked = ports.FileRegister.verify, []

    def silent(self, *who):
        asked.append(who)
        if len(asked) == 2:
            raise ports.RegisterUnavailable(retry_after_s=30)
        return verify(self, *who)

    monkeypatch.setattr(ports.FileRegister, "verify", silent)
    stopped = desk.importing(community, upload)
    assert (stopped.status, stopped.code) == (503, "register.unavailable")
    assert [outcome for _, outcome, _ in desk.outcomes(upload)] == ["done"]
    assert counts(desk.importing(community, upload)) == (3, 3, 0, 0, 0)


# what a file may be


def test_a_file_is_imported_with_one_meaning(desk, community):
    upload = desk.uploaded(desk.row(LI))
    desk.importing(community, upload)
    other = desk.importing(community, upload, number="粤E99999")
    assert (other.status, other.code) == (409, "arrivals.import-differs")
    desk.uploaded(desk.row(WANG), upload_id=upload)
    changed = desk.go_on(community, upload)
    assert (changed.status, changed.code) == (409, "arrivals.import-differs")


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "uploads.missing"),
        (b"PK\x03\x04nothing", 422, "sheets.unreadable"),
        (b"name,number\n", 422, "sheets.columns"),
        (f"{','.join(HEADER)}\n".encode(), 422, "invalid"),
        (f"{','.join(HEADER)}\n{(',' * 10 + 'x' + chr(10)) * 201}".encode(), 422, "sheets.too-long"),
    ],
)
def test_a_file_that_is_no_sheet_of_arrivals_is_refused_as_a_whole(desk, community, data, status, code):
    refused = desk.importing(community, desk.uploaded(data=data))
    assert (refused.status, refused.code) == (status, code)


def test_every_missing_column_is_named(desk, community):
    refused = desk.importing(community, desk.uploaded(data="姓名,证件号码\n李归家,1\n".encode()))
    missing = ("id_type", "phone", "from", "at", "community", "address", "temperature", "symptoms")
    assert refused.faults == [(f"/header/{column}", "sheets.column-missing") for column in missing]


def test_what_is_told_for_all_has_its_faults_all_at_once(desk, community):
    told = {"from": "99", "at": rfc3339(desk.now + 3_600), "number": "<b>", "community": OTHER_TOWN}
    assert desk.importing(community, desk.uploaded(desk.row(LI)), **told).faults == [
        ("/number", "arrivals.number"),
        ("/from", "arrivals.region"),
        ("/at", "arrivals.in-the-future"),
        ("/community", "arrivals.out-of-scope"),
    ]


def test_a_place_to_upload_is_offered_for_sheets_only(desk, community):
    offered = desk.ask("arrivals", "POST", "/files", body={"media_type": sheets.XLSX}, token=community, once=None)
    assert offered.status == 201
    assert offered.json["fields"]["Content-Type"] == sheets.XLSX
    refused = desk.ask("arrivals", "POST", "/files", body={"media_type": "image/png"}, token=community, once=None)
    assert (refused.status, refused.code) == (422, "uploads.media-type")


def test_another_offices_import_looks_like_none(desk, community, town, district):
    upload = desk.uploaded(desk.row(LI))
    desk.importing(community, upload)
    neighbour = desk.duty(Role.COMMUNITY_OFFICER, NEXT_DOOR, organisation="community-2")
    assert desk.report(neighbour, upload).json == desk.report(neighbour, "Z" * 26).json
    assert desk.report(neighbour, upload).status == desk.go_on(neighbour, upload).status == 404
    assert [desk.report(above, upload).status for above in (town, district)] == [200, 200]


def test_a_run_is_audited(desk, community):
    upload = desk.uploaded(desk.row(LI))
    desk.importing(community, upload)
    assert ("arrival.import", upload, "asked") in desk.audited()


def test_an_import_is_forgotten_after_thirty_days(desk, community):
    upload = desk.uploaded(desk.row(LI))
    desk.importing(community, upload)
    assert imports.get(upload, desk.now + imports.KEPT_S - 1) is not None
    assert imports.get(upload, desk.now + imports.KEPT_S) is None


def test_the_facts_of_an_import_name_the_office_and_the_import(desk, community):
    upload = desk.uploaded(desk.row(LI, **{"from": HUBEI}))
    desk.importing(community, upload)
    told = [record for record in people.records(person_of(desk, LI)) if record.fact.name == "arrival"]
    assert [(record.source.value, record.source_id, record.evidence) for record in told] == [
        ("community", "community-1/officer-1", f"import:{upload}")
    ]


@pytest.mark.parametrize(("is_known", "requests"), [(True, 7), (False, 9)])
def test_a_row_of_somebody_known_is_seven_requests_and_of_a_stranger_nine(
    desk, community, monkeypatch, is_known, requests
):
    """The look-up, head, name, open cases and key of both; a stranger is counted against the officer's proofs and
    registered."""
    if is_known:
        for who in STRANGERS[:3]:
            desk.resident(who)
    one, two = (desk.uploaded(*map(desk.row, who)) for who in (STRANGERS[:1], STRANGERS[1:3]))
    desk.report(community, one)  # from now on the office is known
    heard = listen(monkeypatch)
    desk.importing(community, one)
    of_one = len(heard)
    heard.clear()
    desk.importing(community, two)
    assert len(heard) - of_one == requests
