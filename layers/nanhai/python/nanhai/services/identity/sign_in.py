"""Signing in by the code that was sent to a phone: whoever holds the phone has a session, registered or not."""

from __future__ import annotations

from nanhai.domain.actors import Role
from nanhai.domain.identifiers import Instant
from nanhai.services.identity import codes, persons, sessions, tokens
from nanhai.services.identity.codes import CodeExpired
from nanhai.services.identity.schemas import OpenSession, SessionOpened
from nanhai.services.platform import Platform
from nanhai.store import lookups
from nanhai.store import sessions as rows
from nanhai.store.writes import ConditionFailed

PURPOSE = "sign-in"


def by_code(platform: Platform, asked: OpenSession, *, address: str, now: Instant) -> SessionOpened:
    """Uses up the code and opens a session on this device; raises CodeWrong, CodeExpired, TooMany or Paused."""
    used = codes.check(platform, asked.challenge_id, asked.phone, PURPOSE, asked.code, address=address, now=now)
    person = lookups.find(persons.phone_index(platform, asked.phone), persons.PERSON)
    phone = asked.phone if person is None else ""
    session, refresh_token = sessions.new(
        platform, sessions.CITIZEN, person or "", Role.CITIZEN, asked.device, now, phone=phone
    )
    access_token = tokens.access(platform, session, session.subject, now)
    opened = SessionOpened(access_token, refresh_token, tokens.ACCESS_S, person is not None, person)
    try:
        return platform.commit([used, rows.open_session(session)], None, opened)
    except ConditionFailed:  # the same code came twice at once
        raise CodeExpired from None
