"""Work under faults, and a ledger of what was acknowledged, to be held against what is there afterwards."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from nanhai.domain.identifiers import PersonId, RecordId, person_id
from nanhai.store import lookups, people
from nanhai.store.writes import Busy, ConditionFailed, Once, StoreUnavailable, commit

from tests.store.builders import COMMUNITY, NOW, once, record, register

PEOPLE = [person_id(1_000_000 + number) for number in range(12)]
REPEATS_MAX = 40
UNSETTLED = (StoreUnavailable, Busy)

Batch = tuple[PersonId, tuple[RecordId, ...]]  # records of one transaction


@dataclass
class Ledger:
    """`unknown`: without a key nobody can ask again, so it may be there or not, but never twice and never in part."""

    acknowledged: list[Batch] = field(default_factory=list)
    unknown: list[Batch] = field(default_factory=list)
    claimed: dict[str, list[PersonId]] = field(default_factory=dict)
    refused: list[tuple[str, PersonId]] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def operations(self) -> int:
        return self.counted["records with a key"] + self.counted["records without a key"] + self.counted["claims"]


@dataclass
class Worker:
    """One thread: every operation has its own number, and of that follow its records and its key."""

    ledger: Ledger
    first: int
    last: int

    def run(self) -> None:
        chance = random.Random(self.first)
        for number in range(self.first, self.last):
            work = chance.choices([self._with_key, self._without_key, self._claim], [6, 2, 2])[0]
            work(chance, number)

    def _with_key(self, chance: random.Random, number: int) -> None:
        person, records = self._records(chance, number)
        self._settled(lambda key: people.write_records(person, records, NOW, once=key), number)
        self._note("records with a key", self.ledger.acknowledged, person, records)

    def _without_key(self, chance: random.Random, number: int) -> None:
        person, records = self._records(chance, number)
        try:
            people.write_records(person, records, NOW)
        except UNSETTLED:
            self.ledger.counted["left unknown"] += 1
            self._note("records without a key", self.ledger.unknown, person, records)
        else:
            self._note("records without a key", self.ledger.acknowledged, person, records)

    def _claim(self, chance: random.Random, number: int) -> None:
        """Few indexes and many who want them: most are refused, and then nothing of theirs may be there."""
        index, person = f"index-{chance.randrange(self.last // 8 + 1)}", person_id(2_000_000 + number)
        writes = [lookups.claim(index, person, "id-card"), people.new_person(person, COMMUNITY, NOW)]
        try:
            self._settled(lambda key: commit(writes, once=key), number)
        except ConditionFailed as failed:
            if failed.labels != ("claim",):
                raise
            with self.ledger.lock:
                self.ledger.refused.append((index, person))
        else:
            with self.ledger.lock:
                self.ledger.claimed.setdefault(index, []).append(person)
        with self.ledger.lock:
            self.ledger.counted["claims"] += 1

    def _settled(self, work, number: int) -> None:
        """Asks the same again, as a client does with its Idempotency-Key, until there is an answer; one phone in ten
        loses its first answer too."""
        key: Once = once(f"key-{number}", fingerprint=f"fingerprint-{number}")
        answers = 0
        for _ in range(REPEATS_MAX):
            try:
                committed = work(key)
            except UNSETTLED:
                with self.ledger.lock:
                    self.ledger.counted["asked again"] += 1
                continue
            answers += 1
            assert answers == 1 or committed.replayed, f"operation {number} was done twice"
            with self.ledger.lock:
                self.ledger.counted["found done"] += committed.replayed
            if answers > (number % 10 == 0):
                return
        raise AssertionError(f"operation {number} was not settled in {REPEATS_MAX} tries")

    def _records(self, chance: random.Random, number: int):
        person = chance.choice(PEOPLE)
        return person, [record(3 * number + part, person) for part in range(chance.choice([1, 1, 1, 3]))]

    def _note(self, kind: str, where: list[Batch], person: PersonId, records) -> None:
        with self.ledger.lock:
            self.ledger.counted[kind] += 1
            where.append((person, tuple(one.record_id for one in records)))


def work(operations: int, threads: int) -> Ledger:
    """So many operations on a dozen people and their claims, from so many threads at once."""
    ledger = Ledger()
    each = operations // threads
    workers = [Worker(ledger, each * thread, each * (thread + 1)) for thread in range(threads)]
    running = [threading.Thread(target=_kept(worker, failures := [])) for worker in workers]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert failures == []
    return ledger


def _kept(worker: Worker, failures: list[BaseException]):
    def run() -> None:
        try:
            worker.run()
        except BaseException as failed:
            failures.append(failed)

    return run


def begin() -> None:
    for person in PEOPLE:
        register(person)


@dataclass(frozen=True)
class Found:
    lost: Sequence[object]
    twice: Sequence[object]
    torn: Sequence[object]
    intruders: Sequence[object]


def compare(ledger: Ledger) -> Found:
    """What is there, read from the engine itself, against what was told."""
    there = {person: Counter(one.record_id for one in people.records(person)) for person in PEOPLE}
    versions = {person: people.head(person).version for person in PEOPLE}
    lost, torn = [], []
    made: Counter[PersonId] = Counter()
    for person, names in ledger.acknowledged:
        made[person] += 1
        lost += [name for name in names if there[person][name] != 1]
    for person, names in ledger.unknown:
        present = [name for name in names if there[person][name]]
        made[person] += bool(present)
        torn += [names] if present and len(present) < len(names) else []
    twice = [person for person in PEOPLE if versions[person] != made[person]]
    twice += [name for counts in there.values() for name, times in counts.items() if times > 1]
    claims = [index for index, owners in ledger.claimed.items() if owners != [lookups.find(index, "id-card")]]
    claims += [index for index, owners in ledger.claimed.items() if people.head(owners[0]) is None]
    intruders = [who for index, who in ledger.refused if lookups.find(index, "id-card") == who or people.head(who)]
    return Found([*lost, *claims], twice, torn, intruders)
