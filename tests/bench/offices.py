"""What each thing that people tell, and each step of an office, asks of the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nanhai.domain.actors import Role
from nanhai.domain.days import DAY_S
from nanhai.domain.identifiers import OrganisationId, PersonId, Scope, StaffId
from nanhai.services.platform import Platform
from nanhai.services.profile import Profile
from nanhai.services.schemas import moment
from nanhai.store import people, staff
from nanhai.store.staff import StaffRecord
from nanhai.store.writes import send
from nanhai.vault import sessions

from infra.local import apps
from tests.bench import visitors
from tests.bench.asking import request
from tests.bench.compare import Result, counted
from tests.bench.counts import requests_of, told
from tests.bench.ground import Ground

NAMES = (
    "requests-report",
    "requests-help",
    "requests-arrival",
    "requests-case-list",
    "requests-case-read",
    "requests-case-step",
)
HERE = "440605011001"
FELT = {"temperature_c": 38.2, "symptoms": ["cough"]}


def results(ground: Ground) -> Iterator[Result]:
    here = ground.here
    now = here.now()
    citizen, officer = visitors.citizen(here, _known(here)), _officer(here)
    at = moment(now - DAY_S).isoformat()
    report = {"category": "fever", "description": "fever next door", "place": {"community": HERE}, "seen_at": at}
    yield _counted(NAMES[0], "<= 4", "reports", citizen, "/", report)
    help_ = {**FELT, "wishes": ["home-visit"], "community": HERE, "address": "2"}
    yield _counted(NAMES[1], "<= 9", "triage", citizen, "/help", help_)
    case = request(apps.load("triage"), "GET", "/help", citizen).json["helps"][0]["cases"][0]["case_id"]
    arrival = {"from": "420100", "at": at, "by": "train", "number": "G1003", "stay": {"community": HERE}}
    yield _counted(NAMES[2], "<= 7", "arrivals", citizen, "/", {**arrival, "persons": [{"person": "me", **FELT}]})
    yield _counted(NAMES[3], "<= 1", "casework", officer, "/cases")
    yield _counted(NAMES[4], "<= 5", "casework", officer, f"/cases/{case}")
    yield _counted(NAMES[5], "<= 5", "casework", officer, f"/cases/{case}/steps", {"version": 1, "step": "called"})


def _counted(name: str, goal: str, of: str, token: str, path: str, body: Mapping[str, Any] | None = None) -> Result:
    """Of a process that knows who asks and its policies, as nearly every one does."""
    app = apps.load(of)
    once = "" if body is None else f"benchmark-{name}-1"
    asked = request(app, "GET" if body is None else "POST", path, token, body, once)
    seen = requests_of(asked)
    return counted(name, len(seen), goal, f"counted: {told(seen)}", 1)


def _known(here: Platform) -> PersonId:
    """Somebody with a profile and a head."""
    who = here.new_person_id()
    profile = Profile("何香凝", "10", "440605198603140012", "+8613700000001", "440605", False, HERE, "1")
    send([*here.new_profile_writes(who, profile), people.new_person(who, HERE, here.now())])
    return who


def _officer(here: Platform) -> str:
    staff_id, role = StaffId("bench-officer"), Role.COMMUNITY_OFFICER
    office = OrganisationId(f"community-{HERE}")
    new = StaffRecord(staff_id, role, Scope(HERE), office, "community", None, "", b"", "", active=True)
    send([staff.appoint(new)])
    token = sessions.issue(here.ring, subject=staff_id, kind="staff", session="s", role=role.value, now=here.now())
    request(apps.load("casework"), "GET", "/cases", token)()  # the first one reads who that is
    return token
