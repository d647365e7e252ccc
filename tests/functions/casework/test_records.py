"""Who sees what of a person's records, and that the person is told."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.records import Arrival, Correction, IdentityLink, Release, Result, Stay
from nanhai.store import people

from tests.functions.casework.desk import get, propose
from tests.functions.casework.work import opened
from tests.functions.checkpoints.stand import DISTRICT, FEVER, HERE, NEXT_DOOR, TOWN, rfc3339

HIDDEN = "＊"


@pytest.fixture
def person(stand):
    return stand.person(FEVER, Result(True, "nucleic-acid"), stand.order())


def grounds(stand, person, purpose="verify-yellow", **where) -> str:
    """What it is looked at for, and a case of it."""
    return f"?purpose={purpose}&case={opened(stand, 'verify-yellow', person=person, **where)}"


def facts(answer) -> dict:
    assert answer.status == 200, answer.body
    return {record["class"]: record["fact"] for record in answer.json["records"]}


def test_records_are_told_oldest_first_with_source_and_basis(stand, community, person):
    answer = get(stand, community, f"/persons/{person}/records").json
    assert (answer["person_id"], answer["community"]) == (person, HERE)
    first = answer["records"][0]
    told = {name: first[name] for name in ("class", "source", "happened_at", "evidence", "legal_basis", "supersedes")}
    assert told == {
        "class": first["class"],
        "source": first["source"],
        "happened_at": rfc3339(stand.now),
        "evidence": HIDDEN,
        "legal_basis": "basis",
        "supersedes": None,
    }
    assert {record["class"] for record in answer["records"]} == {
        "residence",
        "application",
        "symptoms",
        "test-result",
        "isolation",
    }


PLAIN = {"residence", "application", "clearance", "release"}
HEALTH = {"symptoms", "test-result", "isolation", "identity-link", "correction"}
TRAJECTORY = {"arrival", "stay"}
EVERY = PLAIN | HEALTH | TRAJECTORY
SEEN = {  # role: scope, what is open without a case, what with one, whether evidence is
    Role.COMMUNITY_OFFICER: (HERE, PLAIN, PLAIN | HEALTH, True),
    Role.TOWN_OFFICER: (TOWN, PLAIN, PLAIN | HEALTH, True),
    Role.HEALTH_AUTHORITY: (DISTRICT, set(), EVERY, True),
    Role.DISTRICT_COMMAND: (DISTRICT, set(), PLAIN, False),  # leads the work, and needs no diagnosis for it
}


@pytest.mark.parametrize("role", SEEN)
def test_what_a_record_says_is_told_by_class_as_the_matrix_of_roles_allows_it(stand, role):
    now = stand.now
    person = stand.person(
        FEVER,
        Result(True, "nucleic-acid"),
        stand.order(),
        IdentityLink("42"),
        Arrival("42", "train", "G1112"),
        Stay("42", now - 86_400, now),
        stand.clearance(HERE),
        Release("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        Correction("entered twice"),
    )
    scope, without, with_case, evidence = SEEN[role]
    token = stand.duty(role, scope)
    for query, open_ in (("", without), (grounds(stand, person), with_case)):
        answer = get(stand, token, f"/persons/{person}/records{query}")
        found = facts(answer)
        assert found.keys() == EVERY
        assert {name for name, fact in found.items() if HIDDEN not in fact.values()} == open_
        assert all(set(found[name].values()) == {HIDDEN} for name in EVERY - open_)
        proofs = {record["class"] for record in answer.json["records"] if record["evidence"] != HIDDEN}
        assert proofs == (open_ if evidence and query else set())


def test_a_record_that_cannot_be_read_is_no_error_of_the_service_and_is_not_left_out(stand, community, person):
    stand.spoil(person)
    answer = get(stand, community, f"/persons/{person}/records")
    assert (answer.status, answer.code) == (503, "records.unreadable")


def test_a_purpose_comes_with_a_case_and_a_case_with_a_purpose(stand, community, person):
    told = [
        get(stand, community, f"/persons/{person}/records?{query}").faults
        for query in ("purpose=home-visit", "case=C1", "purpose=curiosity&case=C1")
    ]
    assert told == [
        [("/case", "casework.purpose-and-case")],
        [("/purpose", "casework.purpose-and-case")],
        [("/purpose", "edge.choice")],
    ]


@pytest.mark.parametrize("whose", ["nobody's", "another's", "next door's"])
def test_a_case_is_one_about_the_person_in_ones_scope(stand, community, person, whose):
    """A word that somebody typed is none."""
    query = {
        "nobody's": lambda: "?purpose=verify-yellow&case=desk-1",
        "another's": lambda: grounds(stand, stand.person(FEVER)),
        "next door's": lambda: grounds(stand, person, community=NEXT_DOOR),
    }[whose]()
    refused = get(stand, community, f"/persons/{person}/records{query}")
    assert (refused.status, refused.faults) == (422, [("/case", "casework.case-unknown")])
    assert people.accesses(person, 10)[0] == []
    assert stand.audited() == [("person.records", person, "casework.case-unknown")]


def test_a_proposal_is_a_case_too(stand, community, health, person):
    proposal = propose(stand, community, person)
    answer = get(stand, health, f"/persons/{person}/records?purpose=isolation&case={proposal}")
    assert set(facts(answer)["test-result"].values()) == {True, "nucleic-acid"}


@pytest.mark.parametrize("has_case", [False, True])
def test_help_at_the_desk_takes_no_case_and_opens_nothing_of_health(stand, community, person, has_case):
    query = grounds(stand, person, "desk-help") if has_case else "?purpose=desk-help"
    answer = get(stand, community, f"/persons/{person}/records{query}")
    assert {name for name, fact in facts(answer).items() if HIDDEN not in fact.values()} == {"residence", "application"}
    assert {record["evidence"] for record in answer.json["records"]} == {HIDDEN}
    assert [access.purpose for access in people.accesses(person, 10)[0]] == ["desk-help"]


def test_the_person_is_told_who_looked_and_what_for_and_the_audit_too(stand, community, person):
    get(stand, community, f"/persons/{person}/records")
    stand.now += 1
    query = grounds(stand, person)
    get(stand, community, f"/persons/{person}/records{query}")
    seen, _ = people.accesses(person, 10)
    assert [(access.staff_id, access.organisation, access.purpose) for access in seen] == [
        ("officer-1", "community-1", "verify-yellow"),
        ("officer-1", "community-1", "records"),
    ]
    assert stand.audited() == [
        ("person.records", person, "answered"),
        ("person.records", person, f"verify-yellow {query.rpartition('=')[2]}"),
    ]


def test_without_its_audit_no_record_is_told(stand, community, person, monkeypatch):
    from nanhai.store.writes import StoreUnavailable

    def full(*_):
        raise StoreUnavailable(retry_after_s=1)

    monkeypatch.setattr("nanhai.store.audit.append", full)
    assert get(stand, community, f"/persons/{person}/records").status == 503
