"""What a local platform shows in place of what an operator would load; each says that it is a sample."""

from __future__ import annotations

import json
from collections.abc import Iterator

from nanhai.domain.uscc import check_character, organisation_check_character
from nanhai.policies.divisions import divisions
from nanhai.services.triage.clinics import load
from nanhai.store import clinics

from infra.local.folder import Folder, write_private

FIRST_CONTACT = 9_001_000
AS_OF = "2020-03-03"


def ensure_clinics(district: str) -> None:
    """One invented fever clinic a town, where no list was loaded; its telephone number is nobody's."""
    if clinics.of(district) is not None:
        return
    listed = [_clinic(town, name) for town, name in divisions(district).towns.items()]
    told = {"district": district, "as_of": AS_OF, "source": "示例数据，不是真实的医疗机构", "clinics": listed}
    load(district, json.dumps(told, ensure_ascii=False).encode(), local=True)


def ensure_organisations(folder: Folder, district: str) -> None:
    """The register of legal persons knows one enterprise and one village collective a town, beside those it knew."""
    known = json.loads(folder.legal_register.read_text("utf-8")) if folder.legal_register.exists() else {}
    invented = dict(_organisations(district))
    if not invented.keys() <= known.keys():
        write_private(folder.legal_register, json.dumps(invented | known, ensure_ascii=False, indent=1))


def enterprises(folder: Folder) -> list[dict[str, str]]:
    """Who can sign in by a credit code, in the order of their communities."""
    known = json.loads(folder.legal_register.read_text("utf-8"))
    rows = sorted(known.items(), key=lambda row: str(row[1].get("community")))
    return [{"uscc": uscc, "name": row["name"], "contact_phone": row["contact_phone"]} for uscc, row in rows if row]


def _organisations(district: str) -> Iterator[tuple[str, dict[str, object]]]:
    communities = {community.town: community for community in reversed(divisions(district).communities)}
    for number, (town, first) in enumerate(sorted(communities.items())):
        for kind, (head, what) in enumerate((("91", "制造有限公司"), ("N2", "股份合作经济社"))):
            serial = 2 * number + kind
            yield (
                _uscc(head, district, serial),
                {
                    "name": f"【示例】{divisions(district).name(town)}{what}",
                    "community": first.code,
                    "contact_phone": f"+86139{FIRST_CONTACT + serial:08d}",
                    "above_designated_size": head == "91" and number % 2 == 0,
                },
            )


def _uscc(head: str, district: str, serial: int) -> str:
    eight = f"MA{serial:06d}"
    seventeen = head + district + eight + organisation_check_character(eight)
    return seventeen + check_character(seventeen)


def _clinic(town: str, name: str) -> dict[str, object]:
    return {
        "name": f"【示例】{name}发热门诊",
        "division": town,
        "address": f"【示例】{name}，并非真实地址",
        "phone": "0757-00000000",
        "hours": "24 小时",
        "sample": True,
    }
