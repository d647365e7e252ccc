"""Durable queues with SQS's promises: at least once, hidden while somebody works on it, set aside after five tries."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from infra.local.journal import Journal

VISIBILITY_TIMEOUT_S = 120.0
RECEIVES_MAX = 5
BODY_BYTES_MAX = 262_144
PREFIX = "nanhai-local-"


@dataclass(frozen=True, slots=True)
class Message:
    id: str
    queue: str
    body: str
    receives: int
    receipt: str
    sent_at: float

    @property
    def md5(self) -> str:
        return md5(self.body)


def send(journal: Journal, queue: str, bodies: Sequence[str], delay_s: float = 0.0) -> list[str]:
    """Stores all bodies, or none; returns the messages' ids in order."""
    now = time.time()
    ids = [str(uuid.uuid4()) for _ in bodies]
    journal.write_all(
        "INSERT INTO message (id, queue, body, sent_at, visible_at) VALUES (?, ?, ?, ?, ?)",
        [(id_, queue, body, now, now + delay_s) for id_, body in zip(ids, bodies, strict=True)],
    )
    return ids


def receive(
    journal: Journal, queue: str, limit: int, now: float, hidden_s: float = VISIBILITY_TIMEOUT_S
) -> list[Message]:
    """The oldest visible messages, hidden from others for `hidden_s` seconds."""
    receipt = uuid.uuid4().hex
    with journal.transaction() as connection:
        rows = connection.execute(
            "UPDATE message SET visible_at = ?, receives = receives + 1, receipt = ? WHERE number IN"
            " (SELECT number FROM message WHERE queue = ? AND visible_at <= ? ORDER BY number LIMIT ?)"
            " RETURNING id, queue, body, receives, receipt, sent_at, number",
            (now + hidden_s, receipt, queue, now, limit),
        ).fetchall()
    rows.sort(key=lambda row: row["number"])
    return [Message(*(row[name] for name in Message.__slots__)) for row in rows]


def delete(journal: Journal, message: Message) -> None:
    """Done; without effect when it has meanwhile been handed to somebody else."""
    journal.write("DELETE FROM message WHERE id = ? AND receipt = ?", message.id, message.receipt)


def give_back(journal: Journal, message: Message, visible_at: float) -> None:
    """Not done: visible again then, or in the failure queue when it has been tried often enough."""
    if message.receives >= RECEIVES_MAX:
        journal.write(
            "UPDATE message SET queue = ?, receives = 0, visible_at = ? WHERE id = ? AND receipt = ?",
            f"{message.queue}-failures",
            visible_at,
            message.id,
            message.receipt,
        )
        return
    journal.write(
        "UPDATE message SET visible_at = ? WHERE id = ? AND receipt = ?", visible_at, message.id, message.receipt
    )


def waiting(journal: Journal) -> dict[str, int]:
    """How many messages each queue holds, hidden ones included."""
    return {row["queue"]: row["n"] for row in journal.rows("SELECT queue, count(*) AS n FROM message GROUP BY queue")}


def md5(body: str) -> str:
    """SQS's checksum of a body; nothing rests on its strength."""
    return hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
