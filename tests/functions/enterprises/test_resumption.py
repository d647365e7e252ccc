"""How far each town has got: counts that every step keeps equal to a recount, and that tell nothing of few."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from nanhai.domain.resumption import Action, State, counted
from nanhai.store import organisations
from nanhai.store.connection import client

from tests.functions.checkpoints.stand import DISTRICT, HERE, TOWN
from tests.functions.enterprises.office import OTHER_TOWN_HERE, Office
from tests.functions.identity.company import uscc

OTHER = OTHER_TOWN_HERE[:9]


def recount(office: Office) -> dict:
    """From the heads themselves, as nobody does in service."""
    found: Counter = Counter()
    heads = [
        row for row in client().scan(TableName=f"{office.stage.prefix}organisations")["Items"] if row["sk"] == HEAD
    ]
    for row in heads:
        state = counted(State(row["state"]["S"]))
        key = (row["community"]["S"][:9], row["above"]["BOOL"], state)
        found[*key, "enterprises"] += 1
        found[*key, "headcount"] += int(row["headcount"]["N"])
    return {key: number for key, number in found.items() if number}


HEAD = {"S": "head"}


def told_counts() -> dict:
    cells = organisations.cells([TOWN, OTHER])
    pairs = [
        ((*key, state, what), getattr(cell, what))
        for key, by_state in cells.items()
        for state, cell in by_state.items()
        for what in ("enterprises", "headcount")
    ]
    return {key: number for key, number in pairs if number}


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_the_counts_are_what_a_recount_gives(office, seed):
    draw = random.Random(seed)
    codes = [uscc(n) for n in range(10, 16)]
    places = {code: draw.choice([HERE, OTHER_TOWN_HERE]) for code in codes}
    office.know(
        {
            code: {"name": code, "community": place, "above_designated_size": draw.random() < 0.5}
            for code, place in places.items()
        }
    )
    command = office.command()
    for turn in range(40):
        code = draw.choice(codes)
        action = draw.choice(list(Action))
        if action in {Action.SAVE, Action.SUBMIT}:
            office.file(action.value, code=code, headcount=draw.randrange(0, 400))
        else:
            known = organisations.get(code)
            office.decide(command, action.value, known.revision if known else 1, code=code, reasons=["x"])
        if turn % 10 == 9:
            office.invite(office.worker(), code=draw.choice(codes))
        assert told_counts() == recount(office), (turn, code, action)


def test_an_invitation_makes_an_enterprise_known_and_counted(office):
    office.invite(office.worker())
    assert told_counts() == recount(office) == {(TOWN, True, State.UNFILED, "enterprises"): 1}


def many(office, count, *, above=True, resumed=0, first=100):
    """So many enterprises that have submitted, of which so many have resumed."""
    codes = [uscc(first + n) for n in range(count)]
    office.know({code: {"name": code, "community": HERE, "above_designated_size": above} for code in codes})
    command = office.command()
    for number, code in enumerate(codes):
        office.done(office.file(code=code, headcount=50))
        if number < resumed:
            office.decide(command, "accept", 1, code=code)
            office.decide(command, "resume", 1, code=code)


def test_shares_and_headcounts_are_told_by_town_and_size(office):
    many(office, 30, resumed=12)
    (town,) = office.done(office.get(office.town(), "/resumption"))["towns"]
    told = town["above_designated_size"]
    assert (town["code"], told["total"], told["resumed_share"]) == (TOWN, 30, 0.4)
    assert (told["enterprises"]["resumed"], told["headcounts"]["resumed"]) == (12, 600)
    assert town["others"]["total"] == 0


def test_few_are_not_told_nor_what_they_follow_from(office):
    many(office, 14, resumed=3)
    (town,) = office.done(office.get(office.town(), "/resumption"))["towns"]
    told = town["above_designated_size"]
    hidden = {state for state, count in told["enterprises"].items() if count is None}
    assert hidden == {"resumed", "submitted"}
    assert (told["total"], told["resumed_share"], told["headcounts"]["resumed"]) == (14, None, None)


def test_a_town_sees_itself_and_the_command_every_town(office):
    seen = {
        name: [row["code"] for row in office.done(office.get(token, "/resumption"))["towns"]]
        for name, token in (("town", office.town()), ("command", office.command()))
    }
    assert (seen["town"], len(seen["command"])) == ([TOWN], 7)
    assert all(code.startswith(DISTRICT) for code in seen["command"])
