"""The mini-program's subscription messages, behind an endpoint of the deployment's own that holds its secret.

The bodies are those of WeChat's server API; the endpoint adds what only it knows (appid, secret, access token, the id
of the template) and passes them on: `POST <endpoint>/sns/jscode2session` gives an openid for a code of `wx.login`,
`POST <endpoint>/cgi-bin/message/subscribe/send` sends one message.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from nanhai.domain.errors import Refusal, Unavailable
from nanhai.services.settings import Misconfigured
from nanhai.vault.stages import LOCAL_STAGES

if TYPE_CHECKING:
    from nanhai.services.settings import Settings

TIMEOUT_S = 3.0
ANSWER_BYTES_MAX = 16_384
TEMPLATE = "nanhai-notice"  # a name: the endpoint knows the id that WeChat gave it
PAGE = "pages/notices/notices"
BUSY = -1  # WeChat's "system busy": nothing was sent
INBOX, NONE = "inbox:", "none"
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost"})


class WeChatUnavailable(Unavailable):
    code = "wechat.unavailable"


class WeChatCode(Refusal):
    """WeChat does not know this code of a sign-in: it was used, or is too old."""

    code = "wechat.code"


@dataclass(frozen=True, slots=True)
class Message:
    """What a subscription message says, by the fields of its template; no field holds personal data."""

    data: Mapping[str, str]
    page: str = PAGE
    template_id: str = TEMPLATE


class WeChat(Protocol):
    def openid(self, code: str) -> str:
        """Who has signed in to the mini-program; WeChatCode, or WeChatUnavailable."""

    def push(self, openid: str, message: Message) -> bool:
        """Whether WeChat took it: it refuses whoever has not subscribed. WeChatUnavailable when it did not answer."""


def wechat(settings: Settings) -> WeChat | None:
    """None where the deployment has no mini-program."""
    if settings.wechat == NONE:
        return None
    if settings.wechat.startswith(INBOX):
        return InboxWeChat(settings.wechat.removeprefix(INBOX), settings.stage)
    return HttpsWeChat(settings.wechat)


@dataclass(frozen=True, slots=True)
class HttpsWeChat:
    endpoint: str

    def openid(self, code: str) -> str:
        match _post(f"{self.endpoint}/sns/jscode2session", {"js_code": code, "grant_type": "authorization_code"}):
            case {"openid": str(openid)} if openid:
                return openid
            case {"errcode": int(failed)} if failed != BUSY:
                raise WeChatCode
        raise WeChatUnavailable(retry_after_s=5)

    def push(self, openid: str, message: Message) -> bool:
        body = {
            "touser": openid,
            "template_id": message.template_id,
            "page": message.page,
            "data": {name: {"value": value} for name, value in message.data.items()},
        }
        match _post(f"{self.endpoint}/cgi-bin/message/subscribe/send", body):
            case {"errcode": int(failed)} if failed != BUSY:
                return failed == 0
        raise WeChatUnavailable(retry_after_s=30)


@dataclass(frozen=True, slots=True)
class InboxWeChat:
    """The inbox page of a local platform, which speaks as the endpoint does. Local stages only."""

    address: str
    stage: str

    def __post_init__(self) -> None:
        if self.stage not in LOCAL_STAGES:
            raise Misconfigured("the WeChat inbox exists on a local stage only")
        if urlsplit(self.address).hostname not in LOOPBACK_NAMES:
            raise Misconfigured("the WeChat inbox is on this machine")

    def openid(self, code: str) -> str:
        return HttpsWeChat(self.address).openid(code)

    def push(self, openid: str, message: Message) -> bool:
        return HttpsWeChat(self.address).push(openid, message)


def _post(url: str, body: Mapping[str, object]) -> object:
    import urllib3

    try:
        answer = _pool().request(
            "POST",
            url,
            body=json.dumps(body, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json"},
            timeout=TIMEOUT_S,
            retries=False,
            redirect=False,
            preload_content=False,
        )
        told: object = json.loads(answer.read(ANSWER_BYTES_MAX)) if answer.status == 200 else None
    except (urllib3.exceptions.HTTPError, ValueError) as failed:
        raise WeChatUnavailable(retry_after_s=30) from failed
    return told


@cache
def _pool() -> Any:  # noqa: ANN401 - urllib3 is imported on first use only
    import urllib3

    return urllib3.PoolManager(cert_reqs="CERT_REQUIRED", maxsize=4)
