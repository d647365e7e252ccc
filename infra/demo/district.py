"""The second part of the story: an enterprise goes back to work, and all that the district does around one fever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from infra.demo.people import Citizen, Client, Enterprise, Json, Officer
from infra.demo.scene import DAY_S, Scene, Step, equal, rfc3339, settle
from infra.masks import check

DUTY_TO_TELL = "infectious-diseases-law-12"
QUARANTINE = "infectious-diseases-law-39"
POINT = "P1"
SUPPLIES = ("masks", "disinfectant", "thermometers")
FEVER = {"temperature_c": 38.2, "symptoms": ["fever", "cough"]}
WEEKS = 4  # after the first part, which plays in the weeks before


@dataclass
class District(Scene):
    """A worker, a neighbour, their enterprise, and the offices of the district."""

    worker: Citizen = field(init=False)
    neighbour: Citizen = field(init=False)
    enterprise: Enterprise = field(init=False)
    community: Officer = field(init=False)
    town: Officer = field(init=False)
    command: Officer = field(init=False)
    health: tuple[Officer, Officer] = field(init=False)
    hospital: Officer = field(init=False)
    persons: dict[str, str] = field(init=False, default_factory=dict)
    kept: Json = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        identities, staff = self.cast["identities"], self.cast["staff"]
        self.worker, self.neighbour = (Citizen(self.stage, phone=row["phone"]) for row in identities[3:5])
        self.enterprise = Enterprise(self.stage, row=self.cast["enterprises"][0])
        self.community, self.town, self.command, self.hospital = (
            Officer(self.stage, staff=staff[role][0])
            for role in ("community-officer", "town-officer", "district-command", "hospital")
        )
        first, second = staff["health-authority"][:2]
        self.health = Officer(self.stage, staff=first), Officer(self.stage, staff=second)

    def steps(self) -> Iterator[Step]:
        yield "some weeks later an enterprise signs in by its credit code and files to resume work", self.file
        yield "the town accepts, work is resumed, and the live share tells it", self.resume
        yield "a worker and a neighbour register; the worker is invited and joins by their own consent", self.join
        yield "the district announces masks, with the hash of a seed; both enter", self.announce_masks
        yield "somebody reports a sick bay in a hostel without a name; the community asks back by receipt", self.report
        yield "on Tuesday the worker checks in with 38.2 °C: yellow through the stream", self.check_in
        yield "the employer sees that the pass does not admit, and not why", self.employer_sees
        yield (
            "the self-check says what to do at once; asking for help opens cases with the community",
            self.ask_for_help,
        )
        yield "the community visits and the hospital confirms an appointment: the worker sees every step", self.help
        yield "the test is positive; isolation by two offices: red", self.isolate
        yield "somebody is isolated in the place of another: the neighbour appeals", self.appeal
        yield "another officer upholds it: green again, and the past still tells what it was", self.uphold
        yield "on Wednesday the masks are drawn, and anybody can draw them again", self.draw
        yield "the neighbour reserves and is handed the masks, once", self.hand_out
        yield (
            "the neighbour comes home from an affected area: yellow, and the community has a visit to make",
            self.arrive,
        )
        yield "on Friday the worker is well, is released, and is back at work", self.release
        yield "one timeline tells it all, from the check-in to the release", self.timeline

    def on(self, days: int, hour: float, *players: Citizen | Enterprise | Officer) -> None:
        """At this hour of this day these sign in again: a token lasts a quarter of an hour."""
        self.at(self.day(days, hour))
        for player in players:
            player.sign_in()

    # -- work

    def file(self) -> str:
        monday = self.begin_on_monday(WEEKS)
        self.enterprise.sign_in()
        plan = {
            "planned_on": monday[:10],
            "headcount": 12,
            "labour_shortage": 3,
            "trades": [{"code": "61801", "missing": 3}],
            "capacity_percent": 60,
            "supplies": [
                {"kind": kind, "amount": 500, "days": 14} for kind in ("masks", "disinfectant", "thermometers")
            ],
        }
        contact = {"name": "陈厂长", "phone": self.enterprise.row["contact_phone"]}
        body = {"action": "submit", "plan": plan, "contact": contact}
        filed = self.enterprise.send("POST", "/enterprises/filings", body, expect=201)
        equal(filed["state"], "submitted", "state of the filing")
        self.kept["revision"] = filed["revision"]
        return f"{filed['organisation_id']}, revision {filed['revision']}, on {monday}"

    def resume(self) -> str:
        self.town.sign_in()
        uscc = self.enterprise.row["uscc"]
        listed = self.town.send("GET", "/enterprises/filings", expect=200)["filings"]
        equal([row["organisation_id"] for row in listed], [uscc], "filings that wait")
        revision = self.kept["revision"]
        for decision in ("accept", "resume"):
            body = {"revision": revision, "decision": decision}
            decided = self.town.send("POST", f"/enterprises/filings/{uscc}/decisions", body, expect=200)
            revision = decided["revision"]
        equal(decided["state"], "resumed", "state of the filing")
        towns = self.town.send("GET", "/enterprises/resumption", expect=200)["towns"]
        return f"resumed; {len(towns)} town told, numbers about fewer than ten are not"

    def join(self) -> str:
        for number, (name, citizen) in enumerate((("worker", self.worker), ("neighbour", self.neighbour)), 3):
            citizen.sign_in()
            where = {"community": self.cast["community"], "address": self.cast["identities"][number]["address"]}
            registered = citizen.send("POST", "/identity/persons", self.identity_body(number) | where, expect=201)
            citizen.tokens |= registered
            self.persons[name] = registered["person_id"]
            citizen.send("POST", "/passes/me", {"holder": "person"}, expect=202)
            citizen.await_colour("green")
        row = self.cast["identities"][3]
        people = [{"name": row["name"], "phone": row["phone"], "number": "0012"}]
        self.enterprise.send("POST", "/enterprises/roster/invitations", {"people": people}, expect=201)
        (job,) = self.worker.send("GET", "/enterprises/employments", expect=200)["employments"]
        consent = {"answer": "join", "consent": True}
        self.worker.send("POST", f"/enterprises/employments/{job['organisation_id']}", consent, expect=200)
        (entry,) = self.enterprise.send("GET", "/enterprises/roster", expect=200)["entries"]
        equal((entry["joined"], entry["admitted"]), (True, True), "the roster's entry")
        return f"{entry['name_masked']} of {job['name']}: joined, admitted"

    # -- masks

    def announce_masks(self) -> str:
        self.command.sign_in()
        windows = [{"begins_at": rfc3339(self.day(2, 10)), "ends_at": rfc3339(self.day(4, 20))}]
        point = {"point_id": POINT, "name": "社区服务站", "community": self.cast["community"], "stock": 20, "slots": 10}
        body = {
            "title": "第一轮口罩申购",
            "opens_at": rfc3339(self.day(0, 9.5)),
            "closes_at": rfc3339(self.day(2, 8)),
            "reserve_by": rfc3339(self.day(4, 12)),
            "windows": windows,
            "points": [point],
            "packs_per_person": 2,
        }
        made = self.command.send("POST", "/masks/rounds", body, expect=201)
        self.kept["round"] = made["round_id"]
        self.on(0, 10, self.worker, self.neighbour)
        for citizen in (self.worker, self.neighbour):
            citizen.send("POST", f"/masks/rounds/{made['round_id']}/entries", {"points": [POINT]}, expect=201)
        self.refuse_twice()
        return f"commitment {made['commitment'][:16]}…; one ticket each, a second one refused"

    def refuse_twice(self) -> None:
        again = self.neighbour.raw("POST", f"/masks/rounds/{self.kept['round']}/entries", {"points": [POINT]})
        equal(again.status_code in {409, 422}, True, "a second entry")

    def draw(self) -> str:
        self.at(self.day(2, 9))  # an hour after closing: the job that draws comes every minute
        path = f"/masks/rounds/{self.kept['round']}"
        anybody = Client(self.stage)

        def drawn() -> bool:
            return anybody.send("GET", path, expect=200)["state"] in {"drawn", "picking-up"}

        settle(drawn, "the round was never drawn")
        told = anybody.send("GET", f"{path}/draw", expect=200)
        equal(check(anybody.send("GET", path, expect=200), [told]), (), "what is wrong with the draw")
        return f"seed {told['seed'][:16]}… fits the hash, {told['tickets']} tickets, every place recomputed"

    def hand_out(self) -> str:
        self.on(2, 11, self.neighbour, self.community)
        path = f"/masks/entries/{self.kept['round']}/reservations"
        kept = self.neighbour.send("POST", path, {"point": POINT, "window": 0}, expect=201)
        handed = self.community.send("POST", "/masks/pickups", {"code": kept["code"]}, expect=200)
        again = self.community.raw("POST", "/masks/pickups", {"code": kept["code"]})
        equal(again.status_code in {404, 409, 422}, True, "the same code again")
        return f"{handed['packs']} packs at {handed['point']}; the same code again: {again.status_code}"

    # -- a report

    def report(self) -> str:
        anybody = Client(self.stage)
        body = {
            "category": "fever",
            "description": "宿舍三楼有几个人发热，没有去看医生。",
            "place": {"community": self.cast["community"], "address": "工业大道 8 号宿舍"},
            "seen_at": rfc3339(self.day(0, 8)),
        }
        receipt = {"receipt": anybody.send("POST", "/reports/anonymous", body, expect=201)["receipt"]}
        self.community.sign_in()
        (seen,) = self.community.send("GET", "/reports", expect=200)["reports"]
        equal(seen["anonymous"], True, "without a name")
        question = {"text": "是几号楼？"}
        self.community.send("POST", f"/reports/{seen['report_id']}/questions", question, expect=201)
        (asked,) = anybody.send("POST", "/reports/receipts", receipt, expect=200)["messages"]
        anybody.send("POST", "/reports/receipts/answers", receipt | {"text": "2 号楼"}, expect=201)
        self.take(seen["case_id"], self.community, "looked-into")
        self.take(seen["case_id"], self.community, "closed", outcome="confirmed")
        followed = anybody.send("POST", "/reports/receipts", receipt, expect=200)
        equal(followed["case_state"], "closed", "state of the case")
        return f"{asked['text']} — {followed['messages'][-1]['text']}; looked into, confirmed"

    # -- a fever

    def check_in(self) -> str:
        self.on(1, 8, self.worker, self.enterprise, self.community, self.hospital)
        where = {"organisation_id": self.enterprise.row["uscc"], "place": "site"}
        made = self.worker.send("POST", "/enterprises/checkins", FEVER | where, expect=201)
        shown = self.worker.await_colour("yellow")
        self.kept["fever"] = made["record_id"]
        return str(shown["reasons"][0]["text"])

    def employer_sees(self) -> str:
        (entry,) = self.enterprise.send("GET", "/enterprises/roster", expect=200)["entries"]
        equal(entry["admitted"], False, "whether the pass admits")
        equal(set(entry) & {"colour", "reasons", "temperature_c"}, set(), "what the employer is told")
        day = rfc3339(self.day(1))[:10]
        counts = self.enterprise.send("GET", f"/enterprises/checkins/{day}", expect=200)["counts"]
        return f"admitted: {entry['admitted']}; {counts['checked_in']} of {counts['members']} checked in"

    def ask_for_help(self) -> str:
        advice = Client(self.stage).send(
            "POST", "/triage/checks", FEVER | {"division": self.cast["community"]}, expect=200
        )
        equal(advice["outcome"], "fever-clinic", "outcome of the self-check")
        wishes = {"wishes": ["home-visit", "hospital-referral", "disinfection", "counselling"]}
        asked = self.worker.send("POST", "/triage/help", FEVER | wishes, expect=201)
        self.kept["cases"] = {opened["wish"]: opened["case_id"] for opened in asked["cases"]}
        return f"{advice['word']}: {advice['now']} {len(asked['cases'])} cases with {asked['community_name']}"

    def help(self) -> str:
        cases = self.kept["cases"]
        self.take(cases["home-visit"], self.community, "visited", note="38.3 °C，独居")
        self.take(cases["home-visit"], self.community, "closed", outcome="referred-on")
        self.take(cases["disinfection"], self.community, "disinfected")
        self.take(cases["disinfection"], self.community, "closed", outcome="done")
        self.take(cases["counselling"], self.community, "counselled")
        self.take(cases["counselling"], self.community, "closed", outcome="helped")
        referral = cases["hospital-referral"]
        self.take(referral, self.community, "referred", organisation=self.hospital.staff["organisation"])
        self.take(referral, self.hospital, "appointment-confirmed", appointment_at=rfc3339(self.day(1, 14)))
        self.take(referral, self.hospital, "attended")
        (seen,) = self.worker.send("GET", "/triage/help", expect=200)["helps"]
        told = next(case for case in seen["cases"] if case["wish"] == "hospital-referral")
        return " → ".join(step["text"] for step in told["steps"])

    def take(self, case_id: str, officer: Officer, step: str, **told: str) -> None:
        """One step of a case, on top of what the officer has just read."""
        version = officer.send("GET", f"/casework/cases/{case_id}", expect=200)["case"]["version"]
        officer.send("POST", f"/casework/cases/{case_id}/steps", {"version": version, "step": step, **told}, expect=200)

    def isolate(self) -> str:
        self.on(1, 16, self.worker, self.hospital, self.community, self.health[0])
        result = self.result(positive=True)
        written = self.hospital.send("POST", "/casework/results", result, expect=201)
        referral = self.kept["cases"]["hospital-referral"]
        self.take(referral, self.hospital, "closed", outcome="tested-positive", record=written["record_id"])
        self.kept["order"] = self.ordered("worker", "suspected", referral)
        shown = self.worker.await_colour("red")
        self.kept["care"] = self.case_of(self.community, "isolation", self.persons["worker"])
        self.take(self.kept["care"], self.community, "started")
        self.take(self.kept["care"], self.community, "monitored", note="体温 37.8 °C")
        return f"{shown['reasons'][0]['text']} until {shown['until']}; the community looks in every day"

    def result(self, *, positive: bool) -> Json:
        return {
            "person_id": self.persons["worker"],
            "positive": positive,
            "method": "nucleic-acid",
            "taken_at": rfc3339(self.stage.now() - 3_600),
            "evidence": self.kept["cases"]["hospital-referral"],
            "legal_basis": DUTY_TO_TELL,
        }

    def ordered(self, name: str, reason: str, evidence: str) -> str:
        """Proposed by the community, approved by the first health officer: the order's record."""
        body = {
            "person_id": self.persons[name],
            "kind": "home",
            "reason": reason,
            "since": rfc3339(self.stage.now()),
            "until": rfc3339(self.stage.now() + 14 * DAY_S),
            "place": "home",
            "evidence": evidence,
            "legal_basis": QUARANTINE,
        }
        proposal = self.community.send("POST", "/casework/isolations", body, expect=201)
        path = f"/casework/approvals/{proposal['approval_id']}/decisions"
        decided = self.health[0].send("POST", path, {"decision": "approve", "note": "confirmed"}, expect=200)
        return str(decided["record_id"])

    # -- an appeal

    def appeal(self) -> str:
        self.on(1, 17, self.neighbour, self.community, self.health[0])
        order = self.ordered("neighbour", "close-contact", "contact report 31")
        self.neighbour.await_colour("red")
        self.kept["mistaken"] = rfc3339(self.stage.now())
        body = {"record_id": order, "statement": "我和发热的工友不认识，当天也不在厂里。"}
        filed = self.neighbour.send("POST", "/casework/appeals", body, expect=201)
        self.kept["appeal"] = filed["appeal_id"]
        own = self.health[0].raw("POST", f"/casework/appeals/{filed['appeal_id']}/decisions", self.upheld())
        equal(own.status_code in {403, 404}, True, "whoever ordered it decides the appeal")
        return f"receipt {filed['appeal_id']}, due by {filed['due_at']}; the one who ordered it: {own.status_code}"

    def upheld(self) -> Json:
        return {"decision": "uphold", "reasons": ["wrong-person"], "note": "同名，已核对。"}

    def uphold(self) -> str:
        self.on(1, 19, self.neighbour, self.health[1])
        path = f"/casework/appeals/{self.kept['appeal']}/decisions"
        decided = self.health[1].send("POST", path, self.upheld(), expect=200)
        equal(decided["state"], "upheld", "the appeal")
        self.neighbour.await_colour("green")
        past = self.neighbour.send("GET", "/passes/me/explanation", expect=200, at=self.kept["mistaken"])
        equal(past["colour"], "red", "the colour that it had")
        return "green two hours after the appeal; the explanation of then still says red, and by which record"

    # -- back

    def arrive(self) -> str:
        self.on(3, 9, self.neighbour, self.community)
        body = {
            "persons": [{"person": "me", "symptoms": []}],
            "from": "420106",
            "at": rfc3339(self.day(2, 22)),
            "by": "train",
            "number": "G1006",
            "stay": {"community": self.cast["community"]},
        }
        arrived = self.neighbour.send("POST", "/arrivals", body, expect=201)
        shown = self.neighbour.await_colour("yellow")
        read = self.community.send("GET", f"/casework/cases/{arrived['case_id']}", expect=200)
        return f"{shown['reasons'][0]['text']} {read['case']['kind']}, due {read['case']['due_at']}"

    def release(self) -> str:
        self.on(4, 9, self.worker, self.enterprise, self.community, self.hospital, self.health[1])
        self.hospital.send("POST", "/casework/results", self.result(positive=False), expect=201)
        release = {
            "person_id": self.persons["worker"],
            "order": self.kept["order"],
            "evidence": self.kept["cases"]["hospital-referral"],
            "legal_basis": QUARANTINE,
        }
        written = self.health[1].send("POST", "/casework/releases", release, expect=201)
        self.take(self.kept["care"], self.community, "closed", outcome="released", record=written["record_id"])
        self.worker.await_colour("green")
        well = {"temperature_c": 36.6, "symptoms": [], "place": "site"}
        where = {"organisation_id": self.enterprise.row["uscc"]}
        self.worker.send("POST", "/enterprises/checkins", well | where, expect=201)
        (entry,) = self.enterprise.send("GET", "/enterprises/roster", expect=200)["entries"]
        equal(entry["admitted"], True, "whether the pass admits")
        return "green, 36.6 °C, admitted"

    def timeline(self) -> str:
        case = self.kept["cases"]["hospital-referral"]
        chain = self.community.send("GET", f"/casework/cases/{case}/chain", expect=200)
        codes = [entry["code"] for entry in chain["timeline"]]
        equal({"visited", "attended", "isolation", "release"} <= set(codes), True, f"the timeline, {codes}")
        mine = self.worker.send("GET", "/casework/my/cases", expect=200)["cases"]
        return f"{len(chain['cases'])} cases and {len(codes)} entries; the worker sees {len(mine)} cases of their own"
