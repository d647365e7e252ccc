"""Rows of questions of co-presence, made for tests: asked, rejected, and approved with what was found."""

from __future__ import annotations

from msgspec.structs import replace
from nanhai.domain.copresence_requests import State
from nanhai.store import copresences, presence
from nanhai.store.copresences import Decided, Found, Request
from nanhai.store.writes import commit

from tests.store.builders import COMMUNITY, DAY, NOW

ASKED = Request(
    request_id="01E2N6KYR0REQUEST",
    state=State.OPEN,
    due_at=NOW + DAY,
    case_id="01E2N6KYR000CASE",
    community=COMMUNITY,
    days=14,
    purpose="contact-tracing",
    legal_basis="infectious-diseases-law-39",
    asked_by="doctor-1",
    organisation="health-1",
    asked_at=NOW,
)
DECIDED = Decided("doctor-2", "health-1", NOW + 60)
FOUND = Found("ATTEMPT", b"\x00wrapped\xff", 600, 108_000, 18_308, 18_321, (18_308, 18_310), met=2, registered=1)
NAMES = ("0a" * 16, "0b" * 16)


def asked() -> None:
    commit([copresences.ask(ASKED)])


def rejected() -> None:
    asked()
    commit([copresences.reject(ASKED.request_id, replace(DECIDED, why="too-wide"))])


def approved() -> None:
    asked()
    copresences.keep_met(ASKED.request_id, FOUND.attempt, [(name, b"\x00sealed\xff") for name in NAMES], FOUND.last)
    commit([copresences.approve(ASKED.request_id, DECIDED, FOUND)])
    commit([copresences.reviewed(ASKED.request_id, NAMES[0])])


def revisions_noted() -> None:
    presence.note_revisions([(18_321, 101), (18_322, 999_999_999_999)])
