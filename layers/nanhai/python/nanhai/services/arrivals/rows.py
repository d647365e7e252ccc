"""One row of a sheet of arrivals: from texts to what they mean, or everything that is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nanhai.domain import arrivals
from nanhai.domain.errors import Fault
from nanhai.domain.identifiers import Instant, Region
from nanhai.domain.records import Arrival, Symptoms
from nanhai.policies import arrivals as words
from nanhai.services import sheets
from nanhai.services.arrivals import facts, stays
from nanhai.services.arrivals.facts import Journey
from nanhai.services.arrivals.schemas import HOUSEHOLD_MAX, SYMPTOMS_MAX
from nanhai.services.identity import proof
from nanhai.services.identity.codes import MOBILE
from nanhai.services.identity.schemas import Identity
from nanhai.services.platform import Platform
from nanhai.services.sheets import SheetRow
from nanhai.store.imports import Import

COLUMNS = ("name", "id_type", "id_number", "phone", "from", "at", "community", "address", "temperature", "symptoms")
OPTIONAL = ("seat",)
ROWS_MAX: Mapping[str, int] = {"household": HOUSEHOLD_MAX, "coach": 200}
NUMBER = re.compile(r"[0-9]{2}(?:\.[0-9]{1,2})?")
BETWEEN = re.compile(r"[,，、;；/\s]+")
SEAT_CHARACTERS_MAX = 16


@dataclass(frozen=True, slots=True)
class Row:
    """Who came, how they felt, and where they stay."""

    identity: Identity
    phone: str
    journey: Journey
    health: Symptoms | None
    community: str
    address: str
    seat: str


def read(data: bytes, kind: str) -> list[SheetRow]:
    """Every row that says something; raises what `sheets.rows` raises."""
    aliases = words.sheet()["columns"]
    media_type = sheets.media_type_of(data)
    return list(sheets.rows(data, media_type, COLUMNS, ROWS_MAX[kind], optional=OPTIONAL, aliases=aliases))


def meant(platform: Platform, of: Import, row: SheetRow, now: Instant) -> tuple[Row, list[Fault]]:
    """What the row means, filled up by what was told for all; in force only when nothing is wrong with it."""
    at = f"/rows/{row.number}"
    cells = row.values
    identity = Identity(cells["name"], _id_type(cells["id_type"]), cells["id_number"])
    community, unknown = stays.located(platform, cells["community"] or _default(of, cells), cells["address"], at)
    journey, wrong = _journey(of, cells, at, now)
    health, ill = _health(cells, at)
    found = Row(identity, _phone(cells["phone"]), journey, health, community, cells["address"], cells.get("seat", ""))
    faults = [*row.faults, *_identity(identity, at, now), *_rest(found, at), *unknown, *wrong, *ill]
    seen = {fault.pointer for fault in row.faults}  # an empty cell stands for one that could not be read
    return found, [fault for fault in faults if fault in row.faults or fault.pointer not in seen]


def _id_type(told: str) -> str:
    return words.sheet()["id_types"].get(told.casefold(), told)


def _default(of: Import, cells: Mapping[str, str]) -> str:
    """Who gave an address of their own stays there."""
    return of.told["community"] if of.kind == "household" or not cells["address"] else ""


def _phone(told: str) -> str:
    digits = re.sub(r"[\s-]", "", told)
    return f"+86{digits}" if re.fullmatch("1[0-9]{10}", digits) else digits


def _journey(of: Import, cells: Mapping[str, str], at: str, now: Instant) -> tuple[Journey, list[Fault]]:
    region, moment = cells["from"] or of.told["from"], arrivals.local_moment(cells["at"])
    if not cells["at"] and of.told["at"]:
        moment = int(of.told["at"])
    faults = [*arrivals.region_faults(f"{at}/from", region)]
    faults += (
        [Fault(f"{at}/at", "arrivals.moment")] if moment is None else arrivals.time_faults(f"{at}/at", moment, now)
    )
    arrival = Arrival(Region(arrivals.region_of(region)), of.told["by"], of.told["number"])
    return Journey(arrival, moment or 0, f"import:{of.import_id}"), faults


def _health(cells: Mapping[str, str], at: str) -> tuple[Symptoms | None, list[Fault]]:
    measured = cells["temperature"].removesuffix("℃")
    if measured and not NUMBER.fullmatch(measured):
        return None, [Fault(f"{at}/temperature", "arrivals.temperature")]
    temperature_c = float(measured) if measured else None
    told = _symptoms(cells["symptoms"])
    faults = facts.health_faults(f"{at}/temperature", temperature_c, f"{at}/symptoms", told or ())
    return facts.health_of(temperature_c, told), [Fault(_cell(fault), fault.code, fault.params) for fault in faults]


def _cell(fault: Fault) -> str:
    return "/".join(fault.pointer.split("/")[:4])


def _symptoms(told: str) -> list[str] | None:
    """None for an empty cell, which says nothing; an empty list for one that says: none."""
    if not told:
        return None
    known = words.sheet()["symptoms"]
    meant = [known.get(word.casefold(), word) for word in BETWEEN.split(told)][: SYMPTOMS_MAX + 1]
    return [word for word in meant if word]


def _identity(identity: Identity, at: str, now: Instant) -> Iterator[Fault]:
    for fault in proof.faults(identity, now):
        yield Fault(f"{at}{fault.pointer}", fault.code, fault.params)


def _rest(row: Row, at: str) -> Iterator[Fault]:
    if row.phone and not MOBILE.fullmatch(row.phone):
        yield Fault(f"{at}/phone", "identity.phone")
    if len(row.seat) > SEAT_CHARACTERS_MAX:
        yield Fault(f"{at}/seat", "sheets.cell-too-long", {"most": SEAT_CHARACTERS_MAX})
