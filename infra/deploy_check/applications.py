"""One request at least of each application, by whoever makes it, with all that it reads and writes."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from nanhai.domain.actors import Role
from nanhai.policies.divisions import divisions
from nanhai.services import sheets
from nanhai.services.arrivals.rows import COLUMNS
from nanhai.services.platform import platform
from nanhai.services.schemas import moment
from nanhai.services.sheets import XLSX
from nanhai.store import checkins
from nanhai.store.writes import commit

from infra.deploy_check import planted, signed_in
from infra.deploy_check.events import Answer
from infra.deploy_check.lambdas import Lambdas
from infra.deploy_check.planted import Planted
from infra.deploy_check.report import Report, expect
from infra.deploy_check.trial import Trial

PNG = "image/png"
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==")
FEVER = {"temperature_c": 38.2, "symptoms": ["cough"]}
DESCRIPTION = "deploy-check"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the steps share: the functions, the bucket for uploads, and an officer of `community`."""

    trial: Trial
    lambdas: Lambdas
    community: str
    officer: str

    def ask(self, name: str, method: str, path: str, token: str = "", **more: Any) -> Any:  # noqa: ANN401 - any JSON
        """The JSON of an answer that is a success."""
        return self.answer(name, method, path, token, **more).json

    def answer(self, name: str, method: str, path: str, token: str = "", accept: str = "", **more: Any) -> Answer:  # noqa: ANN401 - passed on
        headers = {"idempotency-key": f"deploy-check-{name}-{path.strip('/').replace('/', '-')}"[:60]}
        headers |= {"authorization": f"Bearer {token}"} if token else {}
        headers |= {"accept": accept} if accept else {}
        answer = self.lambdas.ask(name, method, path, headers=headers, **more)
        expect(answer.status in {200, 201, 202}, True, f"{answer.status} {answer.content[:200]!r} is a success")
        return answer

    def upload(self, purpose: str, upload_id: str, data: bytes) -> None:
        """As the browser's form would leave it."""
        self._s3().put_object(Bucket=self._bucket(), Key=f"incoming/{purpose}/{upload_id}", Body=data)

    def files(self) -> list[str]:
        """Everything that lies there, by the first two words of its name."""
        found = self._s3().list_objects_v2(Bucket=self._bucket()).get("Contents", ())
        return sorted("/".join(row["Key"].split("/")[:2]) for row in found)

    def _s3(self) -> Any:  # noqa: ANN401 - a botocore client
        return self.trial.target().client("s3")

    def _bucket(self) -> str:
        return platform().settings.uploads.removeprefix("s3:")


def given(report: Report, trial: Trial, lambdas: Lambdas, there: Planted) -> None:
    community = planted.community(platform())
    desk = Desk(trial, lambdas, community, signed_in.officer(Role.COMMUNITY_OFFICER, community))
    _places(report, desk)
    _reports(report, desk)
    _triage(report, desk, there)
    for name, path in (("arrivals", "/"), ("enterprises", "/checkins")):
        with report.step(f"{name}: POST {path} asks for a sign-in first"):
            asked = lambdas.ask(name, "POST", path)
            expect((asked.status, asked.json["code"]), (401, "edge.unauthenticated"), "answer")
    _arrivals(report, desk)
    _enterprises(report, desk, there)


def _places(report: Report, desk: Desk) -> None:
    with report.step("portal: divisions are listed, and an address leads to one") as added:
        known = divisions(platform().settings.district)
        towns = desk.ask("portal", "GET", "/divisions")["towns"]
        expect(sum(len(town["communities"]) for town in towns), len(known.communities), "communities")
        address = {"text": f"{known.name(desk.community[:9])}{known.name(desk.community)}"}
        found = desk.ask("portal", "POST", "/addresses", body=address)
        expect((found["choices"][0]["code"], found["sure"]), (desk.community, True), "found")
        added.append(f"{len(towns)} towns")


def _reports(report: Report, desk: Desk) -> None:
    with report.step("reports: one without a name, its photo kept, its office reads it, its case is there"):
        photo = desk.ask("reports", "POST", "/photos", body={"media_type": PNG})["upload_id"]
        desk.upload("photo", photo, PIXEL)
        told = {"category": "fever", "description": DESCRIPTION, "place": {"community": desk.community}}
        told |= {"seen_at": moment(platform().now()).isoformat(), "photos": [photo]}
        receipt = desk.ask("reports", "POST", "/anonymous", body=told)["receipt"]
        expect(desk.files(), ["kept/reports"], "files")
        (listed,) = desk.ask("reports", "GET", "/", desk.officer)["reports"]
        read = {"resource": "/{report_id}", "parameters": {"report_id": listed["report_id"]}}
        seen = desk.ask("reports", "GET", f"/{listed['report_id']}", desk.officer, **read)
        expect((seen["description"], len(seen["photos"])), (DESCRIPTION, 1), "read")
        cases = desk.ask("casework", "GET", "/cases", desk.officer)["cases"]
        expect([case["kind"] for case in cases], ["report-follow-up"], "cases of the community")
        expect(desk.ask("reports", "POST", "/receipts", body={"receipt": receipt})["case_state"], "open", "case")


def _triage(report: Report, desk: Desk, there: Planted) -> None:
    with report.step("triage: a check is answered by its rule, a request for help is a case") as added:
        checked = desk.ask("triage", "POST", "/checks", body={**FEVER, "division": desk.community})
        added.append(f"{checked['outcome']} by {checked['rule']}")
        wishes = {**FEVER, "wishes": ["home-visit"], "community": desk.community}
        token = signed_in.citizen(there.named)
        helped = desk.ask("triage", "POST", "/help", token, body=wishes)
        (told,) = desk.ask("triage", "GET", "/help", token)["helps"]
        expect((told["help_id"], told["cases"][0]["state"]), (helped["help_id"], "open"), "one's own")


def _arrivals(report: Report, desk: Desk) -> None:
    with report.step("arrivals: a workbook is read by the layer's library, a row that cannot be is refused") as added:
        upload = desk.ask("arrivals", "POST", "/files", desk.officer, body={"media_type": XLSX})["upload_id"]
        row = {"name": "何香凝", "id_type": "10", "id_number": "4406051986031400", "community": desk.community}
        desk.upload("sheet", upload, sheets.workbook(COLUMNS, [[row.get(column, "") for column in COLUMNS]]))
        body = {"upload_id": upload, "kind": "coach", "by": "coach", "number": ""}
        told = desk.ask("arrivals", "POST", "/imports", desk.officer, body=body)
        expect((told["rows"], told["refused"], told["left"]), (1, 1, 0), "rows, refused, left")
        read = {"resource": "/imports/{import_id}", "parameters": {"import_id": upload}}
        (outcome,) = desk.ask("arrivals", "GET", f"/imports/{upload}", desk.officer, **read)["outcomes"]
        added += sorted({error["code"] for error in outcome["errors"]})


def _enterprises(report: Report, desk: Desk, there: Planted) -> None:
    with report.step("enterprises: a member with a fever checks in, the roster is a workbook") as added:
        works = signed_in.enterprise(desk.community)
        commit([checkins.sit(signed_in.WORKS, there.named, "invitation", platform().now())])
        body = {**FEVER, "organisation_id": signed_in.WORKS, "place": "site"}
        noted = desk.ask("enterprises", "POST", "/checkins", signed_in.citizen(there.named), body=body)
        expect(noted["record_id"] is not None, True, "a record")
        book = desk.answer("enterprises", "GET", "/roster.xlsx", works, accept=XLSX)
        expect(sheets.media_type_of(book.content), XLSX, "what it is")
        added.append(f"{len(book.content):,} bytes")
