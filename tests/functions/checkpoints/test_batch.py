"""Checks made without a network, uploaded afterwards."""

from __future__ import annotations

import pytest
from nanhai.domain import base45, tokens
from nanhai.domain.colour import Colour
from nanhai.domain.days import local_day
from nanhai.domain.records import Holder, Source
from nanhai.domain.tokens import slot_of
from nanhai.services.checkpoints.trusted import trust_of
from nanhai.store import counters, scans

from tests.functions.checkpoints.stand import FEVER, GATE, HERE, NEXT_DOOR, OTHER_GATE, rfc3339
from tests.functions.checkpoints.streams import count_all

HOUR_S = 3_600


@pytest.fixture
def upload(stand, guard):
    def send(*rows, by=guard):
        body = {"scans": [{"token": token, "at": rfc3339(at), "verdict": told} for token, at, told in rows]}
        return stand.ask("checkpoints", "POST", "/scans/batch", body=body, token=by, once=None)

    return send


def results(answer) -> list[dict]:
    assert answer.status == 200, answer.body
    return answer.json["results"]


def test_a_gate_is_told_where_the_records_would_have_answered_differently(stand, upload):
    at = stand.now - HOUR_S
    stand.now -= 2 * HOUR_S
    people = {
        "same": (stand.person(), "admit"),
        "feverish": (stand.person(FEVER), "admit"),  # the phone showed tokens of before the fever
        "isolated": (stand.person(stand.order()), "admit"),
        "cleared": (stand.person(FEVER), "hold"),
        "unknown": (stand.here.new_person_id(), "admit"),
    }
    stand.now += 1
    stand.add(people["cleared"][0], stand.clearance(HERE), Source.COMMUNITY)
    stand.now += 2 * HOUR_S - 1
    found = results(upload(*((stand.shown(person, at=at), at, told) for person, told in people.values())))
    assert [row["index"] for row in found] == [0, 1, 2, 3, 4]
    assert all(row["accepted"] and row["code"] is None and not row["copied"] for row in found)
    assert dict(zip(people, (row["verdict_now"] for row in found), strict=True)) == {
        "same": None,
        "feverish": "hold",
        "isolated": "refuse",
        "cleared": "admit-temporary",
        "unknown": None,
    }


def test_a_token_is_judged_as_of_when_it_was_seen(stand, upload):
    seen_at = stand.now - 5 * HOUR_S
    token = stand.shown(stand.person(), at=seen_at)
    slot = slot_of(seen_at)
    found = results(upload((token, seen_at, "admit"), (token, slot + 91, "cannot-verify"), (token, slot - 31, "hold")))
    assert [(row["accepted"], row["code"]) for row in found] == [
        (True, None),
        (True, "token.expired"),
        (True, "token.early"),
    ]


def test_what_cannot_be_taken_is_named_row_by_row_and_the_rest_is_kept(stand, upload):
    person, day = stand.person(), 24 * HOUR_S
    token = stand.shown(person)
    forged = base45.encode(base45.decode(token)[:-1] + b"\0")
    rows = [
        (stand.shown(person, at=stand.now - day), stand.now - day, "admit"),
        (stand.shown(person, at=stand.now - day - 1), stand.now - day - 1, "admit"),
        (token, stand.now + 30, "admit"),
        (token, stand.now + 31, "admit"),
        (forged, stand.now, "admit"),
        ("", stand.now, "cannot-verify"),
        (token, stand.now, "admit"),
    ]
    assert [(row["accepted"], row["code"]) for row in results(upload(*rows))] == [
        (True, None),
        (False, "checkpoints.too-long-ago"),
        (True, None),
        (False, "checkpoints.in-the-future"),
        (False, "token.signature"),
        (False, "token.length"),
        (True, None),
    ]


def test_a_batch_uploaded_twice_counts_once(stand, upload, aws):
    at = stand.now - HOUR_S
    rows = [(stand.shown(stand.person(), at=at), at, told) for told in ("admit", "admit", "hold")]
    first, again = upload(*rows), upload(*rows)
    assert first.json["results"] == again.json["results"]
    for _ in range(2):
        count_all(aws.streams["scans"])
    assert counters.at_gate(GATE, local_day(at)) == {"admit": 2, "hold": 1}


def test_an_uploaded_check_is_kept_as_offline_with_what_the_holder_was_told(stand, upload):
    person, at = stand.person(FEVER), stand.now - HOUR_S
    upload((stand.shown(person, at=at, colour=Colour.GREEN), at, "admit"))
    ((slot, kept),) = scans.of_day(stand.content(person, at=at).pseudonym, local_day(at), stand.now, 10)
    assert (slot, kept.at, kept.gate, kept.verdict, kept.colour, kept.online) == (
        slot_of(at),
        at,
        GATE,
        "admit",
        "green",
        False,
    )


def test_a_copied_code_is_found_when_the_second_gate_uploads_and_noted_once(stand, upload):
    stand.gate(OTHER_GATE, NEXT_DOOR)
    other = stand.guard(OTHER_GATE, NEXT_DOOR)
    person, at = stand.person(), stand.now - HOUR_S
    token = stand.shown(person, at=at)
    assert [row["copied"] for row in results(upload((token, at, "admit")))] == [False]
    for _ in range(2):
        assert [row["copied"] for row in results(upload((token, at + 20, "admit"), by=other))] == [True]
    seen = stand.content(person, at=at).pseudonym.hex()
    assert stand.audited() == [("gate.scan-batch", seen, "checkpoints.copied")]


def test_a_paper_pass_is_kept_but_only_the_server_could_say_more(stand, upload):
    token = stand.shown(stand.person(), holder=Holder.PAPER, ttl=168)
    (row,) = results(upload((token, stand.now, "cannot-verify")))
    assert (row["accepted"], row["verdict_now"]) == (True, None)


ROW = {"token": "x", "at": "2020-03-01T08:00:00Z", "verdict": "admit"}
MALFORMED = {
    "nothing": ([], ("/scans", "edge.length")),
    "more than a hundred": ([ROW] * 101, ("/scans", "edge.length")),
    "an empty row": ([{}], ("/scans/0/token", "edge.required")),
    "a time of nowhere": ([ROW, ROW | {"at": "2020-03-01T08:00:00"}], ("/scans/1/at", "edge.type")),
    "what no offline gate can say": ([ROW | {"verdict": "admit-temporary"}], ("/scans/0/verdict", "edge.choice")),
    "a field of its own": ([ROW | {"colour": "green"}], ("/scans/0/colour", "edge.unknown-field")),
}


def test_a_batch_without_the_agreed_form_is_refused_whole(stand, guard):
    for what, (rows, fault) in MALFORMED.items():
        answer = stand.ask("checkpoints", "POST", "/scans/batch", body={"scans": rows}, token=guard, once=None)
        assert (answer.status, answer.faults) == (400, [fault]), what


def test_what_an_offline_gate_says_is_what_the_server_says_later(stand, upload):
    """The offline rule of the domain, on the server's own trust list."""
    audience = stand.here.settings.audience
    told = {
        colour: tokens.offline(
            stand.shown(stand.person(), colour=colour), trust_of(stand.here, stand.now), audience, stand.now, ()
        )
        for colour in Colour
    }
    assert told == {
        Colour.GREEN: "admit",
        Colour.BLUE: "admit",
        Colour.YELLOW: "hold",
        Colour.RED: "refuse",
        Colour.NONE: "cannot-verify",
    }
