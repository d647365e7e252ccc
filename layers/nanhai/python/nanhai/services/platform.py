"""What a function works with, composed once per process from its environment."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from nanhai.domain.errors import Absent, Unavailable
from nanhai.domain.identifiers import Instant, PersonId, person_id, ulid
from nanhai.domain.policy import PolicyBook
from nanhai.domain.records import Record
from nanhai.policies import shipped
from nanhai.services import answers
from nanhai.services import profile as profiles
from nanhai.services.buckets import Uploads, uploads
from nanhai.services.clock import Clock, clock
from nanhai.services.ports import (
    IdentityRegister,
    LegalRegister,
    Sms,
    SnsSms,
    identity_register,
    legal_register,
)
from nanhai.services.profile import Profile
from nanhai.services.settings import Settings, read
from nanhai.services.wechat import WeChat, wechat
from nanhai.store import keys, people
from nanhai.store.writes import Committed, Once, Write, commit
from nanhai.vault import sealing
from nanhai.vault.indexes import BlindIndex
from nanhai.vault.ring import Ring, ring_from_entries
from nanhai.vault.wrapping import KeyFileWrapper, KmsWrapper, Wrapper

T = TypeVar("T")
RING_KNOWN_S = 60
PROFILE = {"table": "people", "field": "profile"}


class NoRing(Unavailable):
    """The platform has no keys yet: `nanhai deploy` or `nanhai up` makes them."""

    code = "platform.no-keys"


@dataclass(frozen=True, slots=True)
class Platform:
    settings: Settings
    now: Clock
    entropy: Callable[[int], bytes]
    rings: Callable[[], Ring]
    policies: PolicyBook
    sms: Sms
    register: IdentityRegister
    legal_register: LegalRegister
    uploads: Uploads
    wechat: WeChat | None  # None: this deployment has no mini-program

    @property
    def ring(self) -> Ring:
        """The secrets as they stand: a removed signing key is felt within a minute."""
        return self.rings()

    def new_person_id(self) -> PersonId:
        return person_id(int.from_bytes(self.entropy(8), "big"))

    def new_ulid(self, at: Instant) -> str:
        return ulid(at * 1_000, int.from_bytes(self.entropy(10), "big"))

    def blind(self, field: str, purpose: str, value: str) -> str:
        """The keyed index under which `value` is looked up; the value itself is stored nowhere in the clear."""
        return BlindIndex(self.ring.index).of(field, purpose, value)

    def new_profile_writes(self, person: PersonId, profile: Profile) -> list[Write]:
        """The sealed profile and its fresh wrapped data key, as parts of one transaction."""
        data_key = sealing.new_data_key()
        return [
            keys.put_wrapped(person, sealing.wrap_key(self.ring.kek, data_key, person)),
            people.put_profile(person, sealing.seal(data_key, profiles.dump(profile), holder=person, **PROFILE)),
        ]

    def profile(self, person: PersonId) -> Profile:
        """The opened profile; Absent when there is none, or when its key was shredded."""
        wrapped, sealed = keys.wrapped(person), people.profile(person)
        if wrapped is None or sealed is None:
            raise Absent
        data_key = sealing.unwrap_key(self.ring.kek, wrapped, person)
        return profiles.load(sealing.open_(data_key, sealed, holder=person, **PROFILE))

    def commit(self, writes: Sequence[Write], once: Once | None, answer: T) -> T:
        """All writes or none; returns `answer`, or for a repeated request the answer that was given first."""
        return self._given(commit(writes, once=once, answer=self._sealed(once, answer)), once, answer)

    def write_records(
        self,
        person: PersonId,
        records: Sequence[Record],
        once: Once | None,
        answer: T,
        extra: Sequence[Write] = (),
    ) -> T:
        """Like `commit`, for facts about one person: the records, the version of the head and `extra` in one piece."""
        at = max(record.recorded_at for record in records)
        sealed = self._sealed(once, answer)
        return self._given(
            people.write_records(person, records, at, extra=extra, once=once, answer=sealed), once, answer
        )

    def _sealed(self, once: Once | None, answer: object) -> bytes:
        return b"" if once is None else answers.seal(self.ring, once, msgspec.json.encode(answer))

    def _given(self, committed: Committed, once: Once | None, answer: T) -> T:
        if once is None or not committed.replayed:
            return answer
        return msgspec.json.decode(answers.open_(self.ring, once, committed.answer), type=type(answer))


@cache
def platform() -> Platform:
    """This process's platform; Misconfigured when the environment is wrong, NoRing when there are no keys yet."""
    settings = read(os.environ)
    rings = KnownRing(wrapper(settings))
    rings()
    return Platform(
        settings=settings,
        now=clock(settings),
        entropy=secrets.token_bytes,
        rings=rings,
        policies=shipped(),
        sms=SnsSms(),
        register=identity_register(settings),
        uploads=uploads(settings),
        wechat=wechat(settings),
        legal_register=legal_register(settings),
    )


@dataclass(slots=True)
class KnownRing:
    """The stored ring, looked at again every minute and unwrapped again only when it has changed."""

    wrapper: Wrapper
    _ring: Ring | None = None
    _looked_at: float = float("-inf")

    def __call__(self) -> Ring:
        """NoRing when there are no keys yet. While the table does not answer, the ring known so far is used."""
        if self._ring is not None and time.monotonic() - self._looked_at < RING_KNOWN_S:
            return self._ring
        try:
            stored = keys.ring()
        except (BotoCoreError, ClientError):
            if self._ring is None:
                raise
            return self._ring
        if stored is None:
            raise NoRing(retry_after_s=60)
        if self._ring is None or self._ring.version != stored.version:
            self._ring = ring_from_entries(stored.entries, self.wrapper, stored.version)
        self._looked_at = time.monotonic()
        return self._ring


def reset_platform() -> None:
    """Forget what was composed: the environment or the keys have changed."""
    platform.cache_clear()


def wrapper(settings: Settings) -> Wrapper:
    """What wraps the platform's own secrets: KMS, or a key file on a local stage."""
    if settings.keys.startswith("file:"):
        return KeyFileWrapper(Path(settings.keys.removeprefix("file:")), settings.stage)
    import boto3
    from botocore.config import Config

    bounds = Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 3, "mode": "standard"})
    return KmsWrapper(settings.keys.removeprefix("kms:"), boto3.client("kms", config=bounds))
