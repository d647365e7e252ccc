"""News on its way: whom it reaches, by which channels, once, and not more than anybody bears.

SMS at least once: what goes that way may not be overlooked, and as it is counted before it is sent it cannot cost more
than the limits here, however often a run dies between sending and remembering. WeChat at most once: a subscription is
good for one message, and the inbox has the news anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S
from nanhai.domain.errors import Absent, Poison
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.notices import COLOUR, Channel, Rule
from nanhai.policies.notices import rules
from nanhai.services import channels
from nanhai.services.identity.limits import Limit, TooMany, spend
from nanhai.services.platform import Platform
from nanhai.services.profile import Profile
from nanhai.services.wechat import Message, WeChatUnavailable
from nanhai.store import notices, people
from nanhai.store.notices import News, Notice, Told
from nanhai.store.writes import ONCE_S, ConditionFailed, Once, commit, recall
from nanhai.texts import Language, text

OWNER = "notify"
FRESH_S = DAY_S  # what is older is in the inbox, and nobody's news
PER_PERSON = {Channel.SMS: Limit("notice-sms", 3, DAY_S), Channel.WECHAT: Limit("notice-wechat", 10, DAY_S)}
SMS_PER_DAY = Limit("notice-spend", 5_000, DAY_S)  # 100 USD a day at the price of infra/costs.yaml
THING_MAX = 20
ENGLISH = frozenset({"20", "34"})  # passports and permanent residents of foreign citizenship


class Outcome(StrEnum):
    """What became of one channel."""

    SENT = "sent"
    BEFORE = "before"  # an earlier run had sent it
    CAPPED = "capped"  # the person has had enough for a day
    SPENT = "spent"  # all together have had what the budget bears
    DECLINED = "declined"  # WeChat does not pass it on: no subscription is left
    LOST = "lost"  # WeChat gave no answer, and is not asked twice


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told: the person, or who acts for somebody without a phone."""

    person: PersonId
    phone: str
    language: Language


@dataclass(frozen=True, slots=True)
class Delivery:
    holder: PersonId
    told: Told
    rule: Rule
    to: Recipient
    now: Instant

    def once(self, channel: Channel) -> Once:
        """The same news about the same subject is one, whichever row tells it."""
        subject = self.told.subject if isinstance(self.told, News) else self.told.notice_id
        key = f"{self.holder}#{kind_of(self.told)}#{subject}#{channel.value}"
        return Once(OWNER, key, key, self.now + ONCE_S)


def kind_of(told: Told) -> str:
    return COLOUR if isinstance(told, Notice) else told.kind


def rule_of(told: Told) -> Rule:
    """Poison for a kind that this code does not know."""
    try:
        return rules()[kind_of(told)]
    except KeyError:
        raise Poison("notices: a kind of no known rule") from None


def deliver(platform: Platform, holder: PersonId, told: Told, now: Instant) -> Iterator[tuple[Channel, Outcome]]:
    """Sends `told` by the channels of its kind that reach somebody; what became of each. SmsUnavailable when SMS did
    not take it: then all of it may be tried again."""
    rule = rule_of(told)
    to = recipient(platform, holder, now) if rule.channels and now - told.at < FRESH_S else None
    if to is None:
        return
    delivery = Delivery(holder, told, rule, to, now)
    for channel in rule.channels:
        outcome = SENDERS[channel](platform, delivery)
        if outcome is not None:
            yield channel, outcome


def recipient(platform: Platform, holder: PersonId, now: Instant) -> Recipient | None:
    """None where nobody is left to be told."""
    try:
        profile = platform.profile(holder)
        if profile.phone:
            return Recipient(holder, profile.phone, _language(profile))
        guardian = people.guardian(holder, now)
        if guardian is None:
            return Recipient(holder, "", _language(profile))
        theirs = platform.profile(guardian)
    except Absent:
        return None
    return Recipient(guardian, theirs.phone, _language(theirs))


def _by_wechat(platform: Platform, delivery: Delivery) -> Outcome | None:
    linked = None if platform.wechat is None else _linked(platform, delivery.to.person)
    if platform.wechat is None or linked is None:
        return None
    if (stopped := _stopped(platform, delivery, Channel.WECHAT)) is not None:
        return stopped
    if not _remembered(delivery, Channel.WECHAT):
        return Outcome.BEFORE
    try:
        taken = platform.wechat.push(linked.wechat_openid, _message(delivery))
    except WeChatUnavailable:
        return Outcome.LOST
    return Outcome.SENT if taken else Outcome.DECLINED


def _by_sms(platform: Platform, delivery: Delivery) -> Outcome | None:
    if not delivery.to.phone:
        return None
    if (stopped := _stopped(platform, delivery, Channel.SMS)) is not None:
        return stopped
    platform.sms.send(delivery.to.phone, text("notices.push", delivery.to.language, {"topic": _topic(delivery)}))
    _remembered(delivery, Channel.SMS)
    return Outcome.SENT


SENDERS = {Channel.WECHAT: _by_wechat, Channel.SMS: _by_sms}


def _linked(platform: Platform, person: PersonId) -> channels.Channels | None:
    try:
        return channels.read(platform, person)
    except Absent:
        return None


def _stopped(platform: Platform, delivery: Delivery, channel: Channel) -> Outcome | None:
    """Why it may not be sent now; counts it when it may."""
    if recall(delivery.once(channel)) is not None:
        return Outcome.BEFORE
    if not _counted(platform, PER_PERSON[channel], delivery.to.person, delivery.now):
        return Outcome.CAPPED
    if channel is Channel.SMS and not _counted(platform, SMS_PER_DAY, "", delivery.now):
        return Outcome.SPENT
    return None


def _counted(platform: Platform, limit: Limit, subject: str, now: Instant) -> bool:
    """Whether one more was left."""
    try:
        spend(platform, limit, subject, now)
    except TooMany:
        return False
    return True


def _remembered(delivery: Delivery, channel: Channel) -> bool:
    """Whether it had not been remembered before."""
    sent = notices.sent(delivery.holder, delivery.told.notice_id, channel, delivery.now)
    try:
        return not commit([sent], once=delivery.once(channel)).replayed
    except ConditionFailed:  # erased meanwhile
        return False


def _message(delivery: Delivery) -> Message:
    """The fields as WeChat names them: a thing has 20 characters at most."""
    local = datetime.fromtimestamp(delivery.told.at + LOCAL_OFFSET_S, UTC)
    hint = text("notices.push-short", delivery.to.language)
    return Message({"thing1": _topic(delivery)[:THING_MAX], "time2": f"{local:%Y-%m-%d %H:%M}", "thing3": hint})


def _topic(delivery: Delivery) -> str:
    return text(f"notices.topic.{delivery.rule.topic}", delivery.to.language)


def _language(profile: Profile) -> Language:
    return "en" if profile.id_type in ENGLISH else "zh-CN"
