"""The story, step by step; every step says what it saw, and any other answer ends it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from infra.demo import eyes
from infra.demo.offline import OfflineGate
from infra.demo.people import Citizen, Differs, Json, Officer
from infra.demo.scene import Scene, Step, equal, rfc3339, settle


@dataclass
class Story(Scene):
    """One worker, one child, one elderly parent; a guard, a community officer, two health officers."""

    citizen: Citizen = field(init=False)
    guard: Officer = field(init=False)
    other_guard: Officer = field(init=False)
    community: Officer = field(init=False)
    health: Officer = field(init=False)
    command: Officer = field(init=False)
    person: str = ""
    parent: str = ""
    order_ends: int = 0
    approval: str = ""
    paper: str = ""

    def __post_init__(self) -> None:
        staff = self.cast["staff"]
        self.citizen = Citizen(self.stage, phone=self.cast["identities"][0]["phone"])
        self.guard, self.other_guard = (Officer(self.stage, staff=row) for row in staff["guard"][:2])
        self.community = Officer(self.stage, staff=staff["community-officer"][0])
        self.health = Officer(self.stage, staff=staff["health-authority"][0])
        self.command = Officer(self.stage, staff=staff["district-command"][0])

    def steps(self) -> Iterator[Step]:
        yield "the story begins on a Monday morning", self.begin
        yield "a worker signs in by SMS code", self.sign_in
        yield "and registers by real name", self.register
        yield "applies: green, and the town's live counter goes up by one", self.apply
        yield "the guard scans the QR picture: admit", self.scan_picture
        yield "and without a network: admit", self.scan_offline
        yield "on Tuesday the worker declares 37.6 °C: yellow", self.declare
        yield "the gate holds, online and offline", self.held
        yield "the community finds the person by ID card and clears them for one gate", self.clear
        yield "admit-temporary there, hold elsewhere", self.cleared_there_only
        yield "on Wednesday the community proposes isolation; nobody of one organisation approves alone", self.propose
        yield "the health authority approves: red, refused", self.approve
        yield "a child and an elderly parent get passes of their own", self.family
        yield "the parent's paper pass is checked online, refused offline, and ends when revoked", self.paper_pass
        yield "every job is stopped; the order ends: green at that very second", self.release_at_its_second
        yield "asked why it was yellow last Tuesday, the pass answers with records, policy and text", self.explain
        yield "the jobs go on, and the inbox tells what happened", self.catch_up

    def begin(self) -> str:
        return self.begin_on_monday(weeks=1)

    def sign_in(self) -> str:
        tokens = self.citizen.sign_in()
        equal(tokens["registered"], False, "registered")
        return f"signed in, token good for {tokens['expires_in']} s"

    def register(self) -> str:
        body = self.identity_body(0) | {
            "community": self.cast["community"],
            "address": self.cast["identities"][0]["address"],
        }
        answer = self.citizen.send("POST", "/identity/persons", body, expect=201)
        self.person = answer["person_id"]
        self.citizen.tokens |= answer
        return f"person {self.person}"

    def apply(self) -> str:
        self.command.sign_in()
        before = self.settled_greens()
        self.citizen.send("POST", "/passes/me", {"holder": "person"}, expect=202)
        shown = self.citizen.await_colour("green")
        equal(shown["verdict"], "admit", "verdict")
        settle(lambda: self.greens() == before + 1, f"green passes in town never became {before + 1}")
        equal(self.settled_greens(), before + 1, "green passes in town")
        return f"{shown['word']}, policy {shown['policy']}; {before} → {before + 1} green passes in town"

    def greens(self) -> int:
        """The green passes of the worker's town, as the district command sees them; fewer than ten are not told."""
        towns = self.command.send("GET", "/identity/counters", expect=200)["towns"]
        return next(row["colours"]["green"] for row in towns if self.cast["community"].startswith(row["code"])) or 0

    def settled_greens(self) -> int:
        """The same once nothing waits in the streams."""
        before, seen = -1, self.greens()
        while seen != before:
            time.sleep(1.0)
            before, seen = seen, self.greens()
        return seen

    def scan(self, guard: Officer, token: str) -> Json:
        return guard.send("POST", "/checkpoints/scans", {"token": token}, expect=200)

    def scan_picture(self) -> str:
        self.guard.sign_in()
        self.other_guard.sign_in()
        picture = self.citizen.raw("GET", "/passes/me/qr.png")
        token = eyes.read(picture.content)
        verdict = self.scan(self.guard, token)
        equal(verdict["verdict"], "admit", "verdict")
        return f"{len(token)} characters read from {len(picture.content)} bytes of PNG"

    def scan_offline(self) -> str:
        gate = OfflineGate.prepared(self.guard)
        verdict = gate.check(self.citizen.token(), int(self.stage.now()))
        equal(verdict, "admit", "offline verdict")
        late = gate.check(self.citizen.token(), int(self.stage.now()) + 400)
        equal(late, "cannot-verify", "a token of 400 s ago")
        return "admit; a screenshot of it, 400 s later: cannot-verify"

    def declare(self) -> str:
        self.at(self.day(1, 8))
        self.citizen.sign_in()
        body = {"temperature_c": 37.6, "symptoms": ["fever"]}
        self.citizen.send("POST", "/passes/me/declarations", body, expect=201)
        shown = self.citizen.await_colour("yellow")
        return str(shown["reasons"][0]["text"])

    def held(self) -> str:
        self.guard.sign_in()
        self.other_guard.sign_in()
        token = self.citizen.token()
        equal(self.scan(self.guard, token)["verdict"], "hold", "verdict online")
        equal(OfflineGate.prepared(self.guard).check(token, int(self.stage.now())), "hold", "verdict offline")
        return "hold, hold"

    def clear(self) -> str:
        self.at(self.day(1, 8) + 60)  # a clearance of the same second as the evidence would not answer it
        self.community.sign_in()
        row = self.cast["identities"][0]
        card = {"id_type": row["id_type"], "id_number": row["id_number"]}
        why = {"purpose": "verify-yellow", "case": self.case_of(self.community, "verify-yellow", self.person)}
        found = self.community.send("POST", "/identity/desk/lookups", card | why, expect=200)
        equal(found["person_id"], self.person, "the person found")
        clearance = {
            "person_id": self.person,
            "places": [self.guard.staff["gate"]],
            "until": rfc3339(self.day(2)),
            "evidence": "home visit 1",
            "legal_basis": "nanhai-notice-7",
        }
        self.community.send("POST", "/casework/clearances", clearance, expect=201)
        return f"{found['name_masked']} may pass {self.guard.staff['gate']} until Wednesday"

    def cleared_there_only(self) -> str:
        here = self.scan(self.guard, self.citizen.token())
        equal(here["verdict"], "admit-temporary", "verdict at the gate of the clearance")
        there = self.scan(self.other_guard, self.citizen.token())
        equal(there["verdict"], "hold", "verdict at another gate")
        return f"{self.guard.staff['gate']}: admit-temporary; {self.other_guard.staff['gate']}: hold"

    def propose(self) -> str:
        self.at(self.day(2))
        self.community.sign_in()
        self.order_ends = self.day(16)
        body = {
            "person_id": self.person,
            "kind": "home",
            "reason": "close-contact",
            "since": rfc3339(self.stage.now()),
            "until": rfc3339(self.order_ends),
            "place": "home",
            "evidence": "contact report 12",
            "legal_basis": "infectious-diseases-law-39",
        }
        refused = self.community.raw("POST", "/casework/isolations", body | {"reason": "bank-depositor"})
        equal(refused.status_code, 422, "an invented reason")
        proposal = self.community.send("POST", "/casework/isolations", body, expect=201)
        self.approval = proposal["approval_id"]
        alone = self.community.raw(
            "POST", f"/casework/approvals/{self.approval}/decisions", {"decision": "approve", "note": "by myself"}
        )
        equal(alone.status_code in {403, 404}, True, "approving one's own proposal")
        equal(self.citizen_colour(), "yellow", "colour before the approval")
        return f"proposed; alone refused with {alone.status_code}; an invented reason with {refused.status_code}"

    def citizen_colour(self) -> str:
        self.citizen.sign_in()
        return str(self.citizen.pass_of()["colour"])

    def approve(self) -> str:
        self.health.sign_in()
        decision = {"decision": "approve", "note": "contact confirmed"}
        self.health.send("POST", f"/casework/approvals/{self.approval}/decisions", decision, expect=200)
        shown = self.citizen.await_colour("red")
        equal(shown["until"], rfc3339(self.order_ends), "the end of red")
        self.guard.sign_in()
        equal(self.scan(self.guard, self.citizen.token())["verdict"], "refuse", "verdict")
        return f"{shown['reasons'][0]['text']} until {shown['until']}"

    def family(self) -> str:
        until = rfc3339(self.day(300))
        seen = []
        for index, relation, holder in ((1, "child", "dependant"), (2, "parent", "dependant")):
            body = self.identity_body(index) | {"relation": relation, "consent": True, "until": until}
            who = self.citizen.send("POST", "/identity/me/dependants", body, expect=201)["person_id"]
            self.citizen.send("POST", f"/passes/{who}", {"holder": holder}, expect=202)
            seen.append(self.citizen.await_colour("green", who)["colour"])
            self.parent = who
        return f"child {seen[0]}, parent {seen[1]}, while the guardian is red"

    def paper_pass(self) -> str:
        issued = self.citizen.send("POST", f"/passes/{self.parent}/paper", {"days": 7}, expect=201)
        picture = self.citizen.raw("GET", f"/passes/{self.parent}/paper/{issued['paper_id']}/qr.png")
        token = eyes.read(picture.content)
        equal(self.scan(self.guard, token)["verdict"], "admit", "verdict online")
        offline = OfflineGate.prepared(self.guard).check(token, int(self.stage.now()))
        equal(offline, "cannot-verify", "verdict offline")
        self.citizen.send("DELETE", f"/passes/{self.parent}/paper/{issued['paper_id']}", expect=204)
        equal(self.scan(self.guard, token)["verdict"], "cannot-verify", "verdict after revoking")
        return "admit online, cannot-verify offline, cannot-verify once revoked"

    def release_at_its_second(self) -> str:
        settle(lambda: "red" in self.told(), "the holder was never told of red")
        self.stage.pause_jobs(True)
        self.at(self.order_ends - 3)
        self.citizen.sign_in()
        red_at = green_at = 0.0
        while not green_at:
            shown = self.citizen.pass_of()
            at = datetime.fromisoformat(shown["server_time"]).timestamp()
            if at > self.order_ends + 5:
                raise Differs("the pass did not turn green")
            equal(
                shown["colour"],
                "green" if at >= self.order_ends else "red",
                f"colour at T{at - self.order_ends:+.0f} s",
            )
            red_at, green_at = (at, 0.0) if shown["colour"] == "red" else (red_at, at)
            time.sleep(0.05)
        equal((red_at - self.order_ends, green_at - self.order_ends), (-1.0, 0.0), "last red, first green")
        self.guard.sign_in()
        equal(self.scan(self.guard, self.citizen.token())["verdict"], "admit", "verdict")
        return "red at T-1 s, green at T+0 s, admitted at the gate"

    def explain(self) -> str:
        tuesday = rfc3339(self.day(1, 15))
        why = self.citizen.send("GET", "/passes/me/explanation", expect=200, at=tuesday)
        equal(why["colour"], "yellow", "colour on Tuesday")
        record = why["reasons"][0]["records"][0]
        equal((record["class"], record["source"]), ("symptoms", "citizen"), "the record behind it")
        return f"{why['policy']}: {why['reasons'][0]['text']} ({record['class']} of {record['happened_at']})"

    def catch_up(self) -> str:
        self.stage.pause_jobs(False)
        deadline = time.monotonic() + 90
        while True:
            titles = self.told()
            if {"green", "yellow", "red"} <= set(titles) and titles[0] == "green":
                break
            if time.monotonic() > deadline:
                raise Differs(f"the inbox holds {titles}")
            time.sleep(0.5)
        return " ← ".join(titles)

    def told(self) -> list[str]:
        """The colours that the inbox tells of, newest first; other notices tell of cases."""
        notices = self.citizen.send("GET", "/identity/me/notices", expect=200)["notices"]
        return [notice["colour"] for notice in notices if notice["colour"]]
