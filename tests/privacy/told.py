"""What people tell the town: reports with a name and without, a call for help, arrivals, a sheet of travellers."""

from __future__ import annotations

import csv
import io
from typing import Any

from nanhai.domain.actors import Role
from nanhai.services.sheets import CSV
from nanhai.store import lookups
from nanhai.store.reports import RECEIPT

from tests.domain.pictures import CANARY as IN_PHOTO
from tests.domain.pictures import picture
from tests.functions.arrivals.desk import HEADER
from tests.functions.checkpoints.stand import HERE, rfc3339
from tests.functions.reports.desk import report
from tests.privacy.life import STRANGER, Life

PLATE, PLATE_OF_ALL, TRAVELLER = "plate", "plate told for a sheet", "traveller in a sheet"
FEVER = {"temperature_c": 38.2, "symptoms": ["cough"], "exposures": ["area-stay"], "risks": ["age-65"]}


def reports(life: Life) -> None:
    """One without a name and with a photo, asked back and answered; one with a name, merged into it."""
    life.plant("network of an address", "203.0.113.0/24")
    receipt = life.granted(None, "POST", "/reports/anonymous", _report(life, "nobody's", [_photo(life)]))["receipt"]
    life.plant("receipt", receipt)
    life.plant("receipt", receipt.replace("-", ""))
    report_id = lookups.find(life.district.here.blind(RECEIPT, "follow", receipt), RECEIPT)
    own = life.granted(life.token, "POST", "/reports/", _report(life, "one's own", []))["receipt"]
    named = lookups.find(life.district.here.blind(RECEIPT, "follow", life.plant("receipt", own)), RECEIPT)
    for each in (report_id, named):
        question = {"text": life.plant("question about a report", f"金丝雀：{each[-6:]} 是哪一户？")}
        life.by(Role.COMMUNITY_OFFICER, "POST", f"/reports/{each}/questions", question)
    answer = {"receipt": receipt, "text": life.plant("answer of a reporter", "金丝雀：五楼陈先生家")}
    life.granted(None, "POST", "/reports/receipts/answers", answer)
    life.granted(None, "POST", "/reports/receipts", {"receipt": receipt})
    life.refused(None, "POST", "/reports/receipts", {"receipt": life.plant("no receipt", "CANA-RYCA-NARY-CAN7")})
    for path in ("", report_id, named):
        life.by(Role.COMMUNITY_OFFICER, "GET", f"/reports/{path}")
    life.by(Role.COMMUNITY_OFFICER, "POST", f"/reports/{named}/merges", {"into": report_id})


def asks_for_help(life: Life) -> None:
    """After a self-check, of which nothing remains."""
    life.granted(None, "POST", "/triage/checks", FEVER)
    where = {"address": life.plant("address of help", "桂澜路金丝雀巷 78 号"), "community": HERE}
    asked = FEVER | where | {"wishes": ["home-visit"], "note": life.plant("note of help", "金丝雀：家中有呼吸机")}
    case = life.granted(life.token, "POST", "/triage/help", asked)["cases"][0]["case_id"]
    life.by(Role.COMMUNITY_OFFICER, "GET", f"/casework/cases/{case}")
    life.granted(life.token, "GET", "/triage/help")


def arrives(life: Life) -> None:
    came = {"from": "440100", "at": rfc3339(life.district.now - 3_600), "by": "car"}
    came["number"] = life.plant(PLATE, "粤E CAN77")
    stay = {"community": HERE, "address": life.plant("address of a stay", "桂澜路金丝雀巷 79 号")}
    persons = [{"person": "me", "temperature_c": 36.5, "symptoms": []}, {"person": life.child}]
    life.granted(life.token, "POST", "/arrivals/", came | {"persons": persons, "stay": stay})


def imports_a_household(life: Life) -> None:
    """Of a stranger; a second row has everything in the wrong columns, a third has cells that cannot be taken."""
    phone, seat, address = "13977700178", "12A 金丝雀座", "桂澜路金丝雀巷 80 号 8 房"
    for value in (STRANGER.name, STRANGER.number, phone, seat, address):
        life.plant(TRAVELLER, value)
    told = (STRANGER.name, "身份证", STRANGER.number, phone, "", "", seat, "", address, "36.5", "无")
    wrong = tuple(reversed(told))
    long = (life.plant(TRAVELLER, "金丝雀之名" * 50), *told[1:])
    upload_id = _sheet(life, HEADER, (told, wrong, long))
    number = life.plant(PLATE_OF_ALL, "粤E CAN78")
    at = rfc3339(life.district.now - 3_600)
    body = {"upload_id": upload_id, "kind": "household", "by": "car", "number": number, "from": "440100", "at": at}
    done = life.by(Role.COMMUNITY_OFFICER, "POST", "/arrivals/imports", body | {"community": HERE})
    assert (done["done"], done["refused"]) == (1, 2)
    life.by(Role.COMMUNITY_OFFICER, "GET", f"/arrivals/imports/{upload_id}")


def _report(life: Life, whose: str, photos: list[str]) -> dict[str, Any]:
    address, description = f"桂澜路金丝雀巷 81 号 {whose}", f"金丝雀：巷口住户连日发热咳嗽 {whose}"
    life.plant("point of a report", "23.0371")
    place = {"community": HERE, "address": address, "latitude": 23.0371, "longitude": 113.1471}
    life.plant("address of a report", address)
    told = {"description": life.plant("description of a report", description), "place": place, "photos": photos}
    return report(life.district, **told)


def _photo(life: Life) -> str:
    """Uploaded with all that a phone writes into it."""
    life.plant("what a photo tells", IN_PHOTO)
    offered = life.granted(None, "POST", "/reports/photos", {"media_type": "image/jpeg"})["upload_id"]
    life.district.here.uploads.stored(f"incoming/photo/{offered}", picture("JPEG"), "image/jpeg")
    return life.plant("upload of a photo", offered)


def _sheet(life: Life, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    upload_id = life.by(Role.COMMUNITY_OFFICER, "POST", "/arrivals/files", {"media_type": CSV})["upload_id"]
    written = io.StringIO()
    csv.writer(written).writerows((header, *rows))
    life.district.here.uploads.stored(f"incoming/sheet/{upload_id}", written.getvalue().encode(), CSV)
    return upload_id
