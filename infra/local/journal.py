"""What the local platform itself must not forget: one SQLite file in the data folder, synced at every commit."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.local.trouble import BrokenData

SCHEMA = """
CREATE TABLE IF NOT EXISTS checkpoint (
    consumer TEXT, stream TEXT, shard TEXT, sequence TEXT NOT NULL, drained INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (consumer, stream, shard)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS progress (
    consumer TEXT PRIMARY KEY, behind_s REAL NOT NULL, caught_up_at REAL NOT NULL, delivered INTEGER NOT NULL,
    failed INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, queue TEXT NOT NULL, body TEXT NOT NULL,
    sent_at REAL NOT NULL, visible_at REAL NOT NULL, receives INTEGER NOT NULL DEFAULT 0, receipt TEXT);
CREATE INDEX IF NOT EXISTS message_by_queue ON message (queue, visible_at);
CREATE TABLE IF NOT EXISTS sms (number INTEGER PRIMARY KEY AUTOINCREMENT, phone TEXT, text TEXT, sent_at REAL);
CREATE TABLE IF NOT EXISTS wechat (number INTEGER PRIMARY KEY AUTOINCREMENT, openid TEXT, text TEXT, sent_at REAL);
CREATE TABLE IF NOT EXISTS run (schedule TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS switch (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
BUSY_TIMEOUT_S = 10.0


class Journal:
    """Usable from any thread and any process; each thread has its own connection."""

    def __init__(self, data: Path) -> None:
        self._path = data / "journal.db"
        self._open = threading.local()
        try:
            self._connection().executescript(SCHEMA)
        except sqlite3.Error as broken:
            raise BrokenData(f"{self._path} cannot be used: {broken}") from None

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:  # noqa: ANN401 - SQLite's own types
        return self._connection().execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> sqlite3.Row | None:  # noqa: ANN401 - SQLite's own types
        row: sqlite3.Row | None = self._connection().execute(sql, values).fetchone()
        return row

    def write(self, sql: str, *values: Any) -> int:  # noqa: ANN401 - SQLite's own types
        """One durable statement; returns how many rows it touched."""
        return self._connection().execute(sql, values).rowcount

    def write_all(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        with self.transaction() as connection:
            connection.executemany(sql, values)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; nobody else writes meanwhile."""
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._open, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            self._open.connection = connection
        return connection
