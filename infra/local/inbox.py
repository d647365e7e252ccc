"""The phones of the local platform: every SMS and WeChat message that would have gone out, newest first."""

from __future__ import annotations

import html
from datetime import UTC, datetime

from infra.local.http import Incoming, Outgoing, json_answer
from infra.local.journal import Journal

KEPT_MAX = 1_000
SHOWN_MAX = 100
PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="3"><title>收件箱 Inbox</title>
<h1>收件箱 Inbox</h1><p>Local stage only. Newest first.</p>
<table border="1" cellpadding="6"><tr><th>UTC</th><th>kind</th><th>to</th><th>text</th></tr>{rows}</table></html>"""
NAMES = {"sms": "短信 SMS", "wechat": "微信 WeChat"}
NEWEST = """
SELECT 'sms' AS kind, phone, '' AS openid, text, sent_at, number FROM sms UNION ALL
SELECT 'wechat', '', openid, text, sent_at, number FROM wechat ORDER BY sent_at DESC, number DESC LIMIT ?"""
HEADERS = (
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
)


def put(journal: Journal, phone: str, text: str, sent_at: float) -> None:
    with journal.transaction() as connection:
        connection.execute("INSERT INTO sms (phone, text, sent_at) VALUES (?, ?, ?)", (phone, text, sent_at))
        connection.execute("DELETE FROM sms WHERE number <= (SELECT max(number) FROM sms) - ?", (KEPT_MAX,))


def put_wechat(journal: Journal, openid: str, text: str, sent_at: float) -> None:
    with journal.transaction() as connection:
        connection.execute("INSERT INTO wechat (openid, text, sent_at) VALUES (?, ?, ?)", (openid, text, sent_at))
        connection.execute("DELETE FROM wechat WHERE number <= (SELECT max(number) FROM wechat) - ?", (KEPT_MAX,))


def page(journal: Journal, request: Incoming) -> Outgoing:
    """The inbox for people; as JSON for whoever asks for it (?format=json or Accept: application/json)."""
    messages = newest(journal)
    if "format=json" in request.query or "application/json" in request.header("accept"):
        return json_answer({"messages": messages})
    rows = "".join(
        f"<tr><td>{html.escape(sent['sent_at'])}</td><td>{NAMES[sent['kind']]}</td>"
        f"<td>{html.escape(sent['phone'] or sent['openid'])}</td><td>{html.escape(sent['text'])}</td></tr>"
        for sent in messages
    )
    return Outgoing(200, HEADERS, PAGE.format(rows=rows).encode())


def newest(journal: Journal, limit: int = SHOWN_MAX) -> list[dict[str, str]]:
    """Of both kinds; an SMS has a phone, a WeChat message an openid, and the other one is empty."""
    return [
        {
            "kind": row["kind"],
            "phone": row["phone"],
            "openid": row["openid"],
            "text": row["text"],
            "sent_at": datetime.fromtimestamp(row["sent_at"], UTC).isoformat(timespec="seconds"),
        }
        for row in journal.rows(NEWEST, limit)
    ]
