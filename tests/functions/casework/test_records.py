"""Who sees what of a person's records, and that the person is told."""

from __future__ import annotations

import pytest
from nanhai.domain.actors import Role
from nanhai.domain.records import Result
from nanhai.store import people

from tests.functions.casework.desk import get
from tests.functions.checkpoints.stand import DISTRICT, FEVER, HERE, TOWN, rfc3339

GROUNDS = "?purpose=verify-yellow&case=desk-1"
HIDDEN = "＊"


@pytest.fixture
def person(stand):
    return stand.person(FEVER, Result(True, "nucleic-acid"), stand.order())


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
        "evidence": "evidence",
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


SEEN = {
    Role.COMMUNITY_OFFICER: (HERE, True),
    Role.TOWN_OFFICER: (TOWN, True),
    Role.HEALTH_AUTHORITY: (DISTRICT, True),
    Role.DISTRICT_COMMAND: (DISTRICT, False),  # leads the work, and needs no diagnosis for it
}


def test_health_detail_takes_a_purpose_and_a_case_and_a_role_that_may_see_it(stand, person):
    for role, (scope, sees) in SEEN.items():
        token = stand.duty(role, scope)
        for grounds, open_ in (("", False), (GROUNDS, sees)):
            found = facts(get(stand, token, f"/persons/{person}/records{grounds}"))
            assert found["symptoms"] == (
                {"temperature_c": 37.6, "codes": ["fever"]} if open_ else {"temperature_c": HIDDEN, "codes": HIDDEN}
            ), (role, grounds)
            assert found["test-result"]["positive"] == (True if open_ else HIDDEN)
            assert found["isolation"]["reason"] == ("close-contact" if open_ else HIDDEN)
            assert found["isolation"]["until"] == rfc3339(
                stand.now + 14 * 86_400
            )  # who isolates whom till when is work


def test_a_purpose_comes_with_a_case_and_a_case_with_a_purpose(stand, community, person):
    told = [
        get(stand, community, f"/persons/{person}/records?{query}").faults
        for query in ("purpose=home-visit", "case=desk-1", "purpose=curiosity&case=desk-1")
    ]
    assert told == [
        [("/case", "casework.purpose-and-case")],
        [("/purpose", "casework.purpose-and-case")],
        [("/purpose", "edge.choice")],
    ]


def test_the_person_is_told_who_looked_and_what_for_and_the_audit_too(stand, community, person):
    get(stand, community, f"/persons/{person}/records")
    stand.now += 1
    get(stand, community, f"/persons/{person}/records{GROUNDS}")
    seen, _ = people.accesses(person, 10)
    assert [(access.staff_id, access.organisation, access.purpose) for access in seen] == [
        ("officer-1", "community-1", "verify-yellow"),
        ("officer-1", "community-1", "records"),
    ]
    assert stand.audited() == [
        ("person.records", person, "answered"),
        ("person.records", person, "verify-yellow desk-1"),
    ]


def test_without_its_audit_no_record_is_told(stand, community, person, monkeypatch):
    from nanhai.store.writes import StoreUnavailable

    def full(*_):
        raise StoreUnavailable(retry_after_s=1)

    monkeypatch.setattr("nanhai.store.audit.append", full)
    assert get(stand, community, f"/persons/{person}/records").status == 503
