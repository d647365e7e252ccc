"""The third part of the story: what operators tell of phones, and what a pass, a holder and two officers make of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from infra.demo.people import Citizen, Client, Json, Officer
from infra.demo.scene import DAY_S, HERE, Scene, Step, equal, rfc3339, settle
from infra.demo.signalling import DAYS, OPERATOR, Signalling, days, midnight
from infra.local.folder import Folder

WEEKS = 5  # the Monday after the second part; a ring has keys for so many weeks
WUHAN, HUANGGANG = "three-nights-in-wuhan", "two-nights-in-huanggang"
TRAVELLER, LATECOMER = 5, 6  # of the identities
PDF = "application/pdf"


@dataclass
class Travels(Scene):
    """Two who were away, an operator, a gate, the community, and two of the health authority."""

    folder: Folder = field(kw_only=True)
    signalling: Signalling = field(init=False)
    traveller: Citizen = field(init=False)
    latecomer: Citizen = field(init=False)
    operator: Officer = field(init=False)
    community: Officer = field(init=False)
    health: tuple[Officer, Officer] = field(init=False)
    command: Officer = field(init=False)
    person: str = ""
    certificate: str = ""
    request: str = ""
    registered: int = 0
    yellow_at: str = ""
    used: Json = field(init=False, default_factory=dict)  # a lookup that was made

    def __post_init__(self) -> None:
        self.signalling = Signalling(self.stage, self.folder)
        identities, staff = self.cast["identities"], self.cast["staff"]
        self.traveller, self.latecomer = (
            Citizen(self.stage, phone=identities[number]["phone"]) for number in (TRAVELLER, LATECOMER)
        )
        self.operator, self.community, self.command = (
            Officer(self.stage, staff=staff[role][0])
            for role in ("department-feed", "community-officer", "district-command")
        )
        first, second = staff["health-authority"][:2]
        self.health = Officer(self.stage, staff=first), Officer(self.stage, staff=second)

    def steps(self) -> Iterator[Step]:
        yield "on the next Monday somebody registers who says nothing of a journey: green", self.register
        yield "an operator that was handed a key writes down where phones were in 14 days", self.simulate
        yield "towers and delivery are loaded: yellow, through the streams alone", self.load
        yield "the explanation names the city and the days", self.explain
        yield "whoever registers after the load is known as well: yellow", self.register_late
        yield "the holder looks their number up by a fresh code: day by day, city by city", self.look_up
        yield "a code opens one lookup, and of one's own number", self.one_code
        yield "the certificate as a document, and a gate that believes it", self.certify
        yield "a health officer asks who was with the case, and may not decide it", self.ask
        yield "another one approves and looks: pseudonyms, times, hours", self.approve
        yield (
            "whoever is registered among them has a review in their community, and the colour that they had",
            self.review,
        )
        yield "the operator corrects those days: the stays are withdrawn, green again", self.correct

    # -- a pass

    def register(self) -> str:
        self.begin_on_monday(WEEKS)
        self.person = self._registered(self.traveller, TRAVELLER)
        self.traveller.await_colour("green")
        return f"person {self.person}, green"

    def _registered(self, citizen: Citizen, number: int) -> str:
        """With an application, whatever colour comes of it."""
        citizen.sign_in()
        where = {"community": self.cast["community"], "address": self.cast["identities"][number]["address"]}
        registered = citizen.send("POST", "/identity/persons", self.identity_body(number) | where, expect=201)
        citizen.tokens |= registered
        citizen.send("POST", "/passes/me", {"holder": "person"}, expect=202)
        return str(registered["person_id"])

    def simulate(self) -> str:
        told = self.signalling.simulate(self._today)
        equal(self.signalling.planted(WUHAN).number, self.traveller.phone, "whose phone was in Wuhan")
        return told

    def load(self) -> str:
        told = self.signalling.load()
        self.traveller.await_colour("yellow")
        self.yellow_at = rfc3339(self.stage.now())
        return f"{told}; {self._case()} for the community"

    def _case(self) -> str:
        self.community.sign_in()
        return f"case {self.case_of(self.community, 'verify-yellow', self.person)}"

    def explain(self) -> str:
        return self._explained(self.traveller, WUHAN, "武汉市")

    def _explained(self, citizen: Citizen, story: str, city: str) -> str:
        why = citizen.send("GET", "/passes/me/explanation", expect=200)
        (reason,) = why["reasons"]
        there = days(self.signalling.planted(story))
        equal(reason["text"], f"有疫情重点地区停留史：{there[0]}至{there[-1]}在{city}。", "the explanation")
        sources = {(record["source"], record["class"]) for record in reason["records"]}
        equal(sources, {("operator", "stay")}, "the records behind it")
        return f"{why['policy']}: {reason['text']} ({len(reason['records'])} records of the operator)"

    def register_late(self) -> str:
        self._registered(self.latecomer, LATECOMER)
        self.latecomer.await_colour("yellow")
        return self._explained(self.latecomer, HUANGGANG, "黄冈市")

    # -- the holder's own lookup

    def look_up(self) -> str:
        found = self._looked_up(self._code())
        listed = [day["day"] for day in found["days"]]
        equal(listed, [str(self._today - timedelta(days=DAYS - number)) for number in range(DAYS)], "days")
        there = [day["day"] for day in found["days"] if "4201" in {city["code"] for city in day["cities"]}]
        equal(there, [str(day) for day in days(self.signalling.planted(WUHAN))], "days in Wuhan")
        self.certificate = found["certificate"]
        names = "、".join(city["name"] for city in found["cities"])
        return f"{found['phone_masked']}: {names}; Wuhan on {', '.join(there)}"

    def _code(self) -> Json:
        """A lookup's body, with a code from the SMS inbox."""
        phone = self.traveller.phone
        sent = Client(self.stage).send("POST", "/trajectories/codes", {"phone": phone}, expect=202)
        return {"phone": phone, "challenge_id": sent["challenge_id"], "code": self.stage.last_code(phone)}

    def _looked_up(self, body: Json) -> Json:
        self.used = body
        return Client(self.stage).send("POST", "/trajectories/lookups", body, expect=200)

    def one_code(self) -> str:
        again = Client(self.stage).raw("POST", "/trajectories/lookups", self.used)
        other = self._code() | {"phone": self.latecomer.phone}
        others = Client(self.stage).raw("POST", "/trajectories/lookups", other)
        codes = again.json()["code"], others.json()["code"]
        equal({again.status_code, others.status_code} & {200}, set(), "lookups by a used code, and of another number")
        return f"again: {codes[0]}; another number: {codes[1]}"

    def certify(self) -> str:
        anybody, asked = Client(self.stage), {"certificate": self.certificate}
        drawn = anybody.raw("POST", "/trajectories/certificates", asked | {"language": "zh-CN"}, accept=PDF)
        equal((drawn.status_code, drawn.content[:4]), (200, b"%PDF"), "the document")
        told = anybody.send("POST", "/checkpoints/certificates", asked, expect=200)
        equal((told["valid"], told["code"]), (True, None), "the certificate")
        equal(len(told["contents"]["days"]), DAYS, "days in it")
        forged = self.certificate[:-1] + ("0" if self.certificate[-1] != "0" else "1")
        refused = anybody.send("POST", "/checkpoints/certificates", {"certificate": forged}, expect=200)
        equal((refused["valid"], refused["contents"]), (False, None), "one character changed")
        return f"{len(drawn.content):,} bytes of PDF; it holds; one character changed: {refused['reason']}"

    # -- who was together

    def ask(self) -> str:
        for officer in (*self.health, self.command):
            officer.sign_in()
        body = {
            "case_id": self.case_of(self.community, "verify-yellow", self.person),
            "days": DAYS,
            "purpose": "contact-tracing",
            "legal_basis": "infectious-diseases-law-39",
        }
        asked = self.health[0].send("POST", "/trajectories/co-presences", body, expect=201)
        self.request = asked["request_id"]
        own = self.health[0].raw("POST", f"{self._question}/decisions", {"decision": "approve"})
        equal(own.status_code, 403, "deciding one's own question")
        unread = self.health[0].send("GET", self._question, expect=200)
        equal((unread["state"], unread["phones"]), ("open", []), "what is told before it is decided")
        return f"lapses at {asked['lapses_at']}; the asker: {own.json()['code']}"

    def approve(self) -> str:
        decided = self.health[1].send("POST", f"{self._question}/decisions", {"decision": "approve"}, expect=200)
        equal(decided["met"] > 0 and decided["registered"] > 0, True, f"somebody met, {decided}")
        told = self.health[0].send("GET", self._question, expect=200, limit="100")
        equal(len(told["phones"]), decided["met"], "phones")
        equal(self.signalling.planted(WUHAN).phone in str(told), False, "that an operator's pseudonym is told")
        minutes = [meeting["minutes"] for phone in told["phones"] for meeting in phone["meetings"]]
        equal(min(minutes) >= told["rule"]["minutes"], True, "the shortest meeting")
        self.registered, known = decided["registered"], len(told["known"])
        return (
            f"{decided['met']} phones, {self.registered} of them registered, {len(minutes)} meetings over {known} days"
        )

    def review(self) -> str:
        before = self._colours()
        self.at(int(self.stage.now()) + 60)  # the job that opens them comes every minute
        settle(self._answered, "the reviews were never opened")
        kind = "co-presence-review"
        cases = self.community.send("GET", "/casework/cases", expect=200, kind=kind, limit="100")["cases"]
        equal(0 < len(cases) <= self.registered, True, f"reviews of the community, {len(cases)}")
        equal(self._colours(), before, "colours in the towns")
        return f"{len(cases)} reviews in the first community; every town counts its colours as before"

    def _answered(self) -> bool:
        read = self.health[0].send("GET", self._question, expect=200, limit="1")
        return bool(read["state"] == "answered")

    def _colours(self) -> Json:
        """Of each town, once nothing waits in the streams."""
        before, seen = None, self._counted()
        while seen != before:
            time.sleep(1.0)
            before, seen = seen, self._counted()
        return seen

    def _counted(self) -> Json:
        return {
            town["code"]: town["colours"]
            for town in self.command.send("GET", "/identity/counters", expect=200)["towns"]
        }

    @property
    def _question(self) -> str:
        return f"/trajectories/co-presences/{self.request}"

    # -- a correction

    def correct(self) -> str:
        """By the API: days are told whole, and what is told later is in place of what was told before."""
        self.operator.sign_in()
        planted, tower = self.signalling.planted(WUHAN), self.signalling.tower()
        there = days(planted)
        rows = [
            {"phone": planted.phone, "tower": tower, "from": rfc3339(begins), "to": rfc3339(begins + DAY_S)}
            for begins in map(midnight, there)
        ]
        body = {"operator": OPERATOR, "sequence": 2, "first": str(there[0]), "last": str(there[-1]), "rows": rows}
        told = self.operator.send("POST", "/trajectories/sightings", body, expect=200)
        self.traveller.await_colour("green")
        past = self.traveller.send("GET", "/passes/me/explanation", expect=200, at=self.yellow_at)
        equal(past["colour"], "yellow", "the colour that it had")
        found = self._looked_up(self._code())
        equal("4201" in {city["code"] for city in found["cities"]}, False, "that Wuhan is told")
        return f"{told['person_days']} person-days; the lookup tells of no Wuhan; then it was {past['colour']}"

    @property
    def _today(self) -> date:
        return datetime.fromtimestamp(self.began, HERE).date()
