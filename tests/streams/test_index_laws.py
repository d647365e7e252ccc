"""Whatever order days are told and delivered in, however often and in whatever pieces: the same stays, and the same
answer to who was where."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from nanhai.streams import index

from tests.streams.feed import Feed
from tests.streams.sighted import (
    DONE,
    FOSHAN,
    HOME,
    HUANGGANG,
    HUANGGANG_CELL,
    WUHAN,
    WUHAN_CELL,
    Signalling,
    candidates,
    person_day,
    phone_of,
    stays,
    visit,
)

PLACES = [(FOSHAN, HOME), (WUHAN, WUHAN_CELL), (HUANGGANG, HUANGGANG_CELL)]
DAYS = range(3, 6)  # so many days ago
PHONES = range(3)  # the last one is nobody's
LAW = settings(
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

cuts = st.lists(st.integers(0, 8), min_size=2, max_size=4, unique=True).map(
    lambda cut: [3 * hour for hour in sorted(cut)]
)
stops = st.lists(st.sampled_from([*PLACES, None]), min_size=3, max_size=3)  # None: silent


@st.composite
def visits(draw):
    """(since, until, region, cell) of a day, in hours."""
    hours = draw(cuts)
    pieces = zip(hours, hours[1:], draw(stops), strict=False)
    return [(since, until, *place) for since, until, place in pieces if place is not None]


keys = st.tuples(st.sampled_from(PHONES), st.sampled_from(DAYS), st.integers(1, 3))  # phone, days ago, revision
told_days = st.dictionaries(keys, visits(), max_size=9)


class Run:
    """One way in which the same days came, with phones and people of its own."""

    numbers = 0

    def __init__(self, told: Signalling) -> None:
        Run.numbers += 10
        self.told = told
        self.number = Run.numbers
        self.phones = [phone_of(Run.numbers + number) for number in PHONES]
        self.persons = [told.world.person() for _ in self.phones[:-1]]
        told.told = []

    def cell(self, cell: int) -> int:
        """Cells of its own too, so that nobody else is in them."""
        return cell + self.number * 0x100

    def take(self, step) -> None:
        """A link, or a day."""
        if isinstance(step, int):
            self.told.link(self.phones[step], self.persons[step])
            return
        (phone, ago, sequence), pieces = step
        day = self.told.today - ago
        found = [visit(day, since, until, region, self.cell(cell)) for since, until, region, cell in pieces]
        self.told.load(person_day(self.phones[phone], day, *found, sequence=sequence))

    def deliver(self, records) -> None:
        assert index.handle({"Records": list(records)}) == DONE

    @property
    def outcome(self):
        """The stays of everybody, and who was where on each day, with the phones by number."""
        number = {phone: at for at, phone in enumerate(self.phones)}
        now, today = self.told.world.now, self.told.today
        places = {
            (ago, cell): {
                (number[phone], since, until) for phone, since, until in candidates(today - ago, self.cell(cell), now)
            }
            for ago in DAYS
            for _, cell in PLACES
        }
        return [stays(person) for person in self.persons], places


def converge(told: Signalling, days, data) -> None:
    steps = [*range(len(PHONES) - 1), *days.items()]
    plain = Run(told)
    for step in steps:
        plain.take(step)
    told.indexed()
    wild, waiting = Run(told), []
    for step in data.draw(st.permutations(steps)):
        wild.take(step)
        waiting += told.news()
        for record in data.draw(st.lists(st.sampled_from(told.told), max_size=4)):
            wild.deliver([record])
            waiting = [other for other in waiting if other is not record]
    waiting = data.draw(st.permutations(waiting))
    while waiting:
        size = data.draw(st.integers(1, len(waiting)))
        wild.deliver(waiting[:size])
        waiting = waiting[size:]
    told.indexed()
    assert wild.outcome == plain.outcome


def checked(world, stage, examples: int) -> None:
    told = Signalling(world, Feed(stage.streams["sightings"]))

    @settings(LAW, max_examples=examples)
    @given(told_days, st.data())
    def law(days, data):
        converge(told, days, data)

    law()


def test_any_order_and_repetition_comes_to_the_same_stays_and_the_same_candidates(world, durable):
    checked(world, durable, 30)


@pytest.mark.nightly
def test_many_orders_too(world, durable):
    checked(world, durable, 500)
