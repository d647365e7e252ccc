"""Offices at work: cases, an appeal that is upheld, and a batch of isolations."""

from __future__ import annotations

from nanhai.domain.actors import Role
from nanhai.domain.batches import HOLD_S

from tests.domain.pictures import CANARY as IN_PHOTO
from tests.domain.pictures import picture
from tests.functions.casework import desk
from tests.functions.checkpoints.stand import HERE
from tests.privacy.life import Life

BATCHED, PLACE_OF_ALL = "evidence in a batch", "place of a batch"


def works_on_cases(life: Life) -> None:
    """About a person, and about nobody; with notes, handed over and read by who may and may not see health."""
    about = {"kind": "home-visit", "person_id": life.person}
    nobody = {"kind": "disinfection", "community": HERE}
    for case in (about, nobody):
        case["summary"] = life.plant("summary of a case", f"金丝雀：{case['kind']} 家有老人")
        path = f"/casework/cases/{life.by(Role.COMMUNITY_OFFICER, 'POST', '/casework/cases', case)['case_id']}"
        step = {
            "version": 1,
            "step": "called",
            "note": life.plant("note of a step", f"金丝雀：{case['kind']} 无人接听"),
        }
        life.by(Role.COMMUNITY_OFFICER, "POST", f"{path}/steps", step)
        way = {
            "version": 2,
            "way": "co-working",
            "to": "town",
            "note": life.plant("note of a hand-over", "金丝雀：请镇里同去"),
        }
        life.by(Role.COMMUNITY_OFFICER, "POST", f"{path}/hand-overs", way)
        for role in (Role.COMMUNITY_OFFICER, Role.TOWN_OFFICER, Role.HEALTH_AUTHORITY):
            life.by(role, "GET", path)
            life.by(role, "GET", f"{path}/chain")
    life.by(Role.COMMUNITY_OFFICER, "GET", "/casework/cases")
    life.granted(life.token, "GET", "/casework/my/cases")


def appeals(life: Life) -> None:
    """For the child, with a photo; upheld by the town."""
    fever = {"temperature_c": 37.9, "symptoms": ["fever"]}
    life.granted(life.token, "POST", f"/passes/{life.child}/declarations", fever)
    reasons = life.granted(life.token, "GET", f"/passes/{life.child}/explanation")["reasons"]
    filed = {"who": life.child, "record_id": reasons[0]["records"][0]["record_id"], "evidence": [_photo(life)]}
    filed["statement"] = life.plant("statement of an appeal", "金丝雀：体温计坏了，有医院证明")
    appeal = life.granted(life.token, "POST", "/casework/appeals", filed)["appeal_id"]
    life.by(Role.TOWN_OFFICER, "GET", "/casework/reviews")
    life.by(Role.TOWN_OFFICER, "GET", f"/casework/appeals/{appeal}")
    note = life.plant("note of a reviewer", "金丝雀：已向医院核实")
    answer = {"decision": "uphold", "reasons": ["entered-wrongly"], "note": note}
    life.by(Role.TOWN_OFFICER, "POST", f"/casework/appeals/{appeal}/decisions", answer)
    life.granted(life.token, "GET", "/casework/appeals", query=f"who={life.child}")


def isolates_many(life: Life) -> None:
    """Approved by two; the hold goes by when `holds` says so."""
    order = desk.isolation(life.district, life.parent) | {"place": life.plant(PLACE_OF_ALL, "金丝雀酒店 808 房")}
    row = {"person_id": order.pop("person_id"), "evidence": life.plant(BATCHED, "金丝雀：密接报告八号")}
    del order["evidence"]
    batch = life.by(Role.COMMUNITY_OFFICER, "POST", "/casework/batches", order | {"rows": [row]})["batch_id"]
    for role in (Role.HEALTH_AUTHORITY, Role.DISTRICT_COMMAND):
        life.by(role, "GET", f"/casework/batches/{batch}")
        life.by(role, "GET", f"/casework/batches/{batch}/rows")
        life.by(role, "POST", f"/casework/batches/{batch}/decisions", {"decision": "approve"})


def holds(life: Life) -> None:
    life.district.now += HOLD_S


def _photo(life: Life) -> str:
    life.plant("what a photo tells", IN_PHOTO)
    offered = life.granted(None, "POST", "/reports/photos", {"media_type": "image/png"})["upload_id"]
    life.district.here.uploads.stored(f"incoming/photo/{offered}", picture("PNG"), "image/png")
    return life.plant("upload of a photo", offered)
