"""What a guard is told, and what is kept of it."""

from __future__ import annotations

import random

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from nanhai.domain import base45, tokens
from nanhai.domain.actors import Role
from nanhai.domain.colour import Colour, Verdict
from nanhai.domain.days import DAY_S
from nanhai.domain.records import Holder, IdentityLink, Result, Source
from nanhai.domain.tokens import BODY, TOKEN_BYTES, Token
from nanhai.services.checkpoints import pace
from nanhai.store import keys, passes, people, scans
from nanhai.store.connection import client, table_name
from nanhai.store.passes import Paper
from nanhai.store.scans import Sighting
from nanhai.store.writes import send
from nanhai.vault import rotation, trusting
from nanhai.vault.ring import ring_from_entries

from tests.functions.checkpoints.stand import DISTRICT, FEVER, GATE, HERE, NEXT_DOOR, OTHER_GATE, TOWN
from tests.listening import listen

ANSWER = {"verdict", "word", "colour", "reason", "code", "name", "copied", "server_time"}


def test_the_answer_has_what_the_specification_allows_and_nothing_else(stand, guard):
    answer = stand.scan(guard, stand.shown(stand.person(name="陈小明")))
    assert answer.status == 200
    assert answer.json.keys() == ANSWER
    assert (answer.json["verdict"], answer.json["word"], answer.json["colour"]) == ("admit", "允许通行", "green")
    assert [answer.json[name] for name in ("reason", "code", "name", "copied")] == [None, None, None, False]


def test_each_colour_gets_its_verdict_and_a_class_of_reason(stand, guard):
    told = {}
    for who, facts, region in (
        ("resident", (), "440605"),
        ("visitor", (), "440106"),
        ("feverish", (FEVER,), "440605"),
        ("tested", (Result(True, "nucleic-acid"),), "440605"),
        ("linked", (IdentityLink("420106"),), "440605"),
        ("isolated", (stand.order(),), "440605"),
    ):
        answer = stand.scan(guard, stand.shown(stand.person(*facts, region=region)))
        told[who] = tuple(answer.json[name] for name in ("verdict", "colour", "reason"))
    assert told == {
        "resident": ("admit", "green", None),
        "visitor": ("admit", "blue", None),
        "feverish": ("hold", "yellow", "健康情况待核查"),
        "tested": ("hold", "yellow", "健康情况待核查"),  # the guard learns no diagnosis
        "linked": ("hold", "yellow", "涉及重点地区，待核查"),
        "isolated": ("refuse", "red", "隔离期间"),
    }


def test_the_colour_of_now_counts_and_not_the_one_that_was_signed(stand, guard):
    person = stand.person()
    token = stand.shown(person, colour=Colour.GREEN)
    stand.add(person, FEVER)
    assert stand.verdict(guard, token) == "hold"


def test_a_reader_is_right_with_every_job_stopped(stand, guard):
    """Nothing was ever recoloured here: there is no stored pass, and an order ends at its very second."""
    person = stand.person(stand.order(days=1))
    end = stand.now + DAY_S
    told = {}
    for at in (end - 1, end):
        stand.now = at
        told[at - end] = stand.verdict(stand.token_of("guard-1", Role.GUARD), stand.shown(person))
    assert told == {-1: "refuse", 0: "admit"}


@pytest.mark.parametrize(
    ("places", "here", "there"),
    [
        ((GATE,), "admit-temporary", "hold"),
        ((HERE,), "admit-temporary", "hold"),
        ((TOWN,), "admit-temporary", "admit-temporary"),
        ((OTHER_GATE,), "hold", "admit-temporary"),
    ],
)
def test_a_clearance_admits_in_its_places_only(stand, guard, places, here, there):
    stand.gate(OTHER_GATE, NEXT_DOOR)
    person = stand.person(FEVER)
    stand.now += 1
    stand.add(person, stand.clearance(*places), Source.COMMUNITY)
    other = stand.guard(OTHER_GATE, NEXT_DOOR)
    assert [stand.verdict(guard, stand.shown(person)), stand.verdict(other, stand.shown(person))] == [here, there]


def test_a_clearance_ends_at_its_time(stand, guard):
    person = stand.person(FEVER)
    stand.now += 1
    stand.add(person, stand.clearance(GATE, hours=1), Source.COMMUNITY)
    end, told = stand.now + 3_600, []
    for stand.now in (end - 1, end):
        told.append(stand.verdict(stand.token_of("guard-1", Role.GUARD), stand.shown(person)))
    assert told == ["admit-temporary", "hold"]


def test_whom_nobody_knows_cannot_be_verified(stand, guard):
    answer = stand.scan(guard, stand.shown(stand.here.new_person_id()))
    assert (answer.json["verdict"], answer.json["colour"]) == ("cannot-verify", "none")
    assert answer.json["code"] == "checkpoints.no-pass"


def test_a_pass_whose_household_nobody_proved_cannot_be_verified(stand, guard):
    answer = stand.scan(guard, stand.shown(stand.person(proven=False)))
    assert (answer.json["verdict"], answer.json["code"]) == ("cannot-verify", "checkpoints.grey")


def test_a_pass_with_a_record_that_nobody_can_read_cannot_be_verified(stand, guard):
    person = stand.person()
    people_table, key = table_name("people"), people.head_key(person)
    head = client().get_item(TableName=people_table, Key=key)["Item"]
    client().put_item(TableName=people_table, Item=head | {"facts": {"L": [{"S": "{}"}]}})
    answer = stand.scan(guard, stand.shown(person))
    assert (answer.json["verdict"], answer.json["code"]) == ("cannot-verify", "checkpoints.grey")


@pytest.mark.parametrize(("shows_name", "name"), [(True, "陈＊"), (False, None)])
def test_a_name_is_shown_masked_and_only_where_the_gate_may(stand, shows_name, name):
    stand.gate(GATE, shows_name=shows_name)
    answer = stand.scan(stand.guard(GATE), stand.shown(stand.person(name="陈小明")))
    assert answer.json["name"] == name


def test_a_shredded_person_has_no_name(stand):
    stand.gate(GATE, shows_name=True)
    person = stand.person(name="陈小明")
    keys.shred(person)
    assert stand.scan(stand.guard(GATE), stand.shown(person)).json["name"] is None


# tokens that are not to be believed


def mutations(stand, text):
    """Eight ways to make a token that nobody signed, from one that somebody did."""
    data = base45.decode(text)
    draw = random.Random(2020)
    place = draw.randrange(TOKEN_BYTES * 8)
    flipped = bytearray(data)
    flipped[place // 8] ^= 1 << place % 8
    scalar = int.from_bytes(data[-32:], "little") + tokens.ORDER_L
    green = bytes([data[0], data[1], tokens.KINDS[Colour.GREEN, Holder.PERSON]]) + data[3:]
    return {
        "one bit flipped": base45.encode(bytes(flipped)),
        "cut short": text[:-3],
        "with more behind": text + "000",
        "another colour": base45.encode(green),
        "a malleable signature": base45.encode(data[:-32] + scalar.to_bytes(32, "little")),
        "no characters of the code": "~" * len(text),
        "noise": base45.encode(draw.randbytes(TOKEN_BYTES)),
        "later than it was signed": base45.encode(_later(data)),
    }


def _later(data: bytes) -> bytes:
    fields = list(BODY.unpack_from(data))
    fields[4] += 30
    return BODY.pack(*fields) + data[BODY.size :]


OTHER_TEXTS = ["", " ", "https://example.invalid/pass", "\u0000", "通行证", "A" * 4_296, "{}"]


def test_what_nobody_signed_never_admits_and_never_fails(stand, guard, capsys):
    forged = mutations(stand, stand.shown(stand.person(stand.order()), colour=Colour.RED))
    for what, text in [*forged.items(), *((text[:20], text) for text in OTHER_TEXTS)]:
        answer = stand.scan(guard, text)
        assert answer.status == 200, what
        assert (answer.json["verdict"], answer.json["colour"]) == ("cannot-verify", "none"), what
        assert answer.json["code"].startswith("token."), what
        assert answer.json["reason"], what
    assert client().scan(TableName=table_name("scans"))["Count"] == 0
    assert capsys.readouterr().out.count('"event":"token-refused"') == len(forged) + len(OTHER_TEXTS)


def test_what_is_longer_than_any_code_is_a_clients_mistake(stand, guard):
    answer = stand.scan(guard, "A" * 4_297)
    assert (answer.status, answer.faults) == (400, [("/token", "edge.length")])


def test_a_token_is_good_in_its_window(stand, guard):
    slot = stand.now + 60
    token = stand.shown(stand.person(), at=slot)
    told = {}
    for seconds in (-31, -30, 89, 90, 91):
        stand.now = slot + seconds
        told[seconds] = stand.scan(guard, token).json["code"]
    assert told == {-31: "token.early", -30: None, 89: None, 90: None, 91: "token.expired"}


def test_a_removed_key_verifies_nothing_any_more(stand, guard):
    token = stand.shown(stand.person())
    ring, stored = stand.here.ring, keys.ring()
    kept = rotation.without(ring, stored.entries, ring.gate_key(stand.now).kid)
    keys.replace_ring(stored, kept)
    assert stand.verdict(guard, token) == "admit"  # within the minute that a ring is known for
    stand.here.rings._looked_at = float("-inf")
    answer = stand.scan(guard, token)
    assert (answer.json["verdict"], answer.json["code"]) == ("cannot-verify", "token.removed-key")


def test_another_issuers_token_is_believed_when_its_key_is_on_the_list(stand, guard, monkeypatch):
    foreign = ring_from_entries(*_ring_of_foshan())
    audience = 440_604 % 65_521
    listed = trusting.trust_list

    def with_foshan(ring, issuer, own, now):
        ours, theirs = listed(ring, issuer, own, now), listed(foreign, "440604", audience, now)
        return type(ours)(ours.sequence, now, ours.expires_at, ours.keys + theirs.keys, ours.removed)

    key = foreign.gate_key(stand.now)
    seen = {}
    for colour in (Colour.GREEN, Colour.YELLOW, Colour.RED):
        token = tokens.make(Token(key.kid, colour, Holder.PERSON, bytes(8), stand.now, 60, audience), key.sign)
        if colour is Colour.GREEN:
            assert stand.scan(guard, token).json["code"] == "token.unknown-key"
            monkeypatch.setattr(trusting, "trust_list", with_foshan)
            stand.here.rings._ring = type(stand.here.ring)(**_fields(stand.here.ring))
        seen[colour] = stand.verdict(guard, token)
    assert seen == {Colour.GREEN: "admit", Colour.YELLOW: "hold", Colour.RED: "refuse"}


def _fields(ring) -> dict:
    return {name: getattr(ring, name) for name in type(ring).__dataclass_fields__}


def _ring_of_foshan():
    import time

    from nanhai.vault.ring import new_ring, ring_to_entries

    class Open:
        def wrap(self, plain, name):
            return plain

        def unwrap(self, wrapped, name):
            return wrapped

    return ring_to_entries(new_ring(int(time.time()), "test"), Open()), Open()


# paper


def test_a_paper_pass_is_good_until_it_is_revoked(stand, guard):
    person = stand.person()
    send([passes.put_paper(Paper(person, stand.now, stand.now + 7 * DAY_S))])
    token = stand.shown(person, holder=Holder.PAPER, ttl=168)
    told = [stand.scan(guard, token).json]
    send([passes.revoke_paper(person, stand.now)])
    told.append(stand.scan(guard, token).json)
    assert [(answer["verdict"], answer["code"]) for answer in told] == [
        ("admit", None),
        ("cannot-verify", "checkpoints.paper-ended"),
    ]


def test_a_paper_pass_ends(stand, guard):
    person = stand.person()
    end = stand.now + DAY_S
    send([passes.put_paper(Paper(person, stand.now, end))])
    token, told = stand.shown(person, holder=Holder.PAPER, ttl=168), []
    for stand.now in (end - 1, end):
        told.append(stand.verdict(stand.token_of("guard-1", Role.GUARD), token))
    assert told == ["admit", "cannot-verify"]


def test_a_paper_pass_shows_the_colour_of_now_too(stand, guard):
    person = stand.person(stand.order())
    send([passes.put_paper(Paper(person, stand.now, stand.now + DAY_S))])
    assert stand.verdict(guard, stand.shown(person, holder=Holder.PAPER, ttl=168)) == "refuse"


# copied tokens and what is kept


@pytest.mark.parametrize(("seconds", "copied"), [(0, True), (20, True), (21, False)])
def test_a_token_at_another_gate_within_twenty_seconds_was_copied(stand, guard, seconds, copied):
    stand.gate(OTHER_GATE, NEXT_DOOR)
    person = stand.person()
    token = stand.shown(person)
    assert stand.scan(guard, token).json["copied"] is False
    stand.now += seconds
    answer = stand.scan(stand.guard(OTHER_GATE, NEXT_DOOR), token).json
    assert (answer["verdict"], answer["copied"]) == ("admit", copied)
    seen = stand.content(person).pseudonym.hex() if copied else None
    assert stand.audited() == ([("gate.scan", seen, "checkpoints.copied")] if copied else [])


def test_a_token_twice_at_one_gate_is_not_copied(stand, guard):
    token = stand.shown(stand.person())
    assert [stand.scan(guard, token).json["copied"] for _ in range(2)] == [False, False]


def test_a_screenshot_of_an_ended_token_is_kept_too(stand, guard):
    person = stand.person()
    token, pseudonym, slot = stand.shown(person), stand.content(person).pseudonym, stand.now
    stand.now += 400
    assert stand.scan(guard, token).json["code"] == "token.expired"
    kept = scans.note(pseudonym, slot, Sighting(0, "X", Verdict.HOLD, Colour.NONE, True), stand.now)
    assert kept == [Sighting(stand.now, GATE, Verdict.CANNOT_VERIFY, Colour.NONE, online=True)]


def test_a_token_that_is_seen_beyond_all_measure_is_flagged_and_still_answered(stand, guard, monkeypatch):
    monkeypatch.setattr(scans, "SIGHTINGS_PER_TOKEN_MAX", 1)
    token = stand.shown(stand.person())
    stand.scan(guard, token)
    stand.now += 5
    answer = stand.scan(guard, token).json
    assert (answer["verdict"], answer["copied"]) == ("admit", True)


# the store, and who may ask


@pytest.mark.parametrize(
    "trouble",
    [
        ConnectTimeoutError(endpoint_url="https://example.invalid"),
        ClientError({"Error": {"Code": "ProvisionedThroughputExceededException", "Message": ""}}, "BatchGetItem"),
    ],
    ids=["silent", "throttled"],
)
@pytest.mark.parametrize("broken", ["nanhai.store.passes.one", "nanhai.store.scans.note"])
def test_while_the_store_is_down_there_is_no_verdict_and_no_colour(stand, guard, monkeypatch, broken, trouble):
    def down(*_):
        raise trouble

    monkeypatch.setattr(broken, down)
    answer = stand.scan(guard, stand.shown(stand.person()))
    assert (answer.status, answer.code) == (503, "edge.unavailable")
    assert not {"verdict", "colour"} & answer.json.keys()


def test_a_scan_reads_once_and_writes_once(stand, guard, monkeypatch):
    person = stand.person()
    stand.scan(guard, stand.shown(person))  # staff, gate and ring are known from here on
    sent = listen(monkeypatch)
    counted = []
    for _ in range(7):
        stand.now += 1
        sent.clear()
        assert stand.verdict(guard, stand.shown(person)) == "admit"
        counted.append(sorted(operation for operation, _ in sent))
    usual = ["BatchGetItem", "UpdateItem"]
    assert usual in counted
    assert all(asked in (usual, [*usual, "UpdateItem"]) for asked in counted)  # a lease of further scans, now and then
    assert sum(map(len, counted)) <= 2 * 7 + 3


def test_a_guard_may_scan_so_often_in_a_minute_and_is_then_told_to_wait(stand, guard, monkeypatch):
    stand.now -= stand.now % 60
    monkeypatch.setattr(pace, "PER_GUARD", pace.Limit("gate-scan", 10, 60))
    guard = stand.token_of("guard-1", Role.GUARD)
    seen = [stand.scan(guard, "x").status for _ in range(20)]
    assert seen == [200] * 15 + [429] * 5  # leases of 1, 2, 4, 8
    refused = stand.scan(guard, "x")
    assert (refused.code, refused.headers["retry-after"]) == ("identity.too-many", "60")
    stand.now += 60
    assert stand.scan(guard, "x").status == 200


def test_a_guard_without_a_gate_checks_nobody(stand):
    assert stand.scan(stand.duty(Role.GUARD), "x").code == "edge.forbidden"


def test_a_guard_whose_gate_was_never_set_up_checks_nobody(stand):
    answer = stand.scan(stand.guard("GATE-9"), "x")
    assert (answer.status, answer.code) == (403, "checkpoints.gate-unknown")


def test_no_other_staff_scans(stand):
    for role in Role:
        if role not in {Role.GUARD, Role.ANONYMOUS, Role.CITIZEN, Role.ENTERPRISE}:
            assert stand.scan(stand.duty(role, DISTRICT, gate=GATE), "x").code == "edge.forbidden", role
