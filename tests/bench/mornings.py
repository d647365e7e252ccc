"""A morning at the gates of a large works: what each new write of an enterprise asks of the database, and ten thousand
check-ins within one minute, counted by the partition key that each write goes to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any
from unittest.mock import patch

from nanhai.domain.actors import Actor, Role
from nanhai.domain.days import local_date
from nanhai.domain.identifiers import Instant, OrganisationId, PersonId
from nanhai.domain.resident_id import check_character
from nanhai.edge.call import Call
from nanhai.services.enterprises import checkins as checking
from nanhai.services.enterprises.staff_schemas import CheckIn
from nanhai.services.platform import Platform
from nanhai.services.profile import Profile
from nanhai.store import checkins, keys, organisations, people
from nanhai.store.organisations import Organisation
from nanhai.store.writes import ONCE_S, Once, send
from nanhai.vault import sealing, sessions
from urllib3.connectionpool import HTTPConnectionPool

from infra.local import apps
from tests.bench import visitors
from tests.bench.asking import request
from tests.bench.compare import Result, counted
from tests.bench.counts import TRANSACTION, requests_of, told
from tests.bench.ground import Ground
from tests.bench.population import COMMUNITY

NAMES = (
    "requests-check-in",
    "requests-check-in-unwell",
    "requests-filing",
    "requests-invitation",
    "requests-joining",
    "checkins-per-key",
)
WORKS = OrganisationId("91440605MA00000000")
CHECK_INS, MINUTE_S = 10_000, 60
WRITE_UNITS = 2  # of an item under 1 KB in a transaction
PARTITION_UNITS = 1_000  # a second: what DynamoDB gives one partition key
SEATS_PER_TRANSACTION = 100
PARTITION_KEYS = {"checkins": "desk", "idempotency": "request", "people": "person_id"}
NAME, ID_NUMBER = "何香凝", "44060519860314001" + check_character("44060519860314001")


def results(ground: Ground) -> Iterator[Result]:
    here = ground.here
    _works(here)
    worker = visitors.citizen(here, _worker(here))
    works = sessions.issue(
        here.ring, subject=WORKS, kind="enterprise", session="s", role=Role.ENTERPRISE.value, now=here.now()
    )
    invited = [{"name": NAME, "id_number": ID_NUMBER, "number": "A-1"}]
    yield _counted(NAMES[2], "<= 5", works, "/filings", _filing(local_date(here.now())))
    yield _counted(NAMES[3], "<= 7", works, "/roster/invitations", {"people": invited})
    yield _counted(NAMES[4], "<= 7", worker, f"/employments/{WORKS}", {"answer": "join", "consent": True})
    yield _counted(NAMES[0], "<= 2", worker, "/checkins", _checkin(36.5))
    yield _counted(NAMES[1], "<= 3", worker, "/checkins", _checkin(38.2))
    yield _ten_thousand(here)


def _counted(name: str, goal: str, token: str, path: str, body: object) -> Result:
    app = apps.load("enterprises")
    seen = requests_of(request(app, "POST", path, token, body, once=f"benchmark-{name[:40]}-1"))
    return counted(name, len(seen), goal, f"counted: {told(seen)}", 1)


def _ten_thousand(here: Platform) -> Result:
    """Through the use case: each at its own second of the minute, under its own idempotency key."""
    persons = [here.new_person_id() for _ in range(CHECK_INS)]
    _seat(here, persons)
    begin = here.now()
    with _keys_written() as written:
        for number, person in enumerate(persons):
            asked = _call(person, begin + number * MINUTE_S // CHECK_INS)
            checking.write(here, asked, CheckIn(WORKS, 36.5, [], "site"))
    ((_, busiest),) = written.most_common(1)
    peer = (
        f"a partition's {PARTITION_UNITS:,}; counted: {written.total():,} writes to {len(written):,} keys, "
        f"the busiest key {busiest / CHECK_INS:.1%} of the check-ins"
    )
    return counted(NAMES[5], busiest * WRITE_UNITS / MINUTE_S, "<= 50", peer, CHECK_INS, "write units/s of a key")


def _works(here: Platform) -> None:
    """An enterprise that is known."""
    new = Organisation(WORKS, "works", COMMUNITY, above=True)
    wrapped = sealing.wrap_key(here.ring.kek, sealing.new_data_key(), WORKS)
    send([*organisations.changed(new, new), keys.put_wrapped(PersonId(WORKS), wrapped)])


def _worker(here: Platform) -> PersonId:
    """Somebody with a profile and a head."""
    who = here.new_person_id()
    profile = Profile(NAME, "10", ID_NUMBER, "+8613700000001", "440605", False, COMMUNITY, "1")
    send([people.new_person(who, COMMUNITY, here.now()), *here.new_profile_writes(who, profile)])
    return who


def _seat(here: Platform, persons: Sequence[PersonId]) -> None:
    for first in range(0, len(persons), SEATS_PER_TRANSACTION):
        some = persons[first : first + SEATS_PER_TRANSACTION]
        send([checkins.sit(WORKS, person, "invitation", here.now()) for person in some])


def _call(person: PersonId, at: Instant) -> Call:
    return Call(
        operation="checkin.write",
        now=at,
        actor=Actor(Role.CITIZEN, id=person),
        language="zh-CN",
        path={},
        query=None,
        once=Once(person, "benchmark-morning-1", "f", at + ONCE_S),
        correlation_id="c",
        address="",
        url_path="",
    )


def _filing(today: date) -> dict[str, Any]:
    plan = {
        "planned_on": str(today),
        "headcount": 320,
        "labour_shortage": 12,
        "trades": [{"code": "61800", "missing": 8}],
        "capacity_percent": 60,
        "supplies": [{"kind": "masks", "amount": 9_600, "days": 15}],
    }
    return {"action": "submit", "plan": plan, "contact": {"name": NAME, "phone": "+8613700000001"}}


def _checkin(temperature_c: float) -> dict[str, Any]:
    return {"organisation_id": WORKS, "temperature_c": temperature_c, "symptoms": [], "place": "site"}


@contextmanager
def _keys_written() -> Iterator[Counter[tuple[str, str]]]:
    """How many writes of transactions went to each partition key, counted where they leave the process."""
    seen: Counter[tuple[str, str]] = Counter()
    send_ = HTTPConnectionPool.urlopen

    def urlopen(pool: HTTPConnectionPool, *arguments: Any, **named: Any) -> Any:
        target = str(next(value for name, value in named["headers"].items() if name.lower() == "x-amz-target"))
        if TRANSACTION in target:
            seen.update(map(_key, json.loads(named["body"])["TransactItems"]))
        return send_(pool, *arguments, **named)

    with patch.object(HTTPConnectionPool, "urlopen", urlopen):
        yield seen


def _key(action: dict[str, Any]) -> tuple[str, str]:
    ((_, told_),) = action.items()
    table = told_["TableName"].rpartition("-")[2]
    return table, (told_.get("Item") or told_["Key"])[PARTITION_KEYS[table]]["S"]
