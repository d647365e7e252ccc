"""Signing in for an enterprise, by the code that its registered contact was sent: the session is the organisation's."""

from __future__ import annotations

from nanhai.domain.actors import Role
from nanhai.domain.identifiers import Instant
from nanhai.services.identity import codes, enterprise_codes, sessions, tokens
from nanhai.services.identity.codes import CodeExpired
from nanhai.services.identity.schemas import EnterpriseSessionOpened, OpenEnterpriseSession
from nanhai.services.platform import Platform
from nanhai.store import sessions as rows
from nanhai.store.writes import ConditionFailed


def by_code(platform: Platform, asked: OpenEnterpriseSession, *, address: str, now: Instant) -> EnterpriseSessionOpened:
    """Uses up the code and opens a session on this device; raises Invalid, CodeWrong, CodeExpired, TooMany or Paused.

    The register is asked again: a contact who was changed meanwhile signs nobody in.
    """
    uscc = enterprise_codes.clean(asked.uscc)
    organisation = enterprise_codes.registered(platform, uscc)
    bound = enterprise_codes.bound_to(platform, uscc, organisation)
    used = codes.check(
        platform, asked.challenge_id, bound, enterprise_codes.PURPOSE, asked.code, address=address, now=now
    )
    session, refresh_token = sessions.new(platform, sessions.ENTERPRISE, uscc, Role.ENTERPRISE, asked.device, now)
    access_token = tokens.access(platform, session, uscc, now)
    opened = EnterpriseSessionOpened(access_token, refresh_token, tokens.ACCESS_S, uscc, organisation.name)
    try:
        return platform.commit([used, rows.open_session(session)], None, opened)
    except ConditionFailed:  # the same code came twice at once
        raise CodeExpired from None
