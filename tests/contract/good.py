"""For every endpoint one request that is granted: what is refused in the other tests is refused for its one mistake."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyotp
from nanhai import policies
from nanhai.domain.actors import Role
from nanhai.domain.cities import CityDay
from nanhai.domain.days import local_date, local_day
from nanhai.edge import authority
from nanhai.edge.api import endpoints
from nanhai.edge.endpoint import Endpoint
from nanhai.services.casework import figures
from nanhai.services.identity import totp
from nanhai.services.sheets import CSV
from nanhai.services.sweep import segments
from nanhai.services.trajectories import certificates
from nanhai.store import jobs, lookups
from nanhai.store.reports import RECEIPT

from infra.local.apps import load_all
from tests.contract.district import BABY, CITIZEN, DEVICE, FEVERISH, NEWCOMER, PHONES, District, Sent
from tests.domain.pictures import picture
from tests.functions.arrivals import desk as travellers
from tests.functions.casework import desk, work
from tests.functions.checkpoints.stand import HERE, rfc3339
from tests.functions.enterprises.office import filing
from tests.functions.identity import company
from tests.functions.identity.world import PASSWORD
from tests.functions.masks import stall
from tests.functions.reports import desk as reporting
from tests.services.trajectories import deliveries

GRANTED = {200, 201, 202, 204}
ROLES = [role for role in Role if role is not Role.ANONYMOUS]


@dataclass(frozen=True)
class Served:
    """One endpoint under the name of its operation, and the base path that it is served under."""

    base: str
    endpoint: Endpoint

    @property
    def name(self) -> str:
        return f"{self.base}.{self.endpoint.view.__name__}"

    @property
    def is_public(self) -> bool:
        return authority.is_public(self.endpoint.operation)

    @property
    def roles(self) -> list[Role]:
        """Who may call it, none of whom is anonymous."""
        return [role for role in ROLES if role in authority.MATRIX[self.endpoint.operation]]


@dataclass(frozen=True)
class Good:
    """What stands in a path's braces, in the query, in the body; `token` where it takes a person of its own."""

    body: Any = None
    path: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    token: str | None = None


EVERY = [Served(base, endpoint) for base, app in load_all().items() for endpoint in endpoints(app)]


def good(district: District, served: Served) -> Sent:
    """A request that is granted, by somebody who may call it."""
    what = GOOD[served.name](district)
    path = f"/{served.base}{served.endpoint.path}"
    for name, value in what.path.items():
        path = path.replace(f"{{{name}}}", value)
    headers = {"Accept": "*/*"}
    if not served.is_public:
        headers["Authorization"] = f"Bearer {what.token or district.by(served.roles[0])}"
    if served.endpoint.once:
        headers["Idempotency-Key"] = f"once-and-not-again-{served.endpoint.view.__name__}"
    if what.body is None:
        return Sent(served.endpoint.method, path, what.query, headers)
    headers["Content-Type"] = "application/json"
    return Sent(served.endpoint.method, path, what.query, headers, encoded(what.body))


def encoded(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _challenge(district: District) -> dict[str, str]:
    phone = PHONES[NEWCOMER]
    sent = district.made(None, "POST", "/identity/codes", {"phone": phone, "purpose": "sign-in"})
    code = district.outside.code_for(phone)
    return {"challenge_id": sent["challenge_id"], "phone": phone, "code": code, "device": DEVICE}


def _credentials(district: District) -> dict[str, str]:
    secret = totp.new_secret(district.here.entropy)
    member = district.member(Role.AUDITOR, secret)
    code = pyotp.TOTP(secret).at(district.now)
    return {"staff_id": member.staff_id, "password": PASSWORD, "totp": code, "device": DEVICE}


def _approval(district: District) -> str:
    body = desk.isolation(district, district.feverish)
    return district.made(district.by(Role.COMMUNITY_OFFICER), "POST", "/casework/isolations", body)["approval_id"]


def _case(district: District, **about: str) -> str:
    """About a person, so that it has everything a case can have."""
    body = work.case(district.feverish) | about
    return district.made(district.by(Role.COMMUNITY_OFFICER), "POST", "/casework/cases", body)["case_id"]


def _why(district: District) -> str:
    return f"purpose=home-visit&case={_case(district)}"


def _look_up(district: District) -> dict[str, str]:
    """Of the feverish, by the card."""
    return {"id_type": "10", "id_number": FEVERISH.number, "purpose": "home-visit", "case": _case(district)}


def _of_case(district: District) -> dict[str, str]:
    return {"case_id": _case(district)}


def _result(district: District) -> dict[str, Any]:
    """Of somebody who was referred to the hospital that writes it."""
    district.by(Role.HOSPITAL)
    case_id = _case(district, kind="hospital-referral")
    step = {"version": 1, "step": "referred", "organisation": f"{Role.HOSPITAL.value}-1"}
    district.made(district.by(Role.COMMUNITY_OFFICER), "POST", f"/casework/cases/{case_id}/steps", step)
    return desk.result(district, district.feverish)


def _officer(district: District) -> str:
    district.by(Role.COMMUNITY_OFFICER)
    return district.members[Role.COMMUNITY_OFFICER]


def _paper(district: District) -> dict[str, str]:
    """Papers are told apart by their second."""
    district.now += 1
    issued = district.made(district.by(Role.CITIZEN), "POST", "/passes/me/paper", {"days": 7})
    district.now += 1
    return {"who": "me", "paper_id": issued["paper_id"]}


def _dry_run(district: District) -> dict[str, str]:
    """One at a time: those before are finished."""
    district.work()
    """The one that goes on, or a new one: there is one at a time."""
    going = jobs.latest(segments.DRY_RUN)
    asked = district.by(Role.DISTRICT_COMMAND), "POST", "/passes/dry-runs", {"policy": _candidate()}
    return {"job_id": going or district.made(*asked)["job_id"]}


def _candidate() -> dict[str, Any]:
    return policies.document("nanhai-2020-03-01") | {"version": "candidate"}


def _registration(district: District) -> Good:
    body = NEWCOMER.body | {"community": HERE, "address": "桂澜路 2 号"}
    return Good(body, token=district.session()[0])


def _dependant(district: District) -> Good:
    until = rfc3339(district.now + 30 * desk.DAY_S)
    return Good(BABY.body | {"relation": "child", "consent": True, "until": until})


def _offline(district: District) -> dict[str, Any]:
    return {"token": district.shown(district.citizen), "at": rfc3339(district.now), "verdict": "admit"}


def _enterprise_challenge(district: District) -> dict[str, str]:
    code, phone = company.known(district)
    sent = district.made(None, "POST", "/identity/enterprise/codes", {"uscc": code, "device": DEVICE})
    return {
        "challenge_id": sent["challenge_id"],
        "uscc": code,
        "code": district.outside.code_for(phone),
        "device": DEVICE,
    }


def _felt() -> dict[str, Any]:
    felt = {"temperature_c": 37.6, "symptoms": ["cough"], "exposures": ["area-stay"], "risks": ["age-65"]}
    return felt | {"distress": True}


def _help() -> dict[str, Any]:
    where = {"address": "桂澜路 1 号", "community": HERE}
    return _felt() | where | {"who": "me", "wishes": ["home-visit", "counselling"], "note": "二楼"}


def _filed(district: District) -> dict[str, str]:
    """The filing of an enterprise of its own, submitted."""
    code, _ = company.known(district)
    token = district.token_of(code, Role.ENTERPRISE)
    district.made(token, "POST", "/enterprises/filings", filing(district))
    return {"uscc": code}


def _own_filing(district: District) -> Good:
    return Good(query="limit=5", token=district.token_of(_filed(district)["uscc"], Role.ENTERPRISE))


def _invitation(district: District) -> dict[str, Any]:
    """Of the citizen, who is there at the latest now."""
    district.citizen  # noqa: B018 - made when first asked for
    return {"people": [{"name": CITIZEN.name, "id_number": CITIZEN.number, "number": "A-1"}]}


def _invited(district: District) -> dict[str, str]:
    asked = district.by(Role.ENTERPRISE), "POST", "/enterprises/roster/invitations", _invitation(district)
    district.made(*asked)
    return {"organisation_id": district.enterprise}


def _employed(district: District) -> dict[str, str]:
    path = _invited(district)
    asked = f"/enterprises/employments/{district.enterprise}", {"answer": "join", "consent": True}
    district.made(district.by(Role.CITIZEN), "POST", *asked)
    return path


def _morning(district: District) -> dict[str, Any]:
    return _employed(district) | {"temperature_c": 36.5, "symptoms": ["cough"], "place": "site"}


def _sheet(district: District) -> dict[str, str]:
    """Uploaded as a browser does it."""
    asked = district.by(Role.ENTERPRISE), "POST", "/enterprises/roster/files", {"media_type": CSV}
    upload_id = district.made(*asked)["upload_id"]
    data = "姓名,手机号码\n何香凝,13700000001\n".encode()
    district.here.uploads.stored(f"incoming/sheet/{upload_id}", data, CSV)
    return {"upload_id": upload_id}


def _roster_import(district: District) -> dict[str, str]:
    asked = district.by(Role.ENTERPRISE), "POST", "/enterprises/roster/imports", _sheet(district)
    return {"import_id": district.made(*asked)["import_id"]}


def _today(district: District) -> dict[str, str]:
    _employed(district)
    return {"day": str(local_date(district.now))}


def _report(district: District, **changes: Any) -> dict[str, Any]:
    return reporting.report(district) | changes


def _photo(district: District) -> dict[str, Any]:
    """A report with all that can be told."""
    place = {"community": HERE, "address": "桂澜路 1 号", "latitude": 23.03, "longitude": 113.15}
    return _report(district, place=place, photos=[_uploaded(district)])


def _uploaded(district: District) -> str:
    """A photo, uploaded as a browser does it."""
    upload_id = district.made(None, "POST", "/reports/photos", {"media_type": "image/png"})["upload_id"]
    district.here.uploads.stored(f"incoming/photo/{upload_id}", picture("PNG"), "image/png")
    return upload_id


def reported(district: District) -> tuple[str, dict[str, str]]:
    """A new report by nobody, and its receipt."""
    receipt = district.made(None, "POST", "/reports/anonymous", _report(district))["receipt"]
    return lookups.find(district.here.blind(RECEIPT, "follow", receipt), RECEIPT), {"receipt": receipt}


def _of_report(district: District) -> dict[str, str]:
    return {"report_id": reported(district)[0]}


def _questioned(district: District) -> dict[str, str]:
    """The receipt of a report with a question."""
    report_id, receipt = reported(district)
    question = f"/reports/{report_id}/questions", {"text": "哪一栋？"}
    district.made(district.by(Role.COMMUNITY_OFFICER), "POST", *question)
    return receipt


def _appealable(district: District, person: str) -> dict[str, str]:
    """The first record behind somebody's colour."""
    told = district.made(district.own(person), "GET", "/passes/me/explanation")
    record_id = told["reasons"][0]["records"][0]["record_id"]
    return {"record_id": record_id, "statement": "那不是我。", "evidence": [_uploaded(district)]}


def _appeal(district: District) -> dict[str, str]:
    """One at a time against one record."""
    if "appeal" not in district.kept:
        asked = district.own(district.feverish), "POST", "/casework/appeals", _appealable(district, district.feverish)
        district.kept["appeal"] = district.made(*asked)["appeal_id"]
    return {"appeal_id": district.kept["appeal"]}


def _many(district: District) -> dict[str, Any]:
    order = desk.isolation(district, district.feverish)
    row = {name: order.pop(name) for name in ("person_id", "evidence")}
    return order | {"rows": [row]}


def _batch(district: District) -> dict[str, str]:
    asked = district.by(Role.COMMUNITY_OFFICER), "POST", "/casework/batches", _many(district)
    return {"batch_id": district.made(*asked)["batch_id"]}


def _figures(district: District) -> Good:
    figures.take(district.here, district.now)
    return Good()


DISMISSED = {"decision": "dismiss", "reasons": ["nothing-shown"], "note": "未提供材料"}


def _arrival(district: District) -> dict[str, Any]:
    came = {"from": "440100", "at": rfc3339(district.now - 3_600), "by": "train", "number": "G1003"}
    persons = [{"person": "me", "temperature_c": 36.5, "symptoms": ["cough"]}, {"person": district.child}]
    return came | {"persons": persons, "stay": {"community": HERE, "address": "桂澜路 1 号"}}


def _coach(district: District) -> dict[str, Any]:
    """A sheet of arrivals: somebody whom the register knows, and a row that is wrong."""
    asked = district.by(Role.COMMUNITY_OFFICER), "POST", "/arrivals/files", {"media_type": CSV}
    upload_id = district.made(*asked)["upload_id"]
    at = rfc3339(district.now - 3_600)
    rows = [f"{NEWCOMER.name},10,{NEWCOMER.number},,,,12A,,,36.5,无", "甲,10,1,,,,,,,,"]
    data = "\n".join((",".join(travellers.HEADER), *rows)).encode()
    district.here.uploads.stored(f"incoming/sheet/{upload_id}", data, CSV)
    told = {"kind": "coach", "by": "coach", "number": "E12345", "from": "440100", "at": at, "community": HERE}
    return {"upload_id": upload_id} | told


def _coach_taken(district: District) -> str:
    asked = district.by(Role.COMMUNITY_OFFICER), "POST", "/arrivals/imports", _coach(district)
    return district.made(*asked)["import_id"]


def _masks_order(district: District) -> Good:
    """By an enterprise whose filing was accepted."""
    token = district.token_of(stall.employer(district), Role.ENTERPRISE)
    return Good({"point": stall.EAST, "packs": 10}, stall.announced(district), token=token)


def _lookup(district: District) -> dict[str, str]:
    """Of a number that nobody asked with before."""
    district.kept["lookups"] = district.kept.get("lookups", 0) + 1
    phone = f"+86135{district.kept['lookups']:08d}"
    sent = district.made(None, "POST", "/trajectories/codes", {"phone": phone})
    return {"challenge_id": sent["challenge_id"], "phone": phone, "code": district.outside.code_for(phone)}


def _sightings(district: District) -> dict[str, Any]:
    """Under a number of its own: another delivery would be refused."""
    deliveries.load_towers(district.now)
    district.kept["sequence"] = district.kept.get("sequence", 0) + 1
    row = {
        "phone": deliveries.phone(1),
        "tower": "T-001",
        "from": rfc3339(district.now - 60),
        "to": rfc3339(district.now),
    }
    day = local_date(district.now - 60).isoformat()
    told = {"operator": deliveries.OPERATOR, "sequence": district.kept["sequence"], "first": day, "last": day}
    return told | {"rows": [row]}


def _co_presence(district: District, **changes: Any) -> dict[str, Any]:
    """On account of a case about somebody with a phone."""
    asked = {"case_id": _case(district, kind="isolation"), "days": 14, "purpose": "contact-tracing"}
    return asked | {"legal_basis": "infectious-diseases-law-39"} | changes


def _together(district: District) -> dict[str, str]:
    asked = district.by(Role.HEALTH_AUTHORITY), "POST", "/trajectories/co-presences", _co_presence(district)
    return {"request_id": district.made(*asked)["request_id"]}


def _second(district: District) -> Good:
    """Who asked does not decide."""
    another = district.token_of(district.member(Role.HEALTH_AUTHORITY).staff_id, Role.HEALTH_AUTHORITY)
    return Good({"decision": "approve"}, _together(district), token=another)


def certificate(district: District) -> str:
    """Of a lookup of now."""
    yesterday = CityDay(local_day(district.now) - 1, "4406", 18_000)
    return certificates.issued(district.here, PHONES[CITIZEN], [yesterday], district.now)[1]


ME = {"who": "me"}
GOOD: dict[str, Callable[[District], Good]] = {
    "identity.send_code": lambda d: Good({"phone": PHONES[NEWCOMER], "purpose": "sign-in", "device": DEVICE}),
    "identity.open_session": lambda d: Good(_challenge(d)),
    "identity.refresh_session": lambda d: Good({"refresh_token": d.session(d.citizen)[1], "device": DEVICE}),
    "identity.close_session": lambda d: Good(token=d.session(d.citizen)[0]),
    "identity.open_staff_session": lambda d: Good(_credentials(d)),
    "identity.send_enterprise_code": lambda d: Good({"uscc": company.known(d)[0], "device": DEVICE}),
    "identity.open_enterprise_session": lambda d: Good(_enterprise_challenge(d)),
    "identity.register_person": _registration,
    "identity.read_me": lambda d: Good(),
    "identity.add_dependant": _dependant,
    "identity.read_channels": lambda d: Good(),
    "identity.link_channels": lambda d: Good({"wechat_code": "code-of-wx-login", "consent": True}),
    "identity.read_access_log": lambda d: Good(query="limit=5"),
    "identity.read_notices": lambda d: Good(query="limit=5"),
    "identity.read_access_log_of": lambda d: Good(path={"who": d.child}, query="limit=5"),
    "identity.read_notices_of": lambda d: Good(path={"who": d.child}, query="limit=5"),
    "identity.look_up_person": lambda d: Good(_look_up(d)),
    "identity.read_person": lambda d: Good(path={"person_id": d.feverish}, query=_why(d)),
    "identity.read_counters": lambda d: Good(),
    "identity.read_audit": lambda d: Good(query="day=2020-06-24&shard=0"),
    "passes.list_policies": lambda d: Good(),
    "passes.read_policy": lambda d: Good(path={"version": "nanhai-2020-03-01"}),
    "passes.start_dry_run": lambda d: Good({"policy": _candidate()}),
    "passes.read_dry_run": lambda d: Good(path=_dry_run(d)),
    "passes.apply_for_pass": lambda d: Good({"holder": "dependant"}, {"who": d.child}),
    "passes.show_pass": lambda d: Good(path=ME),
    "passes.read_tokens": lambda d: Good(path=ME),
    "passes.draw_png": lambda d: Good(path=ME),
    "passes.draw_svg": lambda d: Good(path=ME),
    "passes.issue_paper": lambda d: Good({"days": 7}, ME),
    "passes.list_papers": lambda d: Good(path=ME),
    "passes.revoke_paper": lambda d: Good(path=_paper(d)),
    "passes.draw_paper_png": lambda d: Good(path=_paper(d)),
    "passes.draw_paper_svg": lambda d: Good(path=_paper(d)),
    "passes.declare_health": lambda d: Good({"temperature_c": 36.5, "symptoms": ["cough"]}, ME),
    "passes.explain_pass": lambda d: Good(path=ME, query=f"at={rfc3339(d.now)}"),
    "passes.read_history": lambda d: Good(path=ME, query="limit=5"),
    "checkpoints.check": lambda d: Good({"token": d.shown(d.citizen)}),
    "checkpoints.upload": lambda d: Good({"scans": [_offline(d)]}),
    "checkpoints.create_gate": lambda d: Good({"gate_id": "GATE-9", "name": "West gate", "community": HERE}),
    "checkpoints.list_gates": lambda d: Good(query=f"community={HERE}&limit=5"),
    "checkpoints.count_checks": lambda d: Good(path={"gate_id": d.north_gate}, query="day=2020-06-24"),
    "checkpoints.read_trust": lambda d: Good(),
    "checkpoints.read_denylist": lambda d: Good(query=f"since={rfc3339(d.now)}"),
    "checkpoints.read_corrections": lambda d: Good(query=f"since={rfc3339(d.now)}&limit=5"),
    "casework.clear": lambda d: Good(desk.clearance(d, d.feverish, places=[d.north_gate])),
    "casework.propose_isolation": lambda d: Good(desk.isolation(d, d.feverish)),
    "casework.list_approvals": lambda d: Good(query="state=open&limit=5"),
    "casework.read_approval": lambda d: Good(path={"approval_id": _approval(d)}),
    "casework.decide_approval": lambda d: Good({"decision": "reject", "note": "no"}, {"approval_id": _approval(d)}),
    "casework.release": lambda d: Good(desk.release(*d.isolated)),
    "casework.enter_result": lambda d: Good(_result(d)),
    "casework.file_appeal": lambda d: Good(_appealable(d, d.mistaken), token=d.own(d.mistaken)),
    "casework.list_my_appeals": lambda d: Good(query="who=me&limit=5"),
    "casework.list_reviews": lambda d: Good(query="desk=town&limit=5"),
    "casework.read_appeal": lambda d: Good(path=_appeal(d)),
    "casework.decide_appeal": lambda d: Good(DISMISSED, _appeal(d)),
    "casework.read_figures": _figures,
    "casework.propose_batch": lambda d: Good(_many(d)),
    "casework.list_batches": lambda d: Good(query="state=proposed&limit=5"),
    "casework.read_batch": lambda d: Good(path=_batch(d)),
    "casework.read_batch_rows": lambda d: Good(path=_batch(d), query="limit=5"),
    "casework.decide_batch": lambda d: Good({"decision": "approve"}, _batch(d)),
    "casework.stop_batch": lambda d: Good({"why": "wrong-people"}, _batch(d)),
    "casework.list_cases": lambda d: Good(query=f"kind=home-visit&shown=all&division={HERE}&limit=5"),
    "casework.open_case": lambda d: Good(work.case(d.feverish) | {"follows": _case(d)}),
    "casework.read_case": lambda d: Good(path=_of_case(d)),
    "casework.step_case": lambda d: Good({"version": 1, "step": "called", "note": "无人接听"}, _of_case(d)),
    "casework.assign_case": lambda d: Good({"version": 1, "staff_id": _officer(d)}, _of_case(d)),
    "casework.hand_case": lambda d: Good({"version": 1, "way": "co-working", "to": "town"}, _of_case(d)),
    "casework.read_chain": lambda d: Good(path=_of_case(d)),
    "casework.list_my_cases": lambda d: Good(query=f"who={d.child}&limit=5"),
    "casework.read_records": lambda d: Good(path={"person_id": d.feverish}, query=_why(d)),
    "triage.read_table": lambda d: Good(),
    "triage.check": lambda d: Good(_felt() | {"division": HERE}),
    "triage.ask_for_help": lambda d: Good(_help()),
    "triage.read_helps": lambda d: Good(query="who=me&limit=5"),
    "enterprises.file": lambda d: Good(filing(d)),
    "enterprises.read_filing": _own_filing,
    "enterprises.list_filings": lambda d: Good(query="state=submitted&limit=5"),
    "enterprises.inspect_filing": lambda d: Good(path=_filed(d), query="purpose=work-resumption"),
    "enterprises.decide_filing": lambda d: Good({"revision": 1, "decision": "accept", "reasons": ["ok"]}, _filed(d)),
    "enterprises.read_resumption": lambda d: Good(),
    "enterprises.invite": lambda d: Good(_invitation(d)),
    "enterprises.offer_sheet": lambda d: Good({"media_type": CSV}),
    "enterprises.import_roster": lambda d: Good(_sheet(d)),
    "enterprises.read_import": lambda d: Good(path=_roster_import(d), query="limit=5"),
    "enterprises.list_roster": lambda d: Good(query="limit=5"),
    "enterprises.export_roster": lambda d: Good(),
    "enterprises.read_employments": lambda d: Good(),
    "enterprises.answer_employment": lambda d: Good({"answer": "join", "consent": True}, _invited(d)),
    "enterprises.check_in": lambda d: Good(_morning(d)),
    "enterprises.read_day": lambda d: Good(path=_today(d), query="limit=5"),
    "reports.offer_photo": lambda d: Good({"media_type": "image/jpeg"}),
    "reports.write_report": lambda d: Good(_photo(d)),
    "reports.write_anonymous_report": lambda d: Good(_photo(d)),
    "reports.follow_report": lambda d: Good(reported(d)[1]),
    "reports.answer_question": lambda d: Good(_questioned(d) | {"text": "3 栋"}),
    "reports.list_reports": lambda d: Good(query=f"division={HERE}&limit=5"),
    "reports.count_reports": lambda d: Good(),
    "reports.read_report": lambda d: Good(path=_of_report(d)),
    "reports.ask_reporter": lambda d: Good({"text": "哪一栋？"}, _of_report(d)),
    "reports.merge_reports": lambda d: Good({"into": reported(d)[0]}, _of_report(d)),
    "portal.list_divisions": lambda d: Good(),
    "portal.find_address": lambda d: Good({"text": "桂城街道桂一社区 3 栋"}),
    "arrivals.tell_arrival": lambda d: Good(_arrival(d)),
    "arrivals.offer_file": lambda d: Good({"media_type": CSV}),
    "arrivals.import_arrivals": lambda d: Good(_coach(d)),
    "arrivals.continue_import": lambda d: Good({"rows_max": 20}, path={"import_id": _coach_taken(d)}),
    "arrivals.read_import": lambda d: Good(path={"import_id": _coach_taken(d)}, query="limit=5"),
    "masks.create_round": lambda d: Good(stall.new_round(d)),
    "masks.list_rounds": lambda d: Good(query="limit=5"),
    "masks.read_round": lambda d: Good(path=stall.announced(d)),
    "masks.enter_round": lambda d: Good({"points": [stall.EAST]}, stall.announced(d)),
    "masks.begin_draw": lambda d: Good({"beacon": None}, stall.closed(d)),
    "masks.read_draw": lambda d: Good(path=stall.drawn(d), query="page=0"),
    "masks.read_stock": lambda d: Good(path=stall.drawn(d)),
    "masks.order_masks": _masks_order,
    "masks.read_entries": lambda d: Good(query="who=me&limit=5"),
    "masks.reserve": lambda d: Good({"point": stall.EAST, "window": 0}, stall.drawn(d)),
    "masks.hand_out": lambda d: Good({"code": stall.reserved(d)}),
    "checkpoints.check_certificate": lambda d: Good({"certificate": certificate(d)}),
    "trajectories.send_code": lambda d: Good({"phone": PHONES[NEWCOMER], "device": DEVICE}),
    "trajectories.look_up": lambda d: Good(_lookup(d)),
    "trajectories.tell_sightings": lambda d: Good(_sightings(d)),
    "trajectories.draw_certificate": lambda d: Good({"certificate": certificate(d), "language": "en"}),
    "trajectories.ask_co_presence": lambda d: Good(_co_presence(d)),
    "trajectories.list_co_presences": lambda d: Good(query="state=open&limit=5"),
    "trajectories.read_co_presence": lambda d: Good(path=_together(d), query="limit=5"),
    "trajectories.decide_co_presence": _second,
    "portal.first_page": lambda d: Good(),
    "portal.read_configuration": lambda d: Good(),
    "portal.read_openapi": lambda d: Good(),
    "portal.file": lambda d: Good(path={"name": "index.html"}),
    "portal.vendor_file": lambda d: Good(path={"name": "uqr.js"}),
}
