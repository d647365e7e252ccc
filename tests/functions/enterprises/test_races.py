"""Many at once, on the durable engine: one membership, one row of the day, one decision, counts that stay exact."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from nanhai.domain.checkins import Place, check_in
from nanhai.domain.identifiers import person_id
from nanhai.domain.records import Symptoms
from nanhai.domain.resumption import State
from nanhai.store import checkins, organisations, people
from nanhai.store.connection import client

from tests.bench.counts import requests_of
from tests.functions.checkpoints.stand import TOWN
from tests.functions.enterprises.office import FOUNDRY, Office

AT_ONCE = 8


def at_once(*asks) -> list:
    with ThreadPoolExecutor(len(asks)) as threads:
        return [future.result() for future in [threads.submit(ask) for ask in asks]]


def statuses(answers) -> list[int]:
    return sorted(answer.status for answer in answers)


def rows(office: Office, table: str, **only) -> list:
    found = client().scan(TableName=office.stage.prefix + table)["Items"]
    return [row for row in found if all(row.get(name, {}).get("S", "").startswith(v) for name, v in only.items())]


def test_joining_at_once_from_many_phones_is_one_membership(durable, office):
    worker = office.worker()
    office.invite(worker)
    answers = at_once(*[lambda: office.join(worker)] * AT_ONCE)
    assert {answer.json["state"] for answer in answers} == {"joined"}
    assert [len(rows(office, "checkins")), len(rows(office, "organisations", sk="member#"))] == [1, 1]


def test_whoever_joins_and_leaves_at_once_is_in_the_end_one_or_the_other_everywhere(durable, office):
    worker = office.worker()
    office.invite(worker)
    office.join(worker)
    asks = [lambda: office.join(worker), lambda: office.leave(worker), lambda: office.check_in(worker)] * 3
    assert set(statuses(at_once(*asks))) <= {200, 201, 404}
    (member,), (seat,) = rows(office, "organisations", sk="member#"), rows(office, "checkins")
    (invitation,) = rows(office, "organisations", sk="invite#")
    assert len({"left_at" in member, "left_at" in seat, "member" not in invitation}) == 1


def test_checking_in_at_once_from_many_phones_is_one_row_and_each_fever_one_record(durable, office):
    worker = office.employed()
    keys = [f"one-morning-many-{number}" for number in range(4)] * 2
    answers = at_once(*[lambda key=key: office.check_in(worker, 38.2, once=key) for key in keys])
    assert statuses(answers) == [201] * 8
    records = [record for record in people.records(worker.person) if isinstance(record.fact, Symptoms)]
    assert (len(records), len(rows(office, "checkins"))) == (4, 1)
    assert {record.record_id for record in records} == {answer.json["record_id"] for answer in answers}


def test_a_filing_is_decided_once_and_the_counts_stay_exact(durable, office):
    town, command = office.town(), office.command()
    office.done(office.file())
    asks = [
        lambda: office.decide(town, "accept", 1),
        lambda: office.decide(command, "return", 1, reasons=["x"]),
        lambda: office.file(headcount=7),
    ] * 2
    answers = at_once(*asks)
    assert all(answer.status in {200, 201, 409} for answer in answers)
    known = organisations.get(FOUNDRY)
    assert known.steps == 1 + sum(answer.status in {200, 201} for answer in answers)
    cells = organisations.cells([TOWN])[TOWN, True]
    assert {state: cell.enterprises for state, cell in cells.items() if cell.enterprises} == {known.state: 1}
    assert sum(cell.headcount for cell in cells.values()) == known.headcount


def test_a_first_need_of_many_at_once_makes_one_enterprise_with_one_key(durable, office):
    answers = at_once(*[lambda: office.file("save")] * 3, lambda: office.file())
    assert 201 in statuses(answers)
    assert set(statuses(answers)) <= {201, 409}
    assert [row["holder"]["S"] for row in rows(office, "keys", holder=FOUNDRY)] == [FOUNDRY]
    told = office.done(office.get(office.enterprise(), "/filing"))
    assert len(told["steps"]) == statuses(answers).count(201)
    cells = organisations.cells([TOWN])[TOWN, True]
    assert sum(cell.enterprises for cell in cells.values()) == 1
    assert State(told["state"]) in {State.DRAFT, State.SUBMITTED}


# no hot partition


def test_a_healthy_check_in_is_one_look_and_one_transaction_on_the_members_own_row(durable, office):
    worker = office.employed()
    office.check_in(worker)  # whoever comes first finds the keys not read yet
    office.wait(days=1)
    assert requests_of(lambda: office.check_in(worker)) == ["GetItem", "TransactWriteItems"]


def test_ten_thousand_members_sit_at_sixteen_desks_as_evenly_as_chance_has_it(aws):
    draw = random.Random(1)
    persons = [person_id(draw.getrandbits(64)) for _ in range(10_000)]
    told = check_in(0, 36.5, Place.SITE)
    desks = Counter(checkins.note(FOUNDRY, person, told).action["Update"]["Key"]["desk"]["S"] for person in persons)
    assert len(desks) == checkins.SHARDS
    assert max(desks.values()) < 10_000 * 0.075
