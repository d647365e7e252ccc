"""What may be wrong with a row of signalling, by codes that are told where the row is told of."""

from __future__ import annotations

from enum import StrEnum


class RowFault(StrEnum):
    """In this order: of several the first is told."""

    FORM = "sightings.form"  # not the columns, or not JSON
    PHONE = "sightings.phone"  # not 32 lower-case hex digits
    PLACE = "sightings.place"  # neither a tower nor a point, or a point far from every tower
    TOWER = "sightings.tower"  # not a tower that the operator told of
    TIME = "sightings.time"  # neither unix seconds nor ISO 8601 with an offset, or beyond 32 bits
    INTERVAL = "sightings.interval"  # ends before or as it begins
    DAY = "sightings.day"  # on none of the days that the delivery tells


TOO_MANY_VISITS = "sightings.too-many-visits"  # of a person-day: beyond VISITS_PER_DAY_MAX
