"""Public daily figures: taken once after midnight, so that nobody can subtract one minute from the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from nanhai.domain import figures as rules
from nanhai.domain.colour import Colour
from nanhai.domain.days import day_of, local_date, local_day
from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import Instant
from nanhai.domain.records import Reason
from nanhai.policies.divisions import divisions
from nanhai.services.platform import Platform
from nanhai.services.schemas import Answer, Request, moment
from nanhai.store import counters
from nanhai.store import figures as store
from nanhai.store.writes import ConditionFailed, send

APPEAL_DAYS = 30


class FiguresAsked(Request, frozen=True):
    """`day`: a local day; today when it is left out, or yesterday while today's are not taken yet."""

    day: date | None = None


class TownFigures(Answer, frozen=True):
    """`passes` by colour; null where one of them is so few that the row is hidden, or would give away one that is."""

    code: str
    name: str
    passes: dict[str, int] | None


class AppealFigures(Answer, frozen=True):
    """Of the appeals answered on the `days` before. `upheld_share`: to a hundredth; `median_answer_minutes`: to the
    quarter of an hour. Null is few."""

    days: int
    answered: int | None
    upheld_share: float | None
    median_answer_minutes: int | None


class Figures(Answer, frozen=True):
    """`passes`: by colour in the whole district; `reds`: by the reason of the order. Null is a number below `smallest`,
    or one that would give away such a number."""

    day: date
    taken_at: datetime
    smallest: int
    passes: dict[str, int | None]
    reds: dict[str, int | None]
    towns: list[TownFigures]
    appeals: AppealFigures


def read(now: Instant, asked: FiguresAsked) -> Figures:
    """Absent for a day whose figures were not taken, or are not yet."""
    today = local_day(now)
    days = [today, today - 1] if asked.day is None else [day_of(asked.day)]
    for day in days:
        if (found := store.taken(day)) is not None:
            return msgspec.json.decode(found, type=Figures)
    raise Absent


def take(platform: Platform, now: Instant) -> bool:
    """Takes the figures of today, unless they were taken; whether it did."""
    day = local_day(now)
    if store.taken(day) is not None:
        return False
    told = msgspec.json.encode(_figures(platform, now)).decode()
    try:
        send([store.take(day, told)])
    except ConditionFailed:
        return False
    return True


def _figures(platform: Platform, now: Instant) -> Figures:
    towns = divisions(platform.settings.district).towns
    counts = {town: {colour.value: n for colour, n in row.items()} for town, row in counters.colours([*towns]).items()}
    table = rules.table(counts, [colour.value for colour in Colour])
    return Figures(
        day=local_date(now),
        taken_at=moment(now),
        smallest=rules.SMALLEST,
        passes=dict(table.totals),
        reds=_reds(),
        towns=[TownFigures(town, name, _plain(table.rows[town])) for town, name in towns.items()],
        appeals=_appeals(local_day(now)),
    )


def _reds() -> dict[str, int | None]:
    """By reason: as rows of a table with one column, so that the total of all reds gives away none that is hidden."""
    red = Colour.RED.value
    counts = {reason: {red: n} for reason, n in counters.reasons([reason.value for reason in Reason]).items()}
    rows = rules.table(counts, [red]).rows
    return {reason: None if row is None else row[red] for reason, row in rows.items()}


def _plain(row: Mapping[str, int] | None) -> dict[str, int] | None:
    return None if row is None else dict(row)


def _appeals(today: int) -> AppealFigures:
    """Of whole days only."""
    days = range(today - APPEAL_DAYS, today)
    upheld, dismissed = store.answers(days)
    answered = upheld + dismissed
    median_s = rules.median_s(store.answer_times(days))
    return AppealFigures(
        APPEAL_DAYS,
        None if rules.is_small(answered) else answered,
        rules.share(upheld, answered),
        None if median_s is None else median_s // 60,
    )
