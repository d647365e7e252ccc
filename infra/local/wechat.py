"""The endpoint behind the WeChat port, as the local platform has it: every code is good, messages go to the inbox."""

from __future__ import annotations

import hashlib
import time

from infra.local import inbox
from infra.local.http import Incoming, Outgoing, json_answer, json_body
from infra.local.journal import Journal

BAD_CODE, BAD_DATA = 40029, 47003  # as WeChat numbers them


def sign_in(request: Incoming) -> Outgoing:
    """The openid of a code of `wx.login`: the same code is the same person."""
    match json_body(request):
        case {"js_code": str(code)} if code:
            return json_answer({"openid": "o" + hashlib.sha256(code.encode()).hexdigest()[:27]})
    return json_answer({"errcode": BAD_CODE, "errmsg": "invalid code"})


def send(journal: Journal, request: Incoming) -> Outgoing:
    match json_body(request):
        case {"touser": str(openid), "template_id": str(), "data": dict(data)} if openid:
            values = [str(field.get("value", "")) for field in data.values() if isinstance(field, dict)]
            inbox.put_wechat(journal, openid, " · ".join(values), time.time())
            return json_answer({"errcode": 0, "errmsg": "ok"})
    return json_answer({"errcode": BAD_DATA, "errmsg": "data format error"})
