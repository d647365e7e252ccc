"""Codes for enterprises: they go to the contact whom the register of legal persons names, and to nobody else.

Whether the register knows an organisation, and whose phone its contact's is, an asker does not learn: the answer is the
same, for the same work and after the same time. So what only a known one could meet stays silent: a phone that had its
codes for today gets none, and an SMS that was not taken for delivery raises an alarm instead of a refusal.
"""

from __future__ import annotations

import time

from nanhai.domain import uscc as usccs
from nanhai.domain.days import DAY_S
from nanhai.domain.errors import Invalid, Param
from nanhai.domain.identifiers import Instant
from nanhai.policies.divisions import divisions
from nanhai.services import alarms
from nanhai.services.identity import codes
from nanhai.services.identity.limits import Limit, TooMany, spend
from nanhai.services.identity.proof import clean_number
from nanhai.services.identity.schemas import CodeSent, SendEnterpriseCode
from nanhai.services.platform import Platform
from nanhai.services.ports import Organisation, SmsUnavailable
from nanhai.services.schemas import moment
from nanhai.texts import Language, text

PURPOSE = "enterprise-sign-in"
PER_ORGANISATION = Limit("code-organisation", 5, DAY_S)
ANSWERED_AFTER_S = 1.0  # longer than an SMS is usually taken for delivery
NOBODY = Organisation("", "", "", above_designated_size=False)


def send(
    platform: Platform,
    asked: SendEnterpriseCode,
    *,
    address: str,
    language: Language,
    correlation_id: str,
    now: Instant,
) -> CodeSent:
    """Answers the same for every well-formed code; Invalid with every fault of another one, TooMany at a limit."""
    began_s = time.monotonic()
    uscc = clean(asked.uscc)
    codes.spend_of_asker(platform, address, asked.device, now)
    spend(platform, PER_ORGANISATION, uscc, now)
    organisation = registered(platform, uscc)
    may_be_told = _has_codes_left(platform, organisation.contact_phone or uscc, now)
    spend(platform, codes.PER_DAY, "", now)
    challenge, code = codes.fresh(platform)
    if may_be_told and organisation.contact_phone:
        _tell(platform, organisation, code, language, correlation_id)
    stored = codes.kept(platform, challenge, bound_to(platform, uscc, organisation), PURPOSE, code, now)
    sent = platform.commit([stored], None, CodeSent(challenge, moment(now + codes.CODE_TTL_S)))
    _wait_until(began_s + ANSWERED_AFTER_S)
    return sent


def clean(typed: str) -> str:
    """The code as the register writes it; Invalid names everything that is wrong with it."""
    told = clean_number(typed)
    if faults := list(usccs.check(told)):
        raise Invalid(*faults)
    return told


def registered(platform: Platform, uscc: str) -> Organisation:
    """What the register says of an organisation of this district with a mobile contact; NOBODY for any other."""
    found = platform.legal_register.find(uscc)
    if found is None or not codes.MOBILE.fullmatch(found.contact_phone):
        return NOBODY
    return found if divisions(platform.settings.district).community(found.community) is not None else NOBODY


def bound_to(platform: Platform, uscc: str, organisation: Organisation) -> str:
    """What a code is good for: this organisation by this phone; for NOBODY something that nobody can name again."""
    return f"{uscc} {organisation.contact_phone or platform.entropy(16).hex()}"


def _has_codes_left(platform: Platform, phone: str, now: Instant) -> bool:
    try:
        spend(platform, codes.PER_PHONE, phone, now)
    except TooMany:
        return False
    return True


def _tell(platform: Platform, organisation: Organisation, code: str, language: Language, correlation_id: str) -> None:
    params: dict[str, Param] = {"name": organisation.name, "code": code, "minutes": codes.CODE_TTL_S // 60}
    try:
        platform.sms.send(organisation.contact_phone, text("identity.enterprise-sms", language, params))
    except SmsUnavailable:
        alarms.tell(alarms.CODE_NOT_SENT, SmsUnavailable.code, correlation_id)


def _wait_until(at_s: float) -> None:
    time.sleep(max(0.0, at_s - time.monotonic()))
