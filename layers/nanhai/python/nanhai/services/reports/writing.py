"""Reporting, with one's name or without: the report, its key, its receipt and the community's case in one transaction.

Without a name there is nothing that leads to anybody: no session is read, the time is told to the hour, the address is
used for a limit of its network only.
"""

from __future__ import annotations

from dataclasses import dataclass

from nanhai.domain import receipts
from nanhai.domain.days import DAY_S
from nanhai.domain.divisions import Community
from nanhai.domain.errors import Absent, Fault, Invalid
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.photos import Photo
from nanhai.domain.reports import State
from nanhai.services import cases, photos
from nanhai.services.asked import Asked
from nanhai.services.cases import CaseKind, NewCase
from nanhai.services.identity.limits import spend
from nanhai.services.platform import Platform
from nanhai.services.reports import anonymity, contents, limits, placing
from nanhai.services.reports.contents import Content
from nanhai.services.reports.retention import ORIGIN
from nanhai.services.reports.schemas import ReportWritten, WriteReport
from nanhai.services.schemas import instant
from nanhai.store import lookups, people, report_counts, reports
from nanhai.store.reports import RECEIPT, Report
from nanhai.store.writes import Once, Write
from nanhai.vault import sealing

SEEN_S_MAX = 30 * DAY_S
NOBODY = ""
FOLDER = "reports"


@dataclass(frozen=True, slots=True)
class Told:
    """A report that can be written. `at`: as exactly as may be kept; `reporter`: a person id, or NOBODY."""

    body: WriteReport
    community: Community
    photos: dict[str, Photo]
    at: Instant
    seen_at: Instant
    reporter: str


def write(platform: Platform, asked: Asked, body: WriteReport) -> ReportWritten:
    """Of a registered person. Invalid names every fault; TooMany; Absent for whoever was erased meanwhile."""
    if people.head(PersonId(asked.actor.id)) is None:
        raise Absent
    spend(platform, limits.REAL_NAME, asked.actor.id, asked.now)
    community, pictures = _checked(platform, body, asked.now)
    told = Told(body, community, pictures, asked.now, instant(body.seen_at), asked.actor.id)
    return _written(platform, told, asked.once)


def write_anonymous(platform: Platform, asked: Asked, body: WriteReport, address: str) -> ReportWritten:
    """Of nobody. Invalid names every fault; TooMany from the network of `address`."""
    at = anonymity.hour(asked.now)
    spend(platform, limits.ANONYMOUS, anonymity.coarse(address), at)
    community, pictures = _checked(platform, body, asked.now)
    told = Told(body, community, pictures, at, anonymity.hour(instant(body.seen_at)), NOBODY)
    return _written(platform, told, anonymity.unhurried(asked.once))


def _checked(platform: Platform, body: WriteReport, now: Instant) -> tuple[Community, dict[str, Photo]]:
    faults = [*placing.faults(platform, body.place), *_time_faults(instant(body.seen_at), now)]
    if faults:
        raise Invalid(*faults)
    found = placing.community(platform, body.place)
    if isinstance(found, list):
        raise Invalid(*found)
    pictures, unfit = photos.taken(platform, body.photos, "/photos")
    if unfit:
        raise Invalid(*unfit)
    return found, pictures


def _time_faults(seen_at: Instant, now: Instant) -> list[Fault]:
    if seen_at > now:
        return [Fault("/seen_at", "reports.in-the-future")]
    if now - seen_at > SEEN_S_MAX:
        return [Fault("/seen_at", "reports.too-long-ago", {"days": SEEN_S_MAX // DAY_S})]
    return []


def _written(platform: Platform, told: Told, once: Once | None) -> ReportWritten:
    receipt = receipts.receipt(platform.entropy(receipts.RECEIPT_BYTES))
    names = photos.keep(platform, FOLDER, told.photos)
    answer = ReportWritten(receipt, told.community.code, told.community.name)
    given = platform.commit(_writes(platform, told, names, receipt), once, answer)
    photos.discard(platform, told.photos)
    return given


def _writes(platform: Platform, told: Told, names: list[str], receipt: str) -> list[Write]:
    report_id, key = platform.new_ulid(told.at), sealing.new_data_key()
    opened = cases.opened(platform, told.at, _case(told, report_id))
    report = Report(
        report_id,
        told.community.code,
        told.at,
        told.body.category,
        State.NEW,
        told.reporter == NOBODY,
        opened.case_id,
        contents.seal(key, report_id, _content(told, names)),
    )
    return [
        reports.open_(report),
        reports.put_wrapped(report_id, contents.wrapped(platform, report_id, key)),
        lookups.claim(platform.blind(RECEIPT, "follow", receipt), report_id, RECEIPT),
        report_counts.count(report),
        *opened.writes,
    ]


def _case(told: Told, report_id: str) -> NewCase:
    """About nobody: what was told stays in the report, under the report's key."""
    return NewCase(CaseKind.REPORT_FOLLOW_UP, told.community.code, ORIGIN + report_id)


def _content(told: Told, names: list[str]) -> Content:
    place = told.body.place
    return Content(
        told.body.description.strip(),
        (place.address or "").strip(),
        place.latitude,
        place.longitude,
        told.seen_at,
        names,
        told.reporter,
    )
