"""The 14-day lookup: where the holder of a phone was, city by city and day by day, told to nobody else.

A fresh code that was sent to the number opens it once, for that number. One query reads the days; the answer is
computed from them, signed, and kept nowhere.
"""

from __future__ import annotations

from nanhai.domain.cities import CityDay, city_days, window
from nanhai.domain.days import HOUR_S, MINUTE_S, local_day
from nanhai.domain.identifiers import Instant
from nanhai.domain.sightings import joined, unpack
from nanhai.policies import trajectories
from nanhai.policies.trajectories import Rules
from nanhai.services.identity import codes
from nanhai.services.identity.codes import CodeExpired
from nanhai.services.identity.schemas import CodeSent
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.services.trajectories import certificates
from nanhai.services.trajectories.certificate_schemas import City, DayInCities
from nanhai.services.trajectories.lookup_schemas import PURPOSE, LookUpTrajectory, SendLookupCode, Trajectory
from nanhai.services.trajectories.phones import pseudonym
from nanhai.store import sightings
from nanhai.store.writes import ConditionFailed
from nanhai.texts import Language, text

SMS_TEXT = "trajectories.sms"


def send_code(platform: Platform, asked: SendLookupCode, *, address: str, language: Language, now: Instant) -> CodeSent:
    """Sends a fresh code for one lookup, within the limits of all codes; TooMany when one is reached."""
    return codes.send(platform, asked, address=address, language=language, now=now, words=SMS_TEXT)


def look_up(
    platform: Platform, asked: LookUpTrajectory, *, address: str, language: Language, now: Instant
) -> Trajectory:
    """The days from fourteen days ago to yesterday; uses the code up. CodeWrong, CodeExpired, TooMany or Paused."""
    used = codes.check(platform, asked.challenge_id, asked.phone, PURPOSE, asked.code, address=address, now=now)
    told = _answer(platform, asked.phone, language, now)  # before the code is used: a store that fails costs nobody one
    try:
        return platform.commit([used], None, told)
    except ConditionFailed:  # the same code came twice at once
        raise CodeExpired from None


def rule_text(language: Language) -> str:
    """From when on a city counts, as the rules in force have it."""
    rules = trajectories.rule()
    hours, minutes = rules.minimum_stay_s // HOUR_S, rules.silence_s // MINUTE_S
    return text("trajectories.rule", language, {"hours": hours, "silence": minutes, "days": rules.kept_days})


def _answer(platform: Platform, phone: str, language: Language, now: Instant) -> Trajectory:
    cities = _cities(platform, phone, trajectories.rule(), now)
    certificate, signed = certificates.issued(platform, phone, cities, now)
    days = certificates.days(certificate, language)
    return Trajectory(
        certificate.phone,
        moment(now),
        moment(certificate.until),
        days,
        _in_order(days),
        rule_text(language),
        text("trajectories.unknown", language),
        signed,
    )


def _cities(platform: Platform, phone: str, rules: Rules, now: Instant) -> tuple[CityDay, ...]:
    today = local_day(now)
    known = sightings.days(pseudonym(platform, phone), *window(today, rules.kept_days), now)
    return city_days(joined(unpack(found.day, found.visits) for found in known), rules.cities, today)


def _in_order(days: list[DayInCities]) -> list[City]:
    """Every city once, by the day on which it first counts."""
    return list({city.code: city for day in days for city in day.cities}.values())
