"""Phones and their days as a load writes them, and the stream that tells of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from nanhai.domain.area_stays import is_from
from nanhai.domain.days import day_begins, local_day
from nanhai.domain.decide import effective
from nanhai.domain.identifiers import PersonId
from nanhai.domain.sightings import Visit, pack, revision
from nanhai.services.trajectories.staying import FEED
from nanhai.store import people, presence, sightings
from nanhai.store.sightings import PersonDay
from nanhai.store.writes import send
from nanhai.streams import index, recolour

from tests.streams.feed import Feed

HOME, STATION, WUHAN_CELL, HUANGGANG_CELL = 0x0102030, 0x0102031, 0x0A0B0C0, 0x0A0B0C1
FOSHAN, WUHAN, JIANGAN, HUANGGANG = 440605, 420100, 420102, 421100
DONE = {"batchItemFailures": []}
MOBILE = 1  # the operator's number


def phone_of(number: int) -> str:
    return f"{number:032x}"


def visit(day: int, since_h: float, until_h: float, region: int = FOSHAN, cell: int = HOME) -> Visit:
    """From one hour of a local day to another one."""
    begins = day_begins(day)
    return Visit(begins + int(since_h * 3_600), begins + int(until_h * 3_600), cell, region)


def person_day(phone: str, day: int, *visits: Visit, sequence: int = 1) -> PersonDay:
    return PersonDay(phone, day, revision(sequence, MOBILE), pack(day, visits), day_begins(day + 1))


def at_home(phone: str, day: int, sequence: int = 1) -> PersonDay:
    return person_day(phone, day, visit(day, 0, 24), sequence=sequence)


def away(phone: str, day: int, since_h: float = 8, until_h: float = 20, sequence: int = 1) -> PersonDay:
    """In Wuhan over these hours, else at home."""
    pieces = [visit(day, 0, since_h), visit(day, since_h, until_h, WUHAN, WUHAN_CELL), visit(day, until_h, 24)]
    return person_day(phone, day, *(piece for piece in pieces if piece.since < piece.until), sequence=sequence)


@dataclass
class Signalling:
    """What operators tell of, in the small world of the passes."""

    world: object
    feed: Feed
    told: list = field(default_factory=list)  # every record of the stream so far

    @property
    def today(self) -> int:
        return local_day(self.world.now)

    def link(self, phone, person) -> None:
        send([sightings.link(phone, person, self.world.now)])

    def linked(self, phone, **how) -> PersonId:
        """Somebody new, whose phone it is."""
        person = self.world.person(**how)
        self.link(phone, person)
        return person

    def load(self, *days) -> None:
        sightings.write(days)

    def news(self) -> list:
        news = self.feed.news()
        self.told += news
        return news

    def indexed(self) -> list:
        """The stream is read until nothing is new, what it writes itself among it."""
        found = []
        while news := self.news():
            assert index.handle({"Records": news}) == DONE
            found += news
        return found


def recoloured(feed: Feed) -> None:
    """The stream of `people` is read."""
    assert recolour.handle({"Records": feed.news()}) == DONE


def stays(person) -> list:
    """(region, since, until) of the stays that stand, ascending."""
    found = effective(people.facts_of(people.head(person)))
    facts = [record.fact for record in found if is_from(record, FEED)]
    return sorted((stay.region, stay.since, stay.until) for stay in facts)


def there(day: int, cell: int, now: int) -> set:
    """Who was in a cell as the postings say, with duplicates taken out, against nobody's own days yet."""
    from nanhai.domain.presence import unpack

    return {entry for packed in presence.around(day, cell, now) for entry in unpack(day, packed)}


def candidates(day: int, cell: int, now: int) -> set:
    """(phone, since, until) of those whose newest day says so too: what a question of co-presence rests on."""
    found = set()
    for entry in there(day, cell, now):
        newest = sightings.days(entry.phone, day, day, now)
        if newest and newest[0].revision == entry.revision:
            found.add((entry.phone, entry.since, entry.until))
    return found
