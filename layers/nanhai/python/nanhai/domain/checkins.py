"""Daily check-ins of staff, and how many of them look as if a machine had made them.

A suspicion is a figure about a workforce, never about somebody: whoever types 36.5 each morning without a thermometer
and whoever has a script do so for reasons that no figure knows. What counts is parameters (`Rules`), kept as data.

Four signs, each of the last `look_back` check-ins of one member, each enough by itself:

same value    one temperature to a tenth of a degree, `same_value_from` times in a row. A thermometer gives tenths that
              vary by 0.2 °C and more from day to day: seven alike come about once in ten thousand honest weeks.
same second   the same second of the minute at least `same_second_from` times: five of seven by chance, once in half a
              million weeks.
timer         the time of day moves by the same amount from one check-in to the next, to `timer_spread_s`: a clock, also
              one that drifts. Whoever checks in by an alarm is minutes apart.
burst         at least `burst_from` members at one second with one value, and `burst_times` as many as the seconds
              around would lead to expect, on `burst_days` of the days: one hand for many. A shift that begins at half
              past eight is no burst.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S, MINUTE_S, local_day
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant

KEPT_DAYS = 14


class Place(StrEnum):
    SITE = "site"
    HOME = "home"
    AWAY = "away"


class Sign(StrEnum):
    SAME_VALUE = "same-value"
    SAME_SECOND = "same-second"
    TIMER = "timer"
    BURST = "burst"


@dataclass(frozen=True, slots=True)
class Rules:
    look_back: int
    judged_from: int  # check-ins: of fewer nothing is said
    same_value_from: int
    same_second_from: int
    timer_spread_s: int
    burst_from: int
    burst_times: float
    burst_days: int
    burst_window_s: int  # before and after


@dataclass(frozen=True, slots=True, order=True)
class CheckIn:
    """`second`: of the local day; `tenths`: of a degree Celsius."""

    day: int
    second: int
    tenths: int
    place: Place


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Of so many members who can be judged so many are suspicious, and by which signs (one may have several)."""

    judged: int
    suspicious: int
    signs: Mapping[Sign, int]


Series = Sequence[CheckIn]  # of one member, oldest first, one a day


def check_in(at: Instant, temperature_c: float, place: Place) -> CheckIn:
    return CheckIn(local_day(at), (at + LOCAL_OFFSET_S) % DAY_S, round(temperature_c * 10), place)


def pack(told: CheckIn) -> str:
    return f"{told.day}#{told.second}#{told.tenths}#{told.place.value}"


def unpack(packed: str) -> CheckIn:
    """What `pack` wrote; Poison otherwise."""
    try:
        day, second, tenths, place = packed.split("#")
        return CheckIn(int(day), int(second), int(tenths), Place(place))
    except ValueError:
        raise Poison("check-in: unknown form") from None


def suspicion(members: Iterable[Series], rules: Rules) -> Suspicion:
    """How much of the check-ins of one organisation looks made by a machine."""
    recent = [series[-rules.look_back :] for series in members]
    bursts = _bursts(recent, rules)
    judged = [series for series in recent if len(series) >= rules.judged_from]
    found = [{sign for sign, shows in SIGNS.items() if shows(series, rules)} for series in judged]
    for signs, series in zip(found, judged, strict=True):
        if sum((one.day, one.second, one.tenths) in bursts for one in series) >= rules.burst_days:
            signs.add(Sign.BURST)
    counts = Counter(sign for signs in found for sign in signs)
    return Suspicion(len(judged), sum(map(bool, found)), {sign: counts[sign] for sign in Sign})


def _same_value(series: Series, rules: Rules) -> bool:
    return len(series) >= rules.same_value_from and len({one.tenths for one in series}) == 1


def _same_second(series: Series, rules: Rules) -> bool:
    return max(Counter(one.second % MINUTE_S for one in series).values()) >= rules.same_second_from


def _timer(series: Series, rules: Rules) -> bool:
    moves = [_nearest(after.second - before.second) for before, after in pairwise(series)]
    return max(moves) - min(moves) <= rules.timer_spread_s


def _nearest(seconds: int) -> int:
    """A difference of times of day as the shorter way around the clock."""
    return (seconds + DAY_S // 2) % DAY_S - DAY_S // 2


SIGNS: Mapping[Sign, Callable[[Series, Rules], bool]] = {
    Sign.SAME_VALUE: _same_value,
    Sign.SAME_SECOND: _same_second,
    Sign.TIMER: _timer,
}


def _bursts(members: Iterable[Series], rules: Rules) -> set[tuple[int, int, int]]:
    """(day, second, tenths) at which more were told at once than the seconds around would lead to expect."""
    alike = Counter((one.day, one.second, one.tenths) for series in members for one in series)
    seconds: Counter[tuple[int, int]] = Counter()
    values: Counter[tuple[int, int]] = Counter()
    days: Counter[int] = Counter()
    for (day, second, tenths), count in alike.items():
        seconds[day, second] += count
        values[day, tenths] += count
        days[day] += count
    return {
        (day, second, tenths)
        for (day, second, tenths), count in alike.items()
        if count >= rules.burst_from
        and count >= rules.burst_times * _around(seconds, day, second, rules) * values[day, tenths] / days[day]
    }


def _around(seconds: Mapping[tuple[int, int], int], day: int, second: int, rules: Rules) -> float:
    """How many a second there were shortly before and after, on average."""
    window = rules.burst_window_s
    near = [at for at in range(second - window, second + window + 1) if at != second]
    return sum(seconds.get((day, at), 0) for at in near) / len(near)
