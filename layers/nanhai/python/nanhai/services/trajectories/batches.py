"""A small delivery by the API: all of it is applied, or every row at fault is named and nothing is.

It is a load like that of a file, of one part. Told again under its number it changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec

from nanhai.domain.days import day_begins, day_of
from nanhai.domain.errors import Fault, Forbidden, Invalid
from nanhai.domain.sightings import VISITS_PER_DAY_MAX, Visit, by_day, pack, visits
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.platform import Platform
from nanhai.services.schemas import instant
from nanhai.services.trajectories import loads, numbering, towers
from nanhai.services.trajectories.batch_schemas import SightingRow, SightingsTold, TellSightings
from nanhai.services.trajectories.faults import TOO_MANY_VISITS, RowFault
from nanhai.services.trajectories.naming import Name
from nanhai.services.trajectories.towers import Place, Towers
from nanhai.store import loads as store
from nanhai.store import sightings
from nanhai.store.loads import Load, Part, Staged
from nanhai.store.sightings import PersonDay

Days = dict[tuple[str, int], tuple[Visit, ...]]  # by phone and local day


class NotTheirs(Forbidden):
    """An operator delivers for itself, and for no other one."""

    code = "sightings.not-theirs"


def tell(platform: Platform, asked: Asked, body: TellSightings) -> SightingsTold:
    """Raises UnknownOperator, NotTheirs, DaysNotTaken, NoTowers, Invalid with every row at fault, LoadDiffers."""
    asked.require_scope(platform.settings.district)
    numbering.number_of(body.operator)
    if asked.actor.organisation != body.operator:
        raise NotTheirs
    name, digest = Name(body.operator, body.sequence, day_of(body.first), day_of(body.last)), _digest(body)
    load = numbering.begun(name, digest) or loads.new(name, digest, asked.now, asked.actor.id)
    found = _days(body.rows, towers.of(load.operator, load.towers), load)
    trail.note(asked, load.name)
    load = msgspec.structs.replace(numbering.begin(load), staged=Staged(1, len(body.rows)))
    written = Part(sum(map(len, found.values())), len(found), 0, {})
    sightings.write(list(_person_days(load, found)))
    store.staged(load)
    store.finish(load, 0, written)
    return SightingsTold(len(body.rows), written.days, written.visits)


def _digest(body: TellSightings) -> str:
    return hashlib.sha256(msgspec.json.encode(body)).hexdigest()


def _days(rows: Sequence[SightingRow], known: Towers, load: Load) -> Days:
    """The person-days of all rows that the delivery tells; Invalid."""
    faults: list[Fault] = []
    theirs: dict[str, list[Visit]] = {}
    for number, row in enumerate(rows):
        place, wrong = _place(row, known), list(_wrong(row, load))
        wrong += [_place_fault(row)] if place is None else []
        faults += [Fault(f"/rows/{number}{pointer}", code.value) for pointer, code in wrong]
        if place is not None and not wrong:
            theirs.setdefault(row.phone, []).append(Visit(instant(row.since), instant(row.until), *place))
    found = {
        (phone, day): of for phone, told in theirs.items() for day, of in by_day(_within(visits(told), load)).items()
    }
    if any(len(of) > VISITS_PER_DAY_MAX for of in found.values()):
        faults.append(Fault("/rows", TOO_MANY_VISITS, {"most": VISITS_PER_DAY_MAX}))
    if faults:
        raise Invalid(*faults)
    return found


def _within(found: Sequence[Visit], load: Load) -> list[Visit]:
    """What of these visits lies on the days that the delivery tells."""
    begins, ends = day_begins(load.first), day_begins(load.last + 1)
    cut = [replace(visit, since=max(visit.since, begins), until=min(visit.until, ends)) for visit in found]
    return [visit for visit in cut if visit.since < visit.until]


def _place(row: SightingRow, known: Towers) -> Place | None:
    if row.tower is not None:
        return known.places.get(row.tower)
    if row.longitude is None or row.latitude is None:
        return None
    return known.at(row.longitude, row.latitude)


def _place_fault(row: SightingRow) -> tuple[str, RowFault]:
    return ("", RowFault.PLACE) if row.tower is None else ("/tower", RowFault.TOWER)


def _wrong(row: SightingRow, load: Load) -> Iterator[tuple[str, RowFault]]:
    since, until = instant(row.since), instant(row.until)
    if since >= until:
        yield "/to", RowFault.INTERVAL
    if since >= day_begins(load.last + 1):
        yield "/from", RowFault.DAY
    if until <= day_begins(load.first):
        yield "/to", RowFault.DAY


def _person_days(load: Load, found: Days) -> Iterator[PersonDay]:
    revision = numbering.revision_of(load)
    for (phone, day), of in found.items():
        yield PersonDay(phone, day, revision, pack(day, of), load.at)
