"""A person's channels beside the inbox: linked and taken away by themself, with consent."""

from __future__ import annotations

from nanhai.domain.days import DAY_S
from nanhai.domain.errors import Absent, Fault, Invalid
from nanhai.domain.identifiers import PersonId
from nanhai.services import channels
from nanhai.services.asked import Asked
from nanhai.services.identity.limits import Limit, spend
from nanhai.services.identity.schemas import Channels, LinkChannels
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment

ATTEMPTS = Limit("channel-link", 10, DAY_S)
NOTHING_LINKED = Channels(False, None)


class NoWeChat(Absent):
    """This deployment has no mini-program."""

    code = "wechat.none"


def link(platform: Platform, asked: Asked, body: LinkChannels) -> Channels:
    """Links the WeChat account behind a code, in place of another one, or takes the link away. Raises Invalid without
    consent, NoWeChat, WeChatCode, WeChatUnavailable, TooMany."""
    person = PersonId(asked.actor.id)
    if body.wechat_code is None:
        return platform.commit([channels.unlinked(person)], asked.once, NOTHING_LINKED)
    if not body.consent:
        raise Invalid(Fault("/consent", "identity.channel-consent"))
    if platform.wechat is None:
        raise NoWeChat
    spend(platform, ATTEMPTS, person, asked.now)
    linked = channels.Channels(platform.wechat.openid(body.wechat_code), asked.now)
    return platform.commit([channels.linked(platform, person, linked)], asked.once, _told(linked))


def read(platform: Platform, person: PersonId) -> Channels:
    linked = channels.read(platform, person)
    return NOTHING_LINKED if linked is None else _told(linked)


def _told(linked: channels.Channels) -> Channels:
    return Channels(True, moment(linked.consented_at))
