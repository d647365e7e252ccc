"""What gets a case past "no such thing": names of what is there, put into some of the places where they could be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyotp
from hypothesis import strategies as st
from nanhai import policies
from nanhai.domain.actors import Role
from nanhai.domain.days import local_day
from nanhai.domain.records import Holder
from nanhai.services.identity import totp
from nanhai.services.sweep import segments
from nanhai.store import jobs
from schemathesis import Case

from tests.contract.district import BABY, CITIZEN, DEVICE, FEVERISH, NEWCOMER, PHONES, District
from tests.contract.good import GOOD, certificate, reported
from tests.functions.casework import desk
from tests.functions.checkpoints.stand import HERE, rfc3339
from tests.functions.identity import company
from tests.functions.identity.world import PASSWORD
from tests.functions.masks import stall

Make = Callable[[District], Any]
CANDIDATE = policies.document("nanhai-2020-03-01") | {"version": "candidate"}
APPROVALS_PER_DAY = 4
HOUR_S, DAY_S = 3_600, 86_400
REPORTS_APART_S = 120
PAST_S = (0, -60, -HOUR_S, -DAY_S, -13 * DAY_S, -40 * DAY_S)
FUTURE_S = (DAY_S, HOUR_S, 13 * DAY_S, 60, 400 * DAY_S)
EDGES = ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "1970-01-01T00:00:00Z")
AT_EDGES: list[Make] = [lambda _, edge=edge: edge for edge in EDGES]
PAST: list[Make] = [lambda d, s=seconds: rfc3339(d.now + s) for seconds in PAST_S]
FUTURE: list[Make] = [lambda d, s=seconds: rfc3339(d.now + s) for seconds in FUTURE_S]
PERSONS: list[Make] = [lambda d: d.citizen, lambda d: d.feverish, lambda d: d.isolated[0], lambda d: d.child]
TEXTS: list[Make] = [
    lambda _, text=text: text
    for text in ("\0", "😀" * 20, "\u202e\u2066", "' or 1=1 --", "{{7*7}}%s{x}", "\U0010ffff", "x\n")
]


def _token(holder: Holder) -> Make:
    return lambda d: d.shown(d.citizen, holder=holder)


def _member(d: District) -> str:
    """Of staff who can sign in."""
    if "clerk" not in d.kept:
        d.kept["secret"] = totp.new_secret(d.here.entropy)
        d.kept["clerk"] = d.member(Role.AUDITOR, d.kept["secret"]).staff_id
    return d.kept["clerk"]


def _one_time(d: District) -> str:
    _member(d)
    return pyotp.TOTP(d.kept["secret"]).at(d.now)


def _challenge(d: District) -> str:
    """For a phone that nobody asked with before."""
    d.kept["phone"] = f"+86137{d.now % 10**8:08d}"
    return d.made(None, "POST", "/identity/codes", {"phone": d.kept["phone"], "purpose": "sign-in"})["challenge_id"]


def _phone(d: District) -> str:
    return d.kept.get("phone", PHONES[NEWCOMER])


def _code(d: District) -> str:
    return d.outside.code_for(d.kept["phone"]) if "phone" in d.kept else "000000"


def _approval(d: District) -> str:
    """A few new ones a day: for the people of one community nobody may propose many."""
    today = local_day(d.now)
    made = d.kept.setdefault("approvals", [])
    if sum(day == today for day, _ in made) < APPROVALS_PER_DAY:
        body = desk.isolation(d, d.feverish)
        proposed = d.made(d.by(Role.TOWN_OFFICER), "POST", "/casework/isolations", body)
        made.append((today, proposed["approval_id"]))
    return made[-1][1]


def _paper(d: District) -> str:
    papers = d.made(d.by(Role.CITIZEN), "GET", "/passes/me/paper")["papers"]
    return (papers or [d.made(d.by(Role.CITIZEN), "POST", "/passes/me/paper", {"days": 7})])[0]["paper_id"]


def _offline(d: District) -> list[dict[str, str]]:
    """Checks of now, of long ago, and of no pass at all."""
    checks = [(holder(d), at(d)) for holder, at in zip(SCANNED, PAST + AT_EDGES, strict=False)]
    return [{"token": token, "at": at, "verdict": "admit"} for token, at in checks]


def _candidate(d: District) -> dict[str, Any]:
    """Once every other dry run is finished."""
    d.work()
    return CANDIDATE


def _dry_run(d: District) -> str:
    """The one that goes on, or a new one: there is one at a time."""
    d.work()
    asked = d.by(Role.HEALTH_AUTHORITY), "POST", "/passes/dry-runs", {"policy": CANDIDATE}
    return jobs.latest(segments.DRY_RUN) or d.made(*asked)["job_id"]


def _path_of(name: str, part: str) -> Make:
    """What stands in the braces of a granted request: the same one at each look."""

    def made(d: District) -> str:
        if name not in d.kept:
            d.kept[name] = GOOD[name](d).path[part]
        return d.kept[name]

    return made


def _report(d: District) -> tuple[str, str]:
    """A new one every other minute: of one network nobody takes many in an hour. Its id, and its receipt."""
    made = d.kept.setdefault("reports", [])
    if not made or d.now - made[-1][2] >= REPORTS_APART_S:
        report_id, receipt = reported(d)
        made.append((report_id, receipt["receipt"], d.now))
    return made[-1][:2]


SCANNED: list[Make] = [*map(_token, Holder), lambda _: "", *TEXTS]
IN_PATH: Mapping[str, list[Make]] = {
    "who": [lambda _: "me", lambda d: d.citizen, lambda d: d.child, lambda d: d.feverish],
    "person_id": PERSONS,
    "approval_id": [_approval],
    "paper_id": [_paper, lambda _: "999999999999", lambda _: "0"],
    "gate_id": [lambda d: d.north_gate],
    "job_id": [_dry_run],
    "case_id": [_path_of("casework.read_case", "case_id")],
    "report_id": [lambda d: _report(d)[0]],
    "batch_id": [_path_of("casework.read_batch", "batch_id")],
    "request_id": [_path_of("trajectories.read_co_presence", "request_id")],
    "appeal_id": [_path_of("casework.read_appeal", "appeal_id")],
    "version": [lambda _: "nanhai-2020-03-01"],
    "name": [lambda _: "index.html", lambda _: "uqr.js"],
    "uscc": [_path_of("enterprises.inspect_filing", "uscc")],
    "organisation_id": [_path_of("enterprises.answer_employment", "organisation_id")],
    "import_id": [_path_of("enterprises.read_import", "import_id"), _path_of("arrivals.read_import", "import_id")],
    "day": [_path_of("enterprises.read_day", "day")],
    "round_id": [
        lambda d: stall.announced(d)["round_id"],
        lambda d: stall.drawn(d)["round_id"],
        _path_of("masks.begin_draw", "round_id"),
    ],
}
IN_QUERY: Mapping[str, list[Make]] = {
    "at": PAST + FUTURE + AT_EDGES,
    "since": PAST + FUTURE + AT_EDGES,
    "day": [lambda _: "2020-06-24", lambda _: "0001-01-01", lambda _: "9999-12-31"],
    "community": [lambda _: HERE],
    "division": [lambda _: HERE, lambda _: "440605", lambda _: "440605122"],
}
IN_BODY: Mapping[str, list[Make]] = {
    "points": [lambda _: [stall.EAST], lambda _: [stall.EAST, "X"], lambda d: stall.new_round(d)["points"]],
    "point": [lambda _: stall.EAST],
    "windows": [lambda d: stall.new_round(d)["windows"]],
    "opens_at": PAST + FUTURE + AT_EDGES,
    "closes_at": FUTURE + PAST + AT_EDGES,
    "reserve_by": FUTURE + PAST + AT_EDGES,
    "person_id": PERSONS,
    "order": [lambda d: d.isolated[1]],
    "places": [lambda d: [d.north_gate], lambda _: [HERE], lambda _: ["440605011", "NOWHERE"]],
    "token": SCANNED,
    "certificate": [certificate, _token(Holder.PERSON), *TEXTS],
    "language": [lambda _: "zh-CN", lambda _: "en"],
    "at": PAST + FUTURE + AT_EDGES,
    "since": PAST + FUTURE + AT_EDGES,
    "until": FUTURE + PAST + AT_EDGES,
    "taken_at": PAST + FUTURE + AT_EDGES,
    "kind": [lambda _: "home", lambda _: "facility"],
    "reason": [lambda _: "close-contact", lambda _: "suspected", lambda _: "bank-depositor"],
    "legal_basis": [lambda _: "infectious-diseases-law-39"],
    "community": [lambda _: HERE],
    "gate_id": [lambda d: d.north_gate, lambda d: f"GATE-{d.now}"],
    "id_type": [lambda _: "10"],
    "id_number": [lambda _, who=who: who.number for who in (CITIZEN, FEVERISH, NEWCOMER, BABY)],
    "name": [lambda _: NEWCOMER.name, lambda _: BABY.name, *TEXTS],
    "phone": [_phone, lambda _: PHONES[CITIZEN]],
    "challenge_id": [_challenge],
    "code": [_code, lambda _: "000000"],
    "device": [lambda _: DEVICE],
    "wechat_code": [lambda _: None, lambda _: "code-of-wx-login"],
    "refresh_token": [lambda d: d.session(d.citizen)[1]],
    "staff_id": [_member],
    "password": [lambda _: PASSWORD],
    "totp": [_one_time],
    "temperature_c": [lambda _: 36.5, lambda _: 37.6, lambda _: 1e308, lambda _: -0.0],
    "policy": [_candidate, lambda _: {"version": 5}],
    "symptoms": [lambda _: ["fever", "fever"], lambda _: ["cough"]],
    "exposures": [lambda _: ["area-stay"], lambda _: ["cluster", "cluster"]],
    "risks": [lambda _: ["age-65"], lambda _: []],
    "wishes": [lambda _: ["home-visit", "counselling"], lambda _: ["disinfection", "disinfection"]],
    "who": [lambda _: "me", lambda d: d.child, lambda d: d.feverish],
    "division": [lambda _: HERE, lambda _: HERE[:9]],
    "uscc": [lambda d: company.known(d)[0], lambda _: company.STRANGER, lambda _: company.STRANGER[:-1]],
    "address": TEXTS,
    "evidence": TEXTS,
    "place": TEXTS,
    "note": TEXTS,
    "scans": [_offline],
    "into": [lambda d: d.kept["reports"][0][0] if "reports" in d.kept else _report(d)[0]],
    "receipt": [lambda d: _report(d)[1], *TEXTS],
    "seen_at": PAST + FUTURE + AT_EDGES,
    "text": [lambda _: "桂城街道桂一社区 3 栋", *TEXTS],
    "organisation_id": [_path_of("enterprises.answer_employment", "organisation_id"), lambda _: company.STRANGER],
    "people": [lambda _: [{"name": CITIZEN.name, "id_number": CITIZEN.number}]],
}


WHOLE: Mapping[str, Make] = {  # what no fields that are drawn one by one would ever be
    name: lambda d, name=name: GOOD[name](d).body
    for name in (
        "arrivals.import_arrivals",
        "arrivals.tell_arrival",
        "casework.propose_isolation",
        "enterprises.file",
        "identity.add_dependant",
        "identity.register_person",
        "masks.create_round",
        "portal.find_address",
        "reports.answer_question",
        "reports.write_anonymous_report",
        "reports.write_report",
        "trajectories.ask_co_presence",
        "trajectories.look_up",
    )
}


@dataclass(frozen=True)
class Drawn:
    """A case, and what is put into its places before it is sent: made only then, for it may take requests."""

    case: Case
    in_path: Mapping[str, Make]
    in_query: Mapping[str, Make]
    in_body: Mapping[str, Make]
    whole_body: Make | None

    def made(self, district: District) -> Case:
        case = self.case
        case.path_parameters = _replaced(case.path_parameters or {}, self.in_path, district)
        case.query = _replaced(case.query or {}, self.in_query, district)
        if self.in_body:
            case.body = _replaced(case.body, self.in_body, district)
        if self.whole_body is not None:
            case.body = self.whole_body(district)
        return case


@st.composite
def drawn(draw: st.DrawFn, cases: st.SearchStrategy[Case], name: str, *, body: bool) -> Drawn:
    """Cases some of whose names will be of what is there; those of the body stay as drawn unless `body`."""
    case = draw(cases)
    told = case.body if body and isinstance(case.body, dict) else {}
    choices = ((case.path_parameters, IN_PATH), (case.query, IN_QUERY), (told, IN_BODY))
    whole = WHOLE.get(name) if told and draw(st.integers(0, 3)) == 0 else None
    return Drawn(case, *(_chosen(draw, fields or {}, known) for fields, known in choices), whole)


def _chosen(draw: st.DrawFn, fields: Mapping[str, Any], known: Mapping[str, list[Make]]) -> dict[str, Make]:
    """For three of four of the fields that are known."""
    return {
        name: draw(st.sampled_from(known[name])) for name in fields if name in known and draw(st.integers(0, 3)) < 3
    }


def _replaced(fields: Mapping[str, Any], by: Mapping[str, Make], district: District) -> dict[str, Any]:
    return {name: by[name](district) if name in by else value for name, value in fields.items()}
