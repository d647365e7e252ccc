"""Writes that happen once or not at all: one transaction with a row that answers for it.

After any doubt (a lost answer, a cancelled transaction) that row is read consistently before anything is tried
again, so what was acknowledged is there exactly once, whatever the network did.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Iterator, Sequence

import msgspec
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError
from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from nanhai.domain.errors import Refusal, Unavailable
from nanhai.domain.identifiers import Instant
from nanhai.store import model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.connection import client
from nanhai.store.model import Table
from nanhai.store.model import Write as Write  # whoever sends writes takes it from here
from nanhai.store.passing import passes
from nanhai.store.words import Prepared, gap

WRITES_MAX = 99  # a transaction holds 100 actions, one of them the row
TRIES = 8
PAUSE_S = 0.02
PAUSE_S_MAX = 0.8
PATIENCE_S = 8.0  # the gateway waits 29 s, and a silent database takes up to 12 s of one try
ONCE_S = 86_400  # for so long a request may be repeated
ROW_LABEL = "idempotency"


class KeyReused(Refusal):
    """The same idempotency key came with another request."""

    code = "edge.idempotency-key-reused"
    kind = "invalid"


class Busy(Refusal):
    """Others keep writing the same items; nothing was written."""

    code = "edge.still-running"
    kind = "conflict"


class StoreUnavailable(Unavailable):
    code = "store.unavailable"


class ConditionFailed(Exception):
    """A condition of the transaction did not hold; `labels` name the writes at fault. Nothing was written."""

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__(", ".join(labels))
        self.labels = tuple(labels)


class AnswerRow(Table):
    """`attempt`: the one that was made; `expires_at`: until when the same request gets the same answer."""

    class Meta:
        table_name = "idempotency"

    request = UnicodeAttribute(hash_key=True)
    attempt = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
    answer = BinaryAttribute(legacy_encoding=False)
    expires_at = WholeNumberAttribute()


class Once(msgspec.Struct, frozen=True):
    """A request that must take effect once: who asked, with which key, and the fingerprint of what was asked."""

    owner: str
    key: str
    fingerprint: str
    expires_at: Instant  # ONCE_S from when it was asked

    @property
    def asked_at(self) -> Instant:
        return self.expires_at - ONCE_S


class Committed(msgspec.Struct, frozen=True):
    answer: bytes
    replayed: bool


def commit(writes: Sequence[Write], *, once: Once | None = None, answer: bytes = b"") -> Committed:
    """All of `writes` or none, once. Raises ConditionFailed, KeyReused, Busy, after bounded tries StoreUnavailable."""
    if not 0 < len(writes) <= WRITES_MAX:
        raise ValueError(f"a transaction takes 1 to {WRITES_MAX} writes")
    attempt = secrets.token_hex(16)
    request = _request(once, attempt)
    actions = [write.action for write in writes]
    actions.append(_row(request, once, attempt, answer).action)
    last: Exception | None = None
    for _ in _tries():
        try:
            client().transact_write_items(TransactItems=actions, ClientRequestToken=attempt)
            return Committed(answer, replayed=False)
        except ClientError as refused:
            last = refused
            if (settled := _settle(refused, writes, request, once, attempt)) is not None:
                return settled
        except (HTTPClientError, ConnectionError) as lost:
            last = lost
            if (settled := _seen(request, once, attempt)) is not None:
                return settled
    if isinstance(last, ClientError) and "TransactionConflict" in _reasons(last):
        raise Busy(retry_after_s=1) from last
    raise StoreUnavailable(retry_after_s=5) from last


def send(writes: Sequence[Write]) -> None:
    """All of `writes` or none, without a row that answers for them: for what may harmlessly be done again.

    Raises ConditionFailed, also where a lost answer hid that this very write was made; StoreUnavailable after bounded
    tries.
    """
    last: Exception | None = None
    for _ in _tries():
        try:
            return _send(writes)
        except ClientError as refused:
            last = refused
            _raise_settled(refused, writes)
        except (HTTPClientError, ConnectionError) as lost:
            last = lost
    raise StoreUnavailable(retry_after_s=5) from last


def _tries() -> Iterator[None]:
    """TRIES at most, none of which begins after PATIENCE_S, with a pause between two."""
    until = time.monotonic() + PATIENCE_S
    for tried in range(TRIES):
        yield
        if time.monotonic() > until:
            return
        time.sleep(random.uniform(0, min(PAUSE_S_MAX, PAUSE_S * 2**tried)))  # noqa: S311 - jitter


def recall(once: Once) -> bytes | None:
    """The stored answer of an earlier identical request; KeyReused when it asked for something else."""
    found = _read(_request(once, ""))
    return None if found is None or found.expires_at <= once.asked_at else _same(found, once)


def _settle(
    refused: ClientError, writes: Sequence[Write], request: str, once: Once | None, attempt: str
) -> Committed | None:
    """What a refusal comes to: an answer, a raised refusal, or None for one more try."""
    code = refused.response["Error"]["Code"]
    if code != "TransactionCanceledException" and not passes(refused):
        raise refused
    if (seen := _seen(request, once, attempt)) is not None:
        return seen
    if code == "TransactionCanceledException":
        _raise_cancelled(refused, writes)
    return None


def _send(writes: Sequence[Write]) -> None:
    """One action needs no transaction, and costs half."""
    if len(writes) > 1:
        client().transact_write_items(TransactItems=[write.action for write in writes])
        return
    ((verb, action),) = writes[0].action.items()
    call = {"Put": client().put_item, "Update": client().update_item, "Delete": client().delete_item}[verb]
    call(**action)


def _raise_settled(refused: ClientError, writes: Sequence[Write]) -> None:
    """Raises what a refusal comes to, unless it is worth another try."""
    code = refused.response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        raise ConditionFailed([writes[0].label]) from refused
    if code == "TransactionCanceledException":
        _raise_cancelled(refused, writes)
    elif not passes(refused):
        raise refused


def _raise_cancelled(refused: ClientError, writes: Sequence[Write]) -> None:
    reasons = _reasons(refused)
    failed = [w.label for w, why in zip(writes, reasons, strict=False) if why == "ConditionalCheckFailed"]
    if failed:
        raise ConditionFailed(failed) from refused
    if not RETRYABLE_REASONS.issuperset(why for why in reasons if why != "None"):
        raise refused


RETRYABLE_REASONS = {
    "TransactionConflict",
    "ConditionalCheckFailed",  # of the row alone: it was there, and has expired since
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
}


def _reasons(refused: ClientError) -> list[str]:
    reasons = refused.response.get("CancellationReasons", [])
    return [str(reason.get("Code") or "None") for reason in reasons]


def _seen(request: str, once: Once | None, attempt: str) -> Committed | None:
    """Whether this request has taken effect: by this very attempt, or by another one with the same key."""
    found = _read(request)
    if found is None:
        return None
    if found.attempt == attempt:
        return Committed(found.answer, replayed=False)
    if once is None or found.expires_at <= once.asked_at:
        return None
    return Committed(_same(found, once), replayed=True)


def _same(found: AnswerRow, once: Once) -> bytes:
    if found.fingerprint != once.fingerprint:
        raise KeyReused
    return found.answer


def _read(request: str) -> AnswerRow | None:
    try:
        return model.get(AnswerRow, request)
    except (ClientError, HTTPClientError, ConnectionError) as failed:
        raise StoreUnavailable(retry_after_s=5) from failed


def _request(once: Once | None, attempt: str) -> str:
    return f"attempt#{attempt}" if once is None else f"{once.owner}#{once.key}"


def _row(request: str, once: Once | None, attempt: str, answer: bytes) -> Write:
    expires_at = int(time.time()) + ONCE_S if once is None else once.expires_at
    new = AnswerRow(
        request,
        attempt=attempt,
        fingerprint="" if once is None else once.fingerprint,
        answer=answer,
        expires_at=expires_at,
    )
    return model.put(ROW_LABEL, new, _FREE(now=expires_at - ONCE_S))


_FREE = Prepared(
    AnswerRow.request.does_not_exist() | (AnswerRow.expires_at <= gap("now", AnswerRow.expires_at)),
)
