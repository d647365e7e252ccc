"""Whatever order records come in, however often, and wherever a consumer dies: nothing is lost, nothing goes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile

import pytest
from botocore.exceptions import ReadTimeoutError
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from nanhai.domain.colour import Colour
from nanhai.domain.decide import decide
from nanhai.domain.records import Clearance, Correction, Result, Source, Stay
from nanhai.services.passes import reading
from nanhai.services.sweep import quarantine
from nanhai.store import casefiles, counters, notices, passes, people
from nanhai.store.notices import Notice
from nanhai.store.passes import StoredPass
from nanhai.streams import follow, follow_up, rebuild, recolour, redrive, review
from nanhai.streams.follow import version_of

from tests.functions.passes.world import FEVER, WELL
from tests.streams.feed import Feed

PERSONS = 3
HANDLERS = {"people": recolour.handle, "passes": follow.handle}
GARBAGE = [
    {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": "900000007", "Keys": {"sk": {"S": "head"}}}},
    {
        "eventName": "MODIFY",
        "dynamodb": {"SequenceNumber": "900000008", "Keys": {"sk": {"N": "1"}, "person_id": {"S": ""}}},
    },
    {"eventName": "GUESS", "dynamodb": {"SequenceNumber": "900000009"}},
    {},
]
LOST = ReadTimeoutError(endpoint_url="https://dynamodb.invalid")
WHERE_IT_DIES = {
    "people": [(passes, "put_pass", False), (passes, "put_pass", True)],
    "passes": [(counters, "count", False), (counters, "count", True), (follow.audit, "append", True)],
}
names = st.integers(0, PERSONS - 1)
places = st.lists(st.integers(0, 99), max_size=6)  # in what waits, or in all that ever came
seconds = st.sampled_from([0, 1, 59, 600, 3_600, 86_400])
facts = st.sampled_from(
    [
        lambda world: (FEVER, Source.CITIZEN),
        lambda world: (WELL, Source.CITIZEN),
        lambda world: (world.order(lasts_s=3_600), Source.HEALTH_AUTHORITY),
        lambda world: (world.order(starts_s=600, lasts_s=60), Source.HEALTH_AUTHORITY),
        lambda world: (Result(False, "nucleic-acid"), Source.HOSPITAL),
        lambda world: (Result(True, "nucleic-acid"), Source.HOSPITAL),
        lambda world: (Stay("420106", world.now - 90_000, world.now), Source.OPERATOR),
        lambda world: (Clearance(("GATE-1",), world.now + 3_600), Source.COMMUNITY),
        lambda world: (Correction("entered wrongly"), Source.COMMUNITY),
    ]
)


@dataclass
class Delivery:
    """Records of one stream: those not yet done, and all that there ever were."""

    feed: Feed
    waiting: list = field(default_factory=list)
    seen: list = field(default_factory=list)

    unread: list = field(default_factory=list)

    def look(self) -> None:
        news = self.feed.news()
        for records in (self.waiting, self.seen, self.unread):
            records += news


class Turmoil(RuleBasedStateMachine):
    world = None
    feeds: dict = {}  # noqa: RUF012 - of the one test that runs this machine
    example = 0

    @initialize()
    def begin(self) -> None:
        self.world.forget()
        Turmoil.example += 1
        for kept in [kept for stream in HANDLERS for kept in quarantine.listed(stream, 100, 0)[0]]:
            quarantine.drop(kept)
        self.town = f"4406{self.example:05d}"
        self.persons = [self.world.person(community=f"{self.town}001") for _ in range(PERSONS)]
        self.streams = {name: Delivery(feed) for name, feed in self.feeds.items()}
        self.versions = {}
        self.garbled = set()

    @rule(person=names, fact=facts)
    def something_is_recorded(self, person, fact):
        told, source = fact(self.world)
        self.world.add(self.persons[person], told, source=source)

    @rule(person=names)
    def something_unknown_is_recorded(self, person):
        self.world.spoil(self.persons[person])

    @rule(person=names)
    def a_stored_pass_is_garbled(self, person):
        if reading.look(self.persons[person])[1] is not None:
            self.world.garble(self.persons[person])
            self.garbled.add(self.persons[person])

    @rule(seconds=seconds)
    def time_passes(self, seconds):
        self.world.now += seconds

    @rule(stream=st.sampled_from(list(HANDLERS)), garbage=st.sampled_from(GARBAGE))
    def garbage_comes(self, stream, garbage):
        self.streams[stream].waiting.append(garbage)

    @rule(stream=st.sampled_from(list(HANDLERS)), data=st.data())
    def records_are_delivered(self, stream, data):
        self.deliver(stream, data)

    @rule(stream=st.sampled_from(list(HANDLERS)), where=st.integers(0, 5), after=st.integers(0, 1))
    def a_consumer_dies_on_the_way(self, stream, where, after):
        places = WHERE_IT_DIES[stream]
        with dying(*places[where % len(places)], after=after):
            self.all_that_waits(stream)

    @rule(person=names)
    def something_unknown_is_redriven_in_vain(self, person):
        self.something_unknown_is_recorded(person)
        self.all_that_waits("people")
        redrive.redrive(self.world.here, "people", 50)

    @rule(person=names, before=facts, meanwhile=facts)
    def a_record_arrives_between_the_look_and_the_put(self, person, before, meanwhile):
        def arrives():
            self.something_is_recorded(person, meanwhile)
            rebuild.rebuild(self.world.here, [self.persons[person]])

        self.something_is_recorded(person, before)
        with after_the_look(arrives):
            self.all_that_waits("people")

    @rule()
    def the_review_runs(self):
        review.told_anew(self.world.here, lambda: 300.0)

    @rule(stream=st.sampled_from(list(HANDLERS)))
    def quarantine_is_redriven(self, stream):
        redrive.redrive(self.world.here, stream, 50)

    @invariant()
    def the_version_of_a_stored_pass_never_goes_back(self):
        """Not even between two writes of one rule: the stream has seen every one of them."""
        self.streams["passes"].look()
        for stored in readable(self.streams["passes"].unread):
            version = version_of(stored)[:2]
            assert version >= self.versions.get(stored.person_id, (0, 0))
            self.versions[stored.person_id] = version
        self.streams["passes"].unread.clear()

    def deliver(self, stream, data) -> None:
        """Any records in any order, some of them again; what is not done stays waiting."""
        delivery = self.streams[stream]
        delivery.look()
        batch = [
            source[number % len(source)]
            for source in (delivery.waiting, delivery.seen)
            if source
            for number in data.draw(places)
        ]
        self.hand_over(stream, batch)

    def all_that_waits(self, stream) -> None:
        self.streams[stream].look()
        self.hand_over(stream, list(self.streams[stream].waiting))

    def hand_over(self, stream, batch) -> None:
        """Lambda's rule: from the first failure on, everything comes again."""
        delivery = self.streams[stream]
        failed = {failure["itemIdentifier"] for failure in HANDLERS[stream]({"Records": batch})["batchItemFailures"]}
        done = list(takewhile(lambda record: sequence(record) not in failed, batch))
        delivery.waiting = [record for record in delivery.waiting if record not in done]

    def teardown(self) -> None:
        if hasattr(self, "persons"):
            self.all_is_delivered()
            self.everything_agrees()

    def all_is_delivered(self) -> None:
        """The unknown is known at last; everything that waits is applied, and everything that was set aside."""
        self.world.learn()
        self.world.now += 1  # to bring a newer program takes longer
        self.world.project(*self.garbled)  # as a sweep does: no record tells of such damage
        for _ in range(3):
            for stream in self.streams:
                self.all_that_waits(stream)
                redrive.redrive(self.world.here, stream, 500)
            review.told_anew(self.world.here, lambda: 300.0)
        for stream, delivery in self.streams.items():
            assert delivery.waiting == []
            assert all(
                is_garbage(quarantine.opened(self.world.here, kept)) for kept in quarantine.listed(stream, 100, 0)[0]
            )

    def everything_agrees(self) -> None:
        policy = self.world.here.policies.in_force(self.world.now)
        counted = Counter()
        for person in self.persons:
            head, stored = passes.one(person)
            assert stored.timeline.since(self.world.now) == decide(people.facts_of(head), policy, self.world.now)
            assert stored.colour_told == stored.timeline.at(self.world.now).colour
            told, _ = notices.page(person, self.world.now, 100)
            assert next(one.colour for one in told if isinstance(one, Notice)) is stored.colour_told
            assert follow_up.writes(self.world.here, stored) == ()  # whatever has to be looked into is a case
            work, _ = casefiles.of_person(person, 100, self.world.now, None)
            assert [[step.code for step in case.steps] for case in work] == [["opened"]] * len(work)
            counted[stored.colour_told] += 1
        assert counters.colours([self.town])[self.town] == {colour: counted[colour] for colour in Colour}


def is_garbage(record) -> bool:
    """What can never be applied: what came from nowhere, and the image of a pass that was garbled."""
    image = record.get("dynamodb", {}).get("NewImage", {})
    return record in GARBAGE or image.get("timeline") == {"S": "{"}


def readable(records) -> Iterator[StoredPass]:
    for record in records:
        if record["dynamodb"]["Keys"]["sk"] == {"S": passes.NOW} and not is_garbage(record):
            yield passes.pass_of(record["dynamodb"]["NewImage"])


def sequence(record) -> str:
    return record.get("dynamodb", {}).get("SequenceNumber", "")


@contextmanager
def dying(module, name, late, *, after):
    """The call number `after` of a function is answered by nobody, before it took effect or after."""
    original, calls = getattr(module, name), iter(range(10**6))

    def call(*arguments):
        if next(calls) != after:
            return original(*arguments)
        if late:
            original(*arguments)
        raise LOST

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, name, call)
        yield


@contextmanager
def after_the_look(meanwhile):
    """Something happens once, after the first look of a rebuild and before it puts anything."""
    original, todo = rebuild.look, [meanwhile]

    def look(persons):
        seen = original(persons)
        if todo:
            todo.pop()()
        return seen

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rebuild, "look", look)
        yield


def turmoil(world, stage, examples: int) -> None:
    Turmoil.world = world
    Turmoil.feeds = {name: Feed(stage.streams[name]) for name in HANDLERS}
    run_state_machine_as_test(
        Turmoil,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # to shrink a failure takes minutes; the printed steps are few enough
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_after_any_turmoil_every_pass_is_what_the_records_say_and_every_counter_what_the_passes_say(world, durable):
    turmoil(world, durable, 25)


@pytest.mark.nightly
def test_after_long_turmoil_too(world, durable):
    turmoil(world, durable, 1_000)
