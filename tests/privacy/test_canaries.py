"""No name, number, phone, address, code, password or token lies anywhere in the clear, in no spelling."""

from __future__ import annotations

from nanhai.services.sweep import segments
from nanhai.streams.redrive import redrive

from tests.privacy import dump
from tests.privacy.jobs import follow_up
from tests.privacy.life import EVIDENCE, GARBLED, NOTE, PLACE, PROPOSED, UNREADABLE, Life

# infra/decisions/0012: free text of casework lies beside a random person id, not sealed. The garbled pass has
# gone through the stream before it was mended. Everything else has no place at all.
ALLOWED = {
    EVIDENCE: {"table people"},
    PROPOSED: {"table cases"},
    PLACE: {"table cases", "table people"},
    NOTE: {"table cases"},
    UNREADABLE: {"table people"},
    GARBLED: {"stream passes"},
}
CANARIES_MIN = 20


def test_nothing_personal_and_no_secret_is_found_but_where_the_assessment_says(district, monkeypatch, capfd, caplog):
    life = lived(Life(district), monkeypatch)
    waiting = dump.queued(district)
    follow_up(district)
    for stream in ("people", "passes", "scans"):
        redrive(district.here, stream, 100)
    places = dump.tables(district) | dump.streams(district) | {"queue": waiting + dump.queued(district)}
    printed = capfd.readouterr()
    places |= {"stdout": printed.out.encode(), "stderr": printed.err.encode(), "log": caplog.text.encode()}
    found = {}
    for canary in life.canaries:
        found.setdefault(canary.what, set()).update(name for name, held in places.items() if canary.is_in(held))
    assert len({canary.value for canary in life.canaries}) >= CANARIES_MIN
    print("FOUND", {what: where for what, where in found.items() if where})
    assert {what: where for what, where in found.items() if where} == ALLOWED


def lived(life: Life, monkeypatch) -> Life:
    life.signs_in()
    life.registers()
    life.has_a_family()
    life.applies_and_shows()
    life.staff_sign_in()
    life.passes_the_gate()
    life.falls_ill()
    life.is_isolated_and_released()
    life.asks_why()
    life.is_asked_in_wrong_places()
    follow_up(life.district)
    life.fails(monkeypatch)
    life.poison()
    follow_up(life.district)
    segments.sweep(life.district.here, "an operator")
    return life
