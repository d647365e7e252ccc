"""What lies in the tables: to the letter, the items as which every kind of row is stored. Old rows stay readable.

A row that has to look different needs a reader for both, not a new line here.
"""

from __future__ import annotations

import base64
import json
from itertools import count
from pathlib import Path

import pytest
from msgspec.structs import replace
from nanhai.domain.colour import Colour
from nanhai.domain.days import local_day
from nanhai.domain.errors import Fault
from nanhai.domain.notices import Channel
from nanhai.domain.reports import State
from nanhai.store import (
    appeals,
    audit,
    cases,
    channels,
    corrections,
    counters,
    denylist,
    figures,
    gates,
    imports,
    jobs,
    keys,
    lookups,
    notices,
    passes,
    people,
    places,
    quarantine,
    reports,
    scans,
    sessions,
    staff,
    writes,
)
from nanhai.store.audit import Anchor
from nanhai.store.counters import Counted
from nanhai.store.denylist import Denied
from nanhai.store.notices import News, Notice
from nanhai.store.passes import Paper
from nanhai.store.people import Access
from nanhai.store.quarantine import Quarantined
from nanhai.store.writes import commit, send

from infra.local.tables import definitions
from tests.store import casework_rows, copresence_rows, enterprise_rows, mask_rows, trajectory_rows
from tests.store.builders import COMMUNITY, DAY, NOW, OTHER, PERSON, everything, once, record, register, stored_pass
from tests.store.test_access import SESSION, STAFF
from tests.store.test_audit import entry
from tests.store.test_places import ESTATE, ROAD
from tests.store.test_reports import message, opened, report
from tests.store.test_seen import SEEN, SIGHTING, SLOT
from tests.store.test_work import GATE, JOB, PROPOSAL, decision

STORED = json.loads(Path(__file__).with_name("stored_form.json").read_text("utf-8"))


def person_with_a_record():
    register()
    people.write_records(PERSON, [record(1)], NOW + 1)


def person_whose_head_is_full():
    register()
    commit(people.add_records_trimmed(PERSON, [record(1)], NOW + 1))


def arrived_elsewhere():
    register()
    commit(people.add_records_in(people.head(PERSON), [record(1)], NOW + 1, "440605002001"))


def ring_of_two_versions():
    keys.save_ring({"core": b"\x00\xff", "gate#7": b"2"})
    keys.replace_ring(keys.ring(), {"core": b"1", "removed#5": b"\x05"})


def pass_turned_yellow():
    assert passes.put_pass(stored_pass(), None)
    assert passes.put_pass(stored_pass(2, NOW + 60, colour=Colour.YELLOW), stored_pass())


def segment_under_way():
    commit(jobs.create(replace(JOB, segments=2)))
    cursor = {"person_id": {"S": PERSON}, "sk": {"S": "head"}}
    was = jobs.segment("j1", 1)
    commit([jobs.advance("j1", was, replace(was, version=1, cursor=cursor, done=500, result="{}"), NOW + 60)])


def each(*writes_):
    return lambda: [commit([write()]) for write in writes_]


IMPORT = imports.Import("i1", "coach", "440605", "keyed", {"by": "coach", "at": ""}, 3, "officer-1", NOW)
WORK = {
    "people": {
        "a record, and the head that counts it": person_with_a_record,
        "a head that is full": person_whose_head_is_full,
        "first records": lambda: commit(people.new_person_with(PERSON, COMMUNITY, [record(1), record(2)], NOW)),
        "profile, link, access": each(
            lambda: people.put_profile(PERSON, b"\x00sealed\xff"),
            lambda: people.link(PERSON, OTHER, "child", NOW + DAY),
            lambda: people.note_access(PERSON, Access(NOW, "staff-1", "guard", "org-1", "case 7"), "01" * 13),
        ),
        "channels, and none any more": each(
            lambda: channels.put(PERSON, b"\x00sealed\xff"), lambda: channels.put(OTHER, b"")
        ),
        "moved": lambda: (register(), commit([people.move(PERSON, "440605002001", NOW + 1)])),
        "arrived elsewhere": arrived_elsewhere,
    },
    "lookups": {"a claim": each(lambda: lookups.claim("index", PERSON, "id-card"))},
    "keys": {
        "a data key": each(lambda: keys.put_wrapped(PERSON, b"\x00wrapped\xff")),
        "the ring": ring_of_two_versions,
    },
    "idempotency": {
        "an answer": lambda: commit([lookups.claim("index", PERSON, "id-card")], once=once("k"), answer=b"\x00done"),
        "an attempt": each(lambda: lookups.claim("index", PERSON, "id-card")),
    },
    "passes": {
        "a pass and its past": pass_turned_yellow,
        "a paper": each(lambda: passes.put_paper(Paper(PERSON, NOW, NOW + DAY))),
    },
    "scans": {
        "a token's sightings": lambda: [scans.note(SEEN, SLOT, replace(SIGHTING, at=NOW + n), NOW) for n in (0, 5)]
    },
    "gates": {"a gate": each(lambda: gates.create(GATE))},
    "staff": {
        "at work": each(
            lambda: staff.appoint(replace(STAFF, gate="GATE1")), lambda: staff.use_step("staff-1", 7, "device")
        ),
        "dismissed": each(
            lambda: staff.appoint(STAFF), lambda: staff.dismiss("staff-1"), lambda: staff.unbind("staff-1")
        ),
    },
    "sessions": {
        "a challenge that was tried": lambda: (
            commit([sessions.put_challenge("c1", "digest", NOW + 300)]),
            sessions.try_challenge("c1", NOW),
        ),
        "a session": each(lambda: sessions.open_session(SESSION)),
        "a session that became somebody's": each(
            lambda: sessions.open_session(SESSION),
            lambda: sessions.rotate("s1", "refresh-1", "refresh-2"),
            lambda: sessions.belongs_to("s1", PERSON),
        ),
        "a limit": lambda: [sessions.hit("code#1", 9, 600, NOW, by=by) for by in (1, 3)],
    },
    "cases": {
        "open": each(lambda: cases.propose(PROPOSAL)),
        "approved": each(lambda: cases.propose(PROPOSAL), lambda: cases.decide("c1", decision())),
        "rejected": each(
            lambda: cases.propose(PROPOSAL), lambda: cases.decide("c1", decision(cases.REJECTED, record=None))
        ),
        "an appeal": lambda: send(appeals.file(casework_rows.APPEAL, NOW + DAY)),
        "an appeal that somebody was woken for": each(
            lambda: appeals.file(casework_rows.APPEAL, NOW + DAY)[0], lambda: appeals.alarmed("a1", NOW + DAY)
        ),
        "an upheld appeal": lambda: casework_rows.answered(upheld=True),
        "an upheld appeal whose gates were put off": lambda: (
            casework_rows.answered(upheld=True),
            send([appeals.put_off(casework_rows.APPEAL, NOW + 309)]),
        ),
        "a dismissed appeal": lambda: casework_rows.answered(upheld=False),
    },
    "counters": {
        "a person and their cells": lambda: [
            counters.count(PERSON, Counted("440605001", colour, (version, NOW, NOW + 1)))
            for version, colour in enumerate((Colour.GREEN, Colour.RED), 1)
        ],
        "a red one and why": lambda: counters.count(
            PERSON, Counted("440605001", Colour.RED, (1, NOW, NOW + 1), "suspected")
        ),
        "an answer and the figures of a day": lambda: send(
            [*figures.count_answer(NOW, 3, upheld=True), figures.take(local_day(NOW), "{}")]
        ),
        "a gate": each(lambda: counters.add_at_gate("GATE1", local_day(NOW), {"admit": 2, "admit-temporary": 1}, NOW)),
    },
    "audit": {
        "two entries": lambda: audit.append([entry(1), entry(2)], NOW),
        "an anchor": each(
            lambda: audit.anchor(Anchor(local_day(NOW), '{"18322#00":[2,"00"]}', b"\x00signature\xff")),
        ),
    },
    "notices": {
        "with an end and without": each(
            lambda: notices.tell(PERSON, Notice("n1", NOW, Colour.YELLOW, NOW, NOW + DAY, ("fever", "affected-area"))),
            lambda: notices.tell(PERSON, Notice("n2", NOW, Colour.GREEN, NOW, None, ())),
        ),
        "news that was sent": each(
            lambda: notices.tell_news(PERSON, News("n3", NOW, "masks-drawn", {"title": "第一轮", "n": 1}, "round-1")),
            lambda: notices.sent(PERSON, "n3", Channel.SMS, NOW + 1),
            lambda: notices.sent(PERSON, "n3", Channel.WECHAT, NOW + 2),
        ),
        "held for a morning, and sent": each(
            lambda: notices.hold(PERSON, "n3", local_day(NOW), NOW),
            lambda: notices.hold(OTHER, "n4", local_day(NOW), NOW),
            lambda: notices.released((OTHER, "n4"), local_day(NOW), NOW),
        ),
    },
    "quarantine": {
        "a record": lambda: quarantine.keep(Quarantined("people", "001", b"\x00payload\xff", "Poison", NOW)),
        "one that expires": lambda: quarantine.keep(Quarantined("sightings", "1", b"\x00", "Poison", NOW, NOW + 9)),
    },
    "batches": {
        "proposed": casework_rows.proposed,
        "taking effect": casework_rows.taking_effect,
        "stopped": casework_rows.stopped,
    },
    "denylist": {
        "an entry": each(lambda: denylist.deny(Denied(NOW, bytes.fromhex("ffffffffffffffff")))),
        "a correction": each(lambda: corrections.tell(casework_rows.CORRECTION)),
    },
    "imports": {
        "begun, some rows, and a run": each(
            lambda: imports.create(IMPORT),
            lambda: imports.rows(IMPORT, [imports.Outcome(2, "done", PERSON)])[0],
            lambda: imports.rows(IMPORT, [imports.Outcome(3, "refused", faults=(Fault("/rows/3/at", "c", {"d": 1}),))])[
                0
            ],
            lambda: imports.ran(IMPORT, "01" * 13, "officer-1", NOW, 2),
        )
    },
    "reports": {
        "new": lambda: opened(report()),
        "asked": lambda: (opened(report()), send(reports.say(report(), message(1, by_office=True), State.ASKED))),
        "two of them merged": lambda: send(reports.merge(*opened(report(1), report(2)))),
        "with an end, and what was said": lambda: (
            opened(report(1), report(2)),
            send(reports.say(report(1), message(1, by_office=True), State.ASKED)),
            send(reports.keep_until(report(1, state=State.ASKED, messages=1), NOW + DAY)),
        ),
        "merged with an end": lambda: send(reports.merge(*opened(report(1), report(2)), NOW + DAY)),
    },
    "organisations": {
        "a filing and the counts of its town": enterprise_rows.filed,
        "invited, joined, and not shown": enterprise_rows.joined,
        "left": enterprise_rows.left,
    },
    "checkins": {
        "a member's days, one of them written over": enterprise_rows.checked_in,
        "a member who left": enterprise_rows.gone,
    },
    "masks": {
        "a round": mask_rows.made,
        "an entry and its ticket": mask_rows.entered,
        "a draw and its pages": mask_rows.drawn,
        "the stock of a point": mask_rows.stocked,
        "claims and a code": mask_rows.claimed,
        "an order": mask_rows.ordered,
        "an order that is kept": mask_rows.kept,
        "an order that was let go": mask_rows.let_go,
    },
    "places": {"with a position and without": lambda: list(places.load([ESTATE, ROAD]))},
    "sightings": {
        "person-days": trajectory_rows.heard,
        "whose phones they are, one with stays": trajectory_rows.linked,
    },
    "presence": {"segments": trajectory_rows.posted, "revisions of days": copresence_rows.revisions_noted},
    "copresences": {
        "asked": copresence_rows.asked,
        "rejected": copresence_rows.rejected,
        "approved, with what was found": copresence_rows.approved,
    },
    "loads": {"read through and not finished, and one just begun": trajectory_rows.loaded},
    "towers": {"a version of two pages": trajectory_rows.placed},
    "jobs": {
        "a job under way": segment_under_way,
        "a schedule": each(lambda: jobs.ran("review", NOW)),
        "the latest of a kind": each(lambda: jobs.follows(JOB, None)),
    },
}


@pytest.fixture
def determined(aws, monkeypatch):
    """Chance and time as they were when the form was written down."""
    attempts = count(1)
    monkeypatch.setattr(audit, "SHARDS", 1)
    monkeypatch.setattr(writes.secrets, "token_hex", lambda size: f"{next(attempts):0{2 * size}}")
    monkeypatch.setattr(writes.time, "time", lambda: NOW + 0.5)


def told(stored):
    """Items as AWS writes them down, in the order of their keys; a set's own order means nothing."""
    plain = json.loads(json.dumps(stored, default=lambda blob: base64.b64encode(blob).decode(), sort_keys=True))
    for item in plain:
        for value in item.values():
            value.update({"SS": sorted(value["SS"])} if "SS" in value else {})
    return sorted(plain, key=repr)


@pytest.mark.parametrize(("table", "work"), [(table, work) for table, works in WORK.items() for work in works])
def test_every_kind_of_row_is_stored_to_the_letter_as_it_always_was(determined, table, work):
    WORK[table][work]()
    assert told(everything(table)) == STORED[table][work]


def test_every_table_is_told_of():
    assert set(WORK) == set(definitions())
