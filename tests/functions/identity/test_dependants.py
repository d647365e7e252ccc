"""A guardian registers a child or an elderly parent, with consent and an end, and acts for them."""

from __future__ import annotations

import pytest
from nanhai.services.identity import dependants
from nanhai.store import people

from tests.functions.identity.world import ADDRESS, CHILD, COMMUNITY, HE, HUANG, NEIGHBOUR, PARENT, Identity, id_number

KEY = "k" * 16
SOON, SOON_S = "2020-06-24T10:05:00Z", 300
SIBLING = Identity("黄小妹", id_number(5, born="20150501"))


def test_a_child_and_a_parent_are_persons_of_their_own(world):
    guardian = world.registered(HUANG)
    child, parent = guardian.add(CHILD), guardian.add(PARENT, relation="parent")
    assert (child.status, parent.status) == (201, 201)
    who = [given.json["person_id"] for given in (child, parent)]
    listed = guardian.ask("GET", "/me").json["dependants"]
    assert {entry["person_id"]: entry["relation"] for entry in listed} == dict(
        zip(who, ("child", "parent"), strict=True)
    )
    assert {(entry["name_masked"], entry["until"]) for entry in listed} == {("黄＊", "2021-02-28T16:00:00Z")}
    assert {head.community for head in people.heads(who).values()} == {COMMUNITY}
    assert {(world.platform.profile(one).phone, world.platform.profile(one).address) for one in who} == {("", ADDRESS)}


def test_every_fault_is_told_at_once(world):
    wrong = {"name": "", "id_type": "00", "consent": False, "until": "2019-01-01T00:00:00Z"}
    given = world.registered(HUANG).add(CHILD, **wrong)
    assert given.status == 422
    assert given.faults == [
        ("/name", "identity.name"),
        ("/id_type", "identity.id-type"),
        ("/consent", "identity.consent"),
        ("/until", "identity.until"),
    ]


CONSENTS = (
    ("2020-06-24T10:00:00Z", CHILD, 422),  # the very beginning of the world's clock
    ("2021-06-25T10:05:00Z", CHILD, 422),
    ("9999-12-31T23:59:59Z", CHILD, 422),
    ("2021-03-01T00:00:00", CHILD, 400),  # no offset
    ("2020-06-24T10:05:00Z", CHILD, 201),
    ("2021-06-25T10:00:00Z", PARENT, 201),
)


def test_consent_ends_within_a_year(world):
    guardian = world.registered(HUANG)
    given = [(until, who, guardian.add(who, until=until).status) for until, who, _ in CONSENTS]
    assert given == list(CONSENTS)


def test_consent_that_has_ended_is_over_at_its_second(world):
    guardian = world.registered(HUANG)
    guardian.add(CHILD, until="2020-06-24T10:05:00Z")
    assert len(guardian.ask("GET", "/me").json["dependants"]) == 1
    world.pass_time(300)
    assert guardian.ask("GET", "/me").json["dependants"] == []


def test_who_is_registered_already_cannot_be_taken(world):
    guardian, other = world.registered(HUANG), world.registered(HE)
    own = world.registered(PARENT)
    assert guardian.add(CHILD).status == 201
    before = world.rows("people")
    for taker, who in ((other, CHILD), (other, PARENT), (guardian, PARENT), (own, PARENT)):
        given = taker.add(who)
        assert (given.status, given.code) == (409, "identity.already-registered")
    assert world.rows("people") == before
    assert world.signed_in().register(CHILD).status == 409


def test_the_same_guardian_gives_consent_anew_for_the_same_person(world):
    guardian = world.registered(HUANG)
    child = guardian.add(CHILD, until=SOON).json["person_id"]
    for later_s in (0, SOON_S):  # while it lasts, and once it has ended
        world.pass_time(later_s)
        assert guardian.add(CHILD).json == {"person_id": child}
    listed = guardian.ask("GET", "/me").json["dependants"]
    assert [(entry["person_id"], entry["until"]) for entry in listed] == [(child, "2021-02-28T16:00:00Z")]
    assert world.registered(HE).add(CHILD).code == "identity.already-registered"


def test_when_nobody_acts_for_them_any_more_another_guardian_may(world):
    guardian, other = world.registered(HUANG), world.registered(HE)
    child = guardian.add(CHILD, until=SOON).json["person_id"]
    assert other.add(CHILD).status == 409
    world.pass_time(SOON_S)
    assert other.add(CHILD, relation="grandchild").json == {"person_id": child}
    assert guardian.add(CHILD).status == 409
    assert [phone.ask("GET", f"/{child}/notices").status for phone in (guardian, other)] == [404, 200]


def test_consent_anew_takes_no_second_place(world, monkeypatch):
    monkeypatch.setattr(dependants, "LINKS_MAX", 1)
    guardian = world.registered(HUANG)
    assert [guardian.add(CHILD).status for _ in range(3)] == [201] * 3
    assert guardian.add(PARENT).code == "identity.too-many-dependants"


def test_whoever_nobody_acts_for_any_more_registers_as_the_person_they_were(world):
    guardian, grown = world.registered(HUANG), world.signed_in()
    child = guardian.add(CHILD, until=SOON).json["person_id"]
    assert grown.register(CHILD, NEIGHBOUR).code == "identity.already-registered"
    world.pass_time(SOON_S)
    assert grown.register(CHILD, NEIGHBOUR).json["person_id"] == child
    told = grown.ask("GET", "/me").json
    assert (told["name_masked"], told["phone_masked"][-4:], told["community"]) == ("黄＊", grown.number[-4:], NEIGHBOUR)
    assert world.platform.profile(child).address == ADDRESS
    assert world.phone(grown.number).sign_in()["person_id"] == child
    taken = [guardian.add(CHILD), grown.add(CHILD), world.signed_in().register(CHILD)]
    world.pass_time(400 * 86_400)
    taken.append(world.signed_in().register(CHILD))
    assert [given.code for given in taken] == ["identity.already-registered"] * 4


def test_whoever_was_erased_does_not_come_back(world):
    from nanhai.store import keys

    guardian = world.registered(HUANG)
    keys.shred(guardian.add(CHILD, until=SOON).json["person_id"])
    world.pass_time(SOON_S)
    assert world.signed_in().register(CHILD).code == "identity.already-registered"


AGES = (
    ("20130501", True),
    ("20020625", True),  # 18 on the next day
    ("20020624", False),
    ("19860314", False),
    ("19600625", False),  # 60 on the next day
    ("19600624", True),
    ("19200101", True),
)


@pytest.mark.parametrize(("born", "may"), AGES)
def test_only_the_young_and_the_old_are_added_unseen(world, born, may):
    who = Identity("黄某人", id_number(9, born=born))
    world.knows(HUANG, who)
    given = world.registered(HUANG).add(who, relation="parent")
    assert (given.status, given.json.get("code")) == ((201, None) if may else (422, "identity.dependant-adult"))


def test_an_adult_is_refused_before_the_register_is_asked(world, monkeypatch):
    guardian = world.registered(HUANG)
    monkeypatch.setattr(dependants.proof, "prove", None)
    assert guardian.add(HE).code == guardian.add(HE, name="何某人").code == "identity.dependant-adult"


@pytest.mark.parametrize(("relation", "status"), [("child", 201), ("parent", 422), ("spouse", 422), ("ward", 422)])
def test_with_a_document_that_tells_no_age_only_a_child_is_added(world, relation, status):
    world.stage.known(
        {
            f"10:{HUANG.number}": {"name": HUANG.name, "household_region": "440605", "permit": False},
            "14:H12345678": {"name": "黄港生", "household_region": "440605", "permit": False},
        }
    )
    body = {"name": "黄港生", "id_type": "14", "id_number": "H12345678", "relation": relation}
    assert world.registered(HUANG).add(CHILD, **body).status == status


def test_whom_the_register_does_not_confirm_is_nobodys_dependant(world):
    guardian = world.registered(HUANG)
    assert guardian.add(CHILD, name="黄大月").code == "identity.unproven"


def test_a_guardian_acts_for_a_few(world, monkeypatch):
    assert dependants.LINKS_MAX == people.LINKS_MAX
    monkeypatch.setattr(dependants, "LINKS_MAX", 2)
    guardian = world.registered(HUANG)
    assert [guardian.add(who).status for who in (CHILD, PARENT)] == [201, 201]
    given = guardian.add(SIBLING, once=KEY)
    assert (given.status, given.code) == (409, "identity.too-many-dependants")
    assert "2" in given.json["title"]


def test_two_at_once_cannot_share_the_last_place(world, monkeypatch):
    guardian = world.registered(HUANG)
    guardian.add(CHILD)
    with monkeypatch.context() as before:
        before.setattr(people, "links", lambda *_: [])  # as who looked before the first had written
        given = guardian.add(PARENT)
    assert (given.status, given.code) == (409, "edge.still-running")
    assert guardian.add(PARENT).status == 201


def test_the_same_request_again_gets_the_first_answer(world):
    guardian = world.registered(HUANG)
    first, second = (guardian.add(CHILD, once=KEY) for _ in range(2))
    assert first.body == second.body
    assert guardian.add(PARENT, once=KEY).code == "edge.idempotency-key-reused"


def test_who_is_not_registered_has_no_dependants(world):
    assert world.signed_in().add(CHILD).code == "edge.not-registered"


def test_a_dependant_whose_data_were_erased_is_listed_no_more(world):
    from nanhai.store import keys

    guardian = world.registered(HUANG)
    keys.shred(guardian.add(CHILD).json["person_id"])
    guardian.add(PARENT)
    assert [entry["relation"] for entry in guardian.ask("GET", "/me").json["dependants"]] == ["child"]


def test_nothing_of_a_dependant_lies_in_the_clear(world):
    world.registered(HUANG).add(CHILD)
    written = world.everything()
    assert CHILD.name not in written
    assert CHILD.number not in written


def test_the_number_is_checked_as_everybodys(world):
    guardian = world.registered(HUANG)
    for born in ("20210101", "18800101"):
        given = guardian.add(Identity("黄未生", id_number(7, born=born)))
        assert given.faults == [("/id_number", "identity.id-number-birth")]
