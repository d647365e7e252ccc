"""An enterprise: signing in by its contact's phone, filing, its roster, and a morning's check-in."""

from __future__ import annotations

import io
import secrets
import zipfile

from nanhai.domain.actors import Role
from nanhai.domain.days import local_date
from nanhai.services.sheets import CSV, XLSX

from tests.functions.checkpoints.stand import HERE
from tests.functions.enterprises.office import filing
from tests.functions.identity import company
from tests.privacy.life import WORKER, Life

USCC = company.uscc(777)
COLLEAGUE, CONTACT = "colleague", "contact of a filing"
ON_SHEET, NUMBER_ON_SHEET = "colleague in a sheet", "staff number in a sheet"
PHONES = {"register": "+8613977700277", CONTACT: "+8613977700278", COLLEAGUE: "+8613977700279"}


def opens_for_work(life: Life) -> None:
    """Signed in by the phone that the register names."""
    phone = PHONES["register"]
    life.plant("phone of a contact in the register", phone.removeprefix("+86"))
    company.teach(life.district, {USCC: company.row("南海某某铸造有限公司", phone, HERE)})
    asked = {"uscc": USCC, "device": life.plant("a device of an enterprise", secrets.token_hex(16))}
    challenge = life.granted(None, "POST", "/identity/enterprise/codes", asked)["challenge_id"]
    code = life.plant("SMS code of an enterprise", life.district.outside.code_for(phone))
    proof = asked | {"challenge_id": challenge, "code": code}
    opened = life.granted(None, "POST", "/identity/enterprise/sessions", proof)
    life.staff[Role.ENTERPRISE] = life.plant("access token of an enterprise", opened["access_token"])
    life.plant("refresh token of an enterprise", opened["refresh_token"])


def files_and_is_looked_at(life: Life) -> None:
    """Returned with a reason, filed again, accepted; the contact is told in full to who says why."""
    contact = {"name": life.plant(CONTACT, "澹台某某"), "phone": PHONES[CONTACT]}
    life.plant(CONTACT, contact["phone"].removeprefix("+86"))
    body = filing(life.district, contact=contact)
    reason = life.plant("reason of a return", "金丝雀：与澹台女士核对口罩数")
    for revision, decision in enumerate(("return", "accept"), 1):
        life.granted(life.staff[Role.ENTERPRISE], "POST", "/enterprises/filings", body)
        for why in ("", "purpose=work-resumption"):
            life.by(Role.TOWN_OFFICER, "GET", f"/enterprises/filings/{USCC}", query=why)
        decided = {"revision": revision, "decision": decision, "reasons": [reason]}
        life.by(Role.TOWN_OFFICER, "POST", f"/enterprises/filings/{USCC}/decisions", decided)
    life.by(Role.ENTERPRISE, "GET", "/enterprises/filing")


def invites(life: Life) -> None:
    """The worker by ID number, somebody unknown by phone, and others by a sheet with a row that is wrong."""
    name, number = life.plant(COLLEAGUE, "公孙未来"), life.plant("staff number", "CANARY-STAFF-77")
    life.plant(COLLEAGUE, PHONES[COLLEAGUE].removeprefix("+86"))
    known = {"name": WORKER.name, "id_number": WORKER.number, "number": number}
    people = [known, {"name": name, "phone": PHONES[COLLEAGUE], "number": number}]
    life.by(Role.ENTERPRISE, "POST", "/enterprises/roster/invitations", {"people": people})
    rows = [
        [
            life.plant(ON_SHEET, "东方既白"),
            life.plant(ON_SHEET, "13977700280"),
            life.plant(NUMBER_ON_SHEET, "CANARY-STAFF-78"),
        ],
        [life.plant(ON_SHEET, "13977700281"), life.plant(ON_SHEET, "呼延某某"), ""],
    ]
    data = "\n".join(",".join(row) for row in (["姓名", "手机号码", "工号"], *rows)).encode()
    upload_id = life.by(Role.ENTERPRISE, "POST", "/enterprises/roster/files", {"media_type": CSV})["upload_id"]
    life.district.here.uploads.stored(f"incoming/sheet/{upload_id}", data, CSV)
    done = life.by(Role.ENTERPRISE, "POST", "/enterprises/roster/imports", {"upload_id": upload_id})
    assert (done["invited"], done["refused"]) == (1, 1)
    life.by(Role.ENTERPRISE, "GET", f"/enterprises/roster/imports/{upload_id}")


def checks_in(life: Life) -> None:
    """The enterprise sees who has joined and who is missing, as a page and as a workbook."""
    (employment,) = life.granted(life.token, "GET", "/enterprises/employments")["employments"]
    path = f"/enterprises/employments/{employment['organisation_id']}"
    life.granted(life.token, "POST", path, {"answer": "join", "consent": True})
    _looked_at(life)
    morning = {"organisation_id": USCC, "temperature_c": 37.9, "symptoms": ["cough"], "place": "site"}
    assert life.granted(life.token, "POST", "/enterprises/checkins", morning)["record_id"]
    _looked_at(life)


def _looked_at(life: Life) -> None:
    for what in ("roster", f"checkins/{local_date(life.district.now)}"):
        life.by(Role.ENTERPRISE, "GET", f"/enterprises/{what}")
    book = life.ask(life.staff[Role.ENTERPRISE], "GET", "/enterprises/roster.xlsx", Accept=XLSX)
    assert book.status == 200
    with zipfile.ZipFile(io.BytesIO(book.body)) as packed:
        life.told += [packed.read(name) for name in packed.namelist()]
