"""What wraps the platform's own secrets: KMS, or on a local stage a key in a file."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from nanhai.vault import sealing
from nanhai.vault.stages import LOCAL_STAGES

FILE_MODE = 0o600


class NotLocal(RuntimeError):
    """A local adapter was asked to start on another stage."""


class Wrapper(Protocol):
    def wrap(self, plain: bytes, name: str) -> bytes:
        """`plain` (4 KB at most), to be unwrapped under the same `name` only."""

    def unwrap(self, wrapped: bytes, name: str) -> bytes:
        """What was wrapped under `name`; raises when it was not, or when the key is disabled."""


@dataclass(frozen=True, slots=True)
class KmsWrapper:
    """AWS KMS; the name is its encryption context, so it stands in CloudTrail too."""

    key: str
    client: Any = field(repr=False)  # botocore builds its clients at run time

    def wrap(self, plain: bytes, name: str) -> bytes:
        answer = self.client.encrypt(KeyId=self.key, Plaintext=plain, EncryptionContext=_context(name))
        return bytes(answer["CiphertextBlob"])

    def unwrap(self, wrapped: bytes, name: str) -> bytes:
        answer = self.client.decrypt(KeyId=self.key, CiphertextBlob=wrapped, EncryptionContext=_context(name))
        return bytes(answer["Plaintext"])


@dataclass(frozen=True, slots=True)
class KeyFileWrapper:
    """A key in a file of its owner alone; refuses to start on any but a local stage."""

    path: Path
    stage: str

    def __post_init__(self) -> None:
        if self.stage not in LOCAL_STAGES:
            raise NotLocal("a key file exists on a local stage only")

    @classmethod
    def create(cls, path: Path, stage: str) -> KeyFileWrapper:
        """The wrapper of a fresh key, or of the one that is there already."""
        made = cls(path, stage)
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        try:
            _write(fresh, sealing.new_data_key().hex())
            os.link(fresh, path)  # whole or not at all, and never over another one
        except FileExistsError:
            return made
        finally:
            fresh.unlink(missing_ok=True)
        return made

    def wrap(self, plain: bytes, name: str) -> bytes:
        return sealing.seal(self._key(), plain, table="ring", holder=self.stage, field=name)

    def unwrap(self, wrapped: bytes, name: str) -> bytes:
        return sealing.open_(self._key(), wrapped, table="ring", holder=self.stage, field=name)

    def _key(self) -> bytes:
        return bytes.fromhex(self.path.read_text("ascii"))


def _write(path: Path, text: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(file, "w", encoding="ascii") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(file)


def _context(name: str) -> dict[str, str]:
    return {"nanhai": name}
