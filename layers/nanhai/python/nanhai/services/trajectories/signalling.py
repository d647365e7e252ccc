"""Where operators deliver and staged parts wait: an S3 bucket, or on a local stage a folder."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from nanhai.domain.errors import Unavailable
from nanhai.services.buckets import BUCKET, FOLDER, s3
from nanhai.services.settings import Misconfigured, Settings
from nanhai.services.trajectories import naming
from nanhai.vault.stages import LOCAL_STAGES

STAGED_KEY = re.compile(rf"staged/{naming.OPERATOR}/[0-9]{{1,10}}/[0-9]{{1,4}}/[0-9]{{1,4}}\.tar")
COPY_BYTES = 1 << 20


class SignallingUnavailable(Unavailable):
    code = "sightings.unavailable"


class Signalling(Protocol):
    """Files by key. Every call raises SignallingUnavailable when the store does not answer."""

    def fetched(self, key: str, to: Path, bytes_max: int) -> bool:
        """Whether the file was there and is now `to`; one larger than `bytes_max` is cut, and so is no such file."""

    def stored(self, key: str, file: Path) -> None: ...

    def removed(self, key: str) -> None: ...


def signalling(settings: Settings) -> Signalling:
    if settings.signalling.startswith(FOLDER):
        return FolderSignalling(Path(settings.signalling.removeprefix(FOLDER)), settings.stage)
    return BucketSignalling(settings.signalling.removeprefix(BUCKET))


@dataclass(frozen=True, slots=True)
class BucketSignalling:
    """The bucket encrypts by itself, forgets deliveries after three days and staged parts after one."""

    bucket: str

    def fetched(self, key: str, to: Path, bytes_max: int) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            body = s3().get_object(Bucket=self.bucket, Key=key, Range=f"bytes=0-{bytes_max - 1}")["Body"]
            with to.open("wb") as out:
                for chunk in body.iter_chunks(COPY_BYTES):
                    out.write(chunk)
        except ClientError as refused:
            if refused.response["Error"]["Code"] in {"NoSuchKey", "InvalidRange"}:
                return False
            raise SignallingUnavailable(retry_after_s=5) from refused
        except BotoCoreError as failed:
            raise SignallingUnavailable(retry_after_s=5) from failed
        return True

    def stored(self, key: str, file: Path) -> None:
        with file.open("rb") as body:
            self._done("put_object", Key=key, Body=body)

    def removed(self, key: str) -> None:
        self._done("delete_object", Key=key)

    def _done(self, call: str, **asked: object) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            getattr(s3(), call)(Bucket=self.bucket, **asked)
        except (BotoCoreError, ClientError) as failed:
            raise SignallingUnavailable(retry_after_s=5) from failed


@dataclass(frozen=True, slots=True)
class FolderSignalling:
    """Local stages only."""

    folder: Path
    stage: str

    def __post_init__(self) -> None:
        if self.stage not in LOCAL_STAGES:
            raise Misconfigured("signalling in a folder exists on a local stage only")

    def fetched(self, key: str, to: Path, bytes_max: int) -> bool:
        there = self._path(key)
        if not there.is_file():
            return False
        with there.open("rb") as source, to.open("wb") as out:
            left = bytes_max
            while left and (read := source.read(min(left, COPY_BYTES))):
                out.write(read)
                left -= len(read)
        return True

    def stored(self, key: str, file: Path) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        shutil.copyfile(file, part)
        part.replace(path)

    def removed(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        """A key is made by us or was read as one: another is a defect."""
        if not (naming.KEY.fullmatch(key) or STAGED_KEY.fullmatch(key)):
            raise ValueError("not a key of signalling")
        return self.folder / key
