"""A guardian registers a child or an elderly parent, with consent and an end, and acts for them."""

from __future__ import annotations

from nanhai.services.identity import dependants
from nanhai.store import people

from tests.functions.identity.world import ADDRESS, CHILD, COMMUNITY, HE, HUANG, PARENT, Identity, id_number

KEY = "k" * 16
UNTIL = "2021-03-01T00:00:00+08:00"


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
    assert guardian.add(CHILD).status == 201
    before = world.rows("people")
    for number in (CHILD, HUANG, HE):
        given = other.add(number)
        assert (given.status, given.code) == (409, "identity.already-registered")
    assert world.rows("people") == before
    assert world.signed_in().register(CHILD).status == 409


def test_whom_the_register_does_not_confirm_is_nobodys_dependant(world):
    guardian = world.registered(HUANG)
    assert guardian.add(CHILD, name="黄大月").code == "identity.unproven"


def test_a_guardian_acts_for_a_few(world, monkeypatch):
    assert dependants.LINKS_MAX == people.LINKS_MAX
    monkeypatch.setattr(dependants, "LINKS_MAX", 2)
    guardian = world.registered(HUANG)
    assert [guardian.add(who).status for who in (CHILD, PARENT)] == [201, 201]
    given = guardian.add(HE, once=KEY)
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
