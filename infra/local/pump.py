"""One stream to one consumer: shards → records → events → the app's own handler, with a durable checkpoint.

The checkpoint is written after success, so a killed pump repeats a batch and never skips one.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local import progress, queues
from infra.local.consumers import StreamConsumer
from infra.local.deliver import Record, deliver, lambda_record
from infra.local.journal import Journal
from infra.local.work import Pause

LOG = logging.getLogger("nanhai.pump")
IDLE_S_MIN = 0.05
IDLE_S_MAX = 0.5
SHARDS_KNOWN_FOR_S = 10.0
CAUGHT_UP_NOTED_EVERY_S = 5.0
RECORDS_PER_READ_MAX = 1_000  # what GetRecords gives at most
SEQUENCE_DIGITS = 21  # boto3 refuses shorter ones, and one engine counts from 1
TRIMMED = frozenset({"TrimmedDataAccessException"})


@dataclass(slots=True)
class Pump:
    """`step` does what there is to do and returns the seconds until it wants to look again."""

    source: StreamConsumer
    journal: Journal
    streams: Any  # a boto3 client; its class exists at run time only
    pause: Pause
    _shards: list[dict[str, Any]] = field(default_factory=list)
    _shards_seen_at: float = float("-inf")
    _iterators: dict[str, str] = field(default_factory=dict)
    _idle_s: float = IDLE_S_MIN
    _caught_up_noted_at: float = float("-inf")

    def step(self) -> float:
        try:
            moved = sum(self._advance(shard) for shard in self._open_shards())
        except (ClientError, BotoCoreError):
            self._iterators.clear()
            raise
        if moved:
            self._idle_s, self._caught_up_noted_at = IDLE_S_MIN, float("-inf")
            return 0.0
        self._note_caught_up()
        self._idle_s = min(IDLE_S_MAX, self._idle_s * 2)
        return self._idle_s

    def _open_shards(self) -> Iterator[str]:
        """Shards to read now: a child waits until its parent is drained."""
        if time.monotonic() - self._shards_seen_at > SHARDS_KNOWN_FOR_S:
            self._shards, self._shards_seen_at = self._describe(), time.monotonic()
        known = {shard["ShardId"] for shard in self._shards}
        drained = self._drained()
        for shard in self._shards:
            parent = shard.get("ParentShardId")
            if shard["ShardId"] not in drained and (parent not in known or parent in drained):
                yield shard["ShardId"]

    def _describe(self) -> list[dict[str, Any]]:
        shards: list[dict[str, Any]] = []
        after: dict[str, str] = {}
        while True:
            told = self.streams.describe_stream(StreamArn=self.source.stream_arn, **after)["StreamDescription"]
            shards += told["Shards"]
            if "LastEvaluatedShardId" not in told:
                return shards
            after = {"ExclusiveStartShardId": told["LastEvaluatedShardId"]}

    def _advance(self, shard: str) -> int:
        """Reads a batch and delivers it; returns how many records came."""
        iterator: str | None = self._iterators.pop(shard, None) or self._iterator(shard)
        records: list[Record] = []
        while iterator and (room := self.source.batch_size - len(records)):
            most = min(room, RECORDS_PER_READ_MAX)
            answer = self.streams.get_records(ShardIterator=iterator, Limit=most)
            records += [lambda_record(record, self.source.stream_arn) for record in answer["Records"]]
            iterator = answer.get("NextShardIterator")
            if len(answer["Records"]) < most:
                break
        if records:
            self._deliver(shard, records)
        if iterator:
            self._iterators[shard] = iterator
        else:
            self._mark_drained(shard)
        return len(records)

    def _deliver(self, shard: str, records: list[Record]) -> None:
        deliver(
            self.source.consumer,
            records,
            done=lambda record: self._checkpoint(shard, record),
            give_up=self._give_up,
            pause=self.pause,
        )
        behind_s = max(0.0, time.time() - records[-1]["dynamodb"]["ApproximateCreationDateTime"])
        progress.note(self.journal, self._name, delivered=len(records), failed=0, behind_s=behind_s)

    def _give_up(self, record: Record) -> None:
        LOG.error("%s gave up on one record; it waits in %s", self._name, self.source.consumer.failures)
        queues.send(self.journal, self.source.consumer.failures, [json.dumps({"Records": [record]})])
        progress.note(self.journal, self._name, delivered=0, failed=1, behind_s=0.0)

    def _iterator(self, shard: str) -> str:
        where = {"StreamArn": self.source.stream_arn, "ShardId": shard}
        row = self.journal.one(
            "SELECT sequence FROM checkpoint WHERE consumer = ? AND stream = ? AND shard = ?", *self._key(shard)
        )
        if row is None:
            return self._ask_iterator(where | {"ShardIteratorType": "TRIM_HORIZON"})
        after = where | {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": row["sequence"]}
        try:
            return self._ask_iterator(after)
        except ClientError as refused:
            if refused.response["Error"]["Code"] not in TRIMMED:
                raise
            LOG.warning("%s: the stream was trimmed past its checkpoint; the sweeper makes up for it", self._name)
            return self._ask_iterator(where | {"ShardIteratorType": "TRIM_HORIZON"})

    def _ask_iterator(self, where: dict[str, str]) -> str:
        return str(self.streams.get_shard_iterator(**where)["ShardIterator"])

    def _checkpoint(self, shard: str, record: Record) -> None:
        self.journal.write(
            "INSERT INTO checkpoint (consumer, stream, shard, sequence) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (consumer, stream, shard) DO UPDATE SET sequence = excluded.sequence",
            *self._key(shard),
            record["dynamodb"]["SequenceNumber"].zfill(SEQUENCE_DIGITS),
        )

    def _mark_drained(self, shard: str) -> None:
        self._shards_seen_at = float("-inf")
        self.journal.write(
            "INSERT INTO checkpoint (consumer, stream, shard, sequence, drained) VALUES (?, ?, ?, '', 1)"
            " ON CONFLICT (consumer, stream, shard) DO UPDATE SET drained = 1",
            *self._key(shard),
        )

    def _drained(self) -> set[str]:
        rows = self.journal.rows(
            "SELECT shard FROM checkpoint WHERE consumer = ? AND stream = ? AND drained",
            self._name,
            self.source.stream_arn,
        )
        return {row["shard"] for row in rows}

    def _note_caught_up(self) -> None:
        if time.monotonic() - self._caught_up_noted_at > CAUGHT_UP_NOTED_EVERY_S:
            progress.caught_up(self.journal, self._name, time.time())
            self._caught_up_noted_at = time.monotonic()

    def _key(self, shard: str) -> tuple[str, str, str]:
        return self._name, self.source.stream_arn, shard

    @property
    def _name(self) -> str:
        return self.source.consumer.name
