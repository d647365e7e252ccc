"""Rows of signalling, made for tests: person-days, whose phone it is, postings, loads and towers."""

from __future__ import annotations

from msgspec.structs import replace
from nanhai.domain.days import local_day
from nanhai.store import loads, presence, sightings, towers
from nanhai.store.loads import Load, Part, Reject, Staged
from nanhai.store.presence import Segment
from nanhai.store.sightings import PersonDay
from nanhai.store.writes import send

from tests.store.builders import NOW, PERSON

PHONE, OTHER_PHONE = "0a" * 16, "0b" * 16
TODAY = local_day(NOW)
LOAD = Load("china-mobile", 7, TODAY - 14, TODAY - 1, "digest", "version", NOW, "bucket")
STAGED = replace(LOAD, staged=Staged(2, 100))
REJECTS = [Reject(5, "sightings.phone"), Reject(9, "sightings.day"), Reject(11, "sightings.day")]
PART = Part(40, 9, 1, {"sightings.day": 2, "sightings.phone": 1})


def person_day(day=TODAY, revision=101, phone=PHONE, visits=b"\x01visits"):
    return PersonDay(phone, day, revision, visits, NOW)


def heard():
    sightings.write([person_day(), person_day(TODAY - 1, 9_999_999_999_99)])


def linked():
    send([sightings.link(PHONE, PERSON, NOW), sightings.link(OTHER_PHONE, PERSON, NOW)])
    sightings.note_stays(PHONE, [TODAY, TODAY - 1])


def posted():
    presence.write([Segment(TODAY, 0x7FFF_FFFF, b"\x01entries\xff"), Segment(TODAY, 7, b"")])


def loaded():
    loads.begin(LOAD)
    loads.begin(Load("china-unicom", 1, TODAY, TODAY, "digest", "version", NOW, "operator"))
    loads.staged(STAGED)
    loads.keep_rejects(STAGED, 1, REJECTS)
    loads.finish(STAGED, 1, PART)
    loads.refuse("china-mobile", 7, "sightings.load-differs", NOW)


def placed():
    towers.put("china-mobile", [b"\x01page\xff", b"\x01other"], 2, NOW)
