"""What a report tells, sealed as one piece under a key of the report's own; and each message about it."""

from __future__ import annotations

import msgspec

from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import Instant
from nanhai.domain.reports import Spot
from nanhai.services.platform import Platform
from nanhai.store import reports
from nanhai.store.reports import Report
from nanhai.vault import sealing

TABLE = "reports"


class Content(msgspec.Struct, frozen=True, array_like=True):
    """Fields are only ever added at the end, so that older sealed ones keep opening. `photos`: names of kept files;
    `reporter`: a person id, empty for nobody known."""

    description: str
    address: str
    latitude: float | None
    longitude: float | None
    seen_at: Instant
    photos: list[str]
    reporter: str


def data_key(platform: Platform, report_id: str) -> bytes:
    """Absent when it was shredded."""
    wrapped = reports.wrapped([report_id]).get(report_id)
    if wrapped is None:
        raise Absent
    return sealing.unwrap_key(platform.ring.kek, wrapped, reports.data_key_holder(report_id))


def wrapped(platform: Platform, report_id: str, key: bytes) -> bytes:
    return sealing.wrap_key(platform.ring.kek, key, reports.data_key_holder(report_id))


def seal(key: bytes, report_id: str, content: Content) -> bytes:
    return sealing.seal(key, msgspec.json.encode(content), table=TABLE, holder=report_id, field="content")


def open_(key: bytes, report: Report) -> Content:
    opened = sealing.open_(key, report.content, table=TABLE, holder=report.report_id, field="content")
    return msgspec.json.decode(opened, type=Content)


def seal_message(key: bytes, report_id: str, number: int, text: str) -> bytes:
    return sealing.seal(key, text.encode(), table=TABLE, holder=report_id, field=f"message#{number}")


def open_message(key: bytes, report_id: str, number: int, sealed: bytes) -> str:
    return sealing.open_(key, sealed, table=TABLE, holder=report_id, field=f"message#{number}").decode()


def spot(report: Report, content: Content) -> Spot:
    return Spot(report.community, content.address, content.latitude, content.longitude)
