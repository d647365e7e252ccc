"""What a gate fetches in order to check without a network: whom to trust and whom to deny."""

from __future__ import annotations

from base64 import b64decode

import pytest
from nanhai.domain import denial, tokens, trust
from nanhai.domain.actors import Role
from nanhai.domain.colour import Colour, Verdict
from nanhai.domain.days import DAY_S
from nanhai.domain.denial import Unusable
from nanhai.domain.tokens import Refused
from nanhai.services.checkpoints import denials
from nanhai.store import denylist
from nanhai.store.denylist import Denied, deny
from nanhai.store.writes import send
from nanhai.vault import trusting
from nanhai.vault.ring import checker

from tests.functions.checkpoints.stand import rfc3339


class OfflineGate:
    """A gate's device: it believes what the root key signed, and nothing else."""

    def __init__(self, stand, guard) -> None:
        self.stand, self.guard = stand, guard
        self.trusted, self.denied = None, None
        self.fetch_trust()

    def fetch_trust(self):
        answer = self.stand.ask("checkpoints", "GET", "/trust").json
        payload, signature = b64decode(answer["payload"]), b64decode(answer["signature"])
        root = checker(bytes.fromhex(answer["root"]))
        self.trusted = trust.accept(payload, signature, root, self.trusted, self.stand.now, test_stage=True)

    def fetch(self, cursor=None):
        asked = [] if self.denied is None or not self.denied.issued_at else [f"since={rfc3339(self.denied.issued_at)}"]
        asked += [] if cursor is None else [f"cursor={cursor}"]
        answer = self.stand.ask("checkpoints", "GET", f"/denylist?{'&'.join(asked)}", token=self.guard)
        assert answer.status == 200, answer.body
        return answer.json

    def catch_up(self) -> list[denial.Delta]:
        """All parts of one delta."""
        answer = self.fetch()
        parts = [self.take(answer)]
        while answer["next"] is not None:
            assert len(parts) < 9, "the delta has no end"
            answer = self.fetch(answer["next"])
            parts.append(self.take(answer))
        return parts

    def take(self, answer) -> denial.Delta:
        payload, signature = b64decode(answer["payload"]), b64decode(answer["signature"])
        key = trusting.trusted(self.trusted).keys[self.stand.here.settings.audience, answer["kid"]]
        self.denied = denial.accept(payload, signature, key, self.denied, self.stand.now)
        return denial.read(payload)

    def check(self, token):
        denied = self.denied.at(self.stand.now) if self.denied else frozenset()
        audience = self.stand.here.settings.audience
        return tokens.offline(token, trusting.trusted(self.trusted), audience, self.stand.now, denied)


@pytest.fixture
def gate(stand, guard) -> OfflineGate:
    return OfflineGate(stand, guard)


def test_a_gate_checks_with_the_published_list_alone(stand, gate):
    told = [gate.check(stand.shown(stand.person(), colour=colour)) for colour in (Colour.GREEN, Colour.YELLOW)]
    assert told == [Verdict.ADMIT, Verdict.HOLD]


def test_the_root_in_the_answer_is_the_one_that_the_portal_publishes(stand):
    published = stand.ask("portal", "GET", "/configuration").json["trust_root"]
    assert stand.ask("checkpoints", "GET", "/trust").json["root"] == published


def test_a_changed_trust_list_is_not_accepted(stand):
    answer = stand.ask("checkpoints", "GET", "/trust").json
    forged = b64decode(answer["payload"]).replace(b'"removed":[]', b'"removed":[ ]')
    root = checker(bytes.fromhex(answer["root"]))
    with pytest.raises(trust.Distrust, match=r"trust\.signature"):
        trust.accept(forged, b64decode(answer["signature"]), root, None, stand.now, test_stage=True)


def test_a_denied_pass_is_refused_offline_while_its_old_tokens_are_about(stand, gate):
    person = stand.person()
    token = stand.shown(person)
    gate.take(gate.fetch())
    assert gate.check(token) is Verdict.ADMIT
    send([deny(Denied(stand.now, stand.content(person).pseudonym))])
    stand.now += 60
    delta = gate.take(gate.fetch())
    assert (gate.check(token), delta.next_after_s) == (Refused.DENIED, 60)


def test_a_delta_has_what_came_since_with_some_overlap_and_nothing_that_no_longer_matters(stand, gate):
    now = stand.now
    for age in (601, 600, 599, 90, 61, 0):
        send([deny(Denied(now - age, age.to_bytes(8, "big")))])
    whole = gate.take(gate.fetch())
    assert [int.from_bytes(pseudonym, "big") for pseudonym in whole.pseudonyms] == [599, 90, 61, 0]
    stand.now += 60
    assert [int.from_bytes(pseudonym, "big") for pseudonym in gate.take(gate.fetch()).pseudonyms] == [0]


@pytest.fixture
def small_parts(monkeypatch):
    """Of three entries each, as of 20,000."""
    monkeypatch.setattr(denials, "PAGES_MAX", 1)
    monkeypatch.setattr(denials, "ENTRIES_MAX", 3)
    monkeypatch.setattr(denylist, "ENTRIES_MAX", 3)


@pytest.mark.parametrize("spread_s", [60, 1, 0], ids=["over minutes", "within the overlap", "in one second"])
def test_a_delta_of_very_many_comes_in_parts_and_ends(stand, gate, small_parts, spread_s):
    gate.catch_up()
    stand.now += 7 * spread_s
    for number in range(7):
        send([deny(Denied(stand.now - number * spread_s, number.to_bytes(8, "big")))])
    first, second, third = gate.catch_up()
    assert [(delta.part, delta.last, delta.next_after_s) for delta in (first, second, third)] == [
        (0, False, 0),
        (1, False, 0),
        (2, True, 60),
    ]
    assert {int.from_bytes(pseudonym, "big") for pseudonym in gate.denied.at(stand.now)} == set(range(7))
    assert gate.denied.issued_at == stand.now


def test_a_gate_that_misses_a_part_has_not_moved_on(stand, gate, small_parts):
    gate.catch_up()
    began = gate.denied.issued_at
    stand.now += 60
    for number in range(7):
        send([deny(Denied(stand.now, number.to_bytes(8, "big")))])
    first = gate.fetch()
    second = gate.fetch(first["next"])
    third = gate.fetch(second["next"])
    told = [refusal(gate, part) for part in (second, first, third, second, third)]
    assert told == ["denylist.gap", None, "denylist.gap", None, None]
    assert (began, gate.denied.issued_at) == (stand.now - 60, stand.now)


def test_a_denylist_that_no_key_can_sign_is_a_refusal_by_name(stand, guard):
    stand.now += 100 * DAY_S
    answer = stand.ask("checkpoints", "GET", "/denylist", token=stand.token_of("guard-1", Role.GUARD))
    assert (answer.status, answer.code) == (503, "checkpoints.no-signing-key")


def test_when_a_whole_town_turns_yellow_in_one_second_nobody_is_left_out(stand, gate, monkeypatch):
    monkeypatch.setattr(denials, "ENTRIES_MAX", 3)
    monkeypatch.setattr(denylist, "ENTRIES_MAX", 3)
    for number in range(7):
        send([deny(Denied(stand.now, number.to_bytes(8, "big")))])
    delta = gate.take(gate.fetch())
    assert [int.from_bytes(pseudonym, "big") for pseudonym in delta.pseudonyms] == list(range(7))
    assert delta.next_after_s == 60


def test_a_replayed_delta_ends(stand, gate):
    delta, fetched_at, told = gate.fetch(), stand.now, {}
    for wait_s in (299, 300, DAY_S):
        stand.now = fetched_at + wait_s
        told[wait_s] = refusal(gate, delta)
    assert told == {299: None, 300: "denylist.expired", DAY_S: "denylist.expired"}


def test_an_older_delta_than_the_last_one_is_not_taken(stand, gate):
    first = gate.fetch()
    stand.now += 60
    gate.take(gate.fetch())
    assert refusal(gate, first) == "denylist.older"


def test_a_delta_that_begins_after_the_last_one_ended_leaves_a_gap(stand, gate):
    gate.take(gate.fetch())
    stand.now += 120
    answer = stand.ask("checkpoints", "GET", f"/denylist?since={rfc3339(stand.now)}", token=gate.guard).json
    assert refusal(gate, answer) == "denylist.gap"


def refusal(gate, answer) -> str | None:
    try:
        gate.take(answer)
    except Unusable as unusable:
        return unusable.code
    return None


def test_the_denylist_is_for_guards_and_the_trust_list_for_everybody(stand, guard):
    assert stand.ask("checkpoints", "GET", "/trust").status == 200
    assert stand.ask("checkpoints", "GET", "/denylist").status == 401
    answer = stand.ask("checkpoints", "GET", "/denylist?since=2020-03-01", token=guard)
    assert (answer.status, answer.faults) == (400, [("/since", "edge.type")])
