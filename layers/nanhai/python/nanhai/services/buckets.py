"""Where uploads lie: an S3 bucket, or on a local stage a folder that the local gateway serves in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from nanhai.domain.errors import Unavailable
from nanhai.domain.identifiers import Instant
from nanhai.services.folders import Folder
from nanhai.services.settings import Misconfigured
from nanhai.vault.stages import LOCAL_STAGES

if TYPE_CHECKING:
    from nanhai.services.settings import Settings

LOCAL_URL = "/local/uploads/"
FOLDER, BUCKET = "file:", "s3:"


class UploadsUnavailable(Unavailable):
    code = "uploads.unavailable"


@dataclass(frozen=True, slots=True)
class Term:
    at: Instant
    until: Instant

    @property
    def seconds(self) -> int:
        return self.until - self.at


@dataclass(frozen=True, slots=True)
class Form:
    """Where a browser posts a file, and the fields that go before it."""

    url: str
    fields: dict[str, str]


class Uploads(Protocol):
    """Files by key. Every call raises UploadsUnavailable when the store does not answer."""

    def offered(self, key: str, media_type: str, bytes_max: int, term: Term) -> Form:
        """A form that stores one file of 1 to `bytes_max` bytes under exactly this key and media type."""

    def fetched(self, key: str, bytes_max: int) -> bytes | None:
        """The first `bytes_max` bytes; None when there is nothing."""

    def stored(self, key: str, data: bytes, media_type: str) -> None: ...

    def linked(self, key: str, term: Term) -> str:
        """A URL that gives the file to whoever has it."""

    def removed(self, key: str) -> None: ...


def uploads(settings: Settings) -> Uploads:
    if settings.uploads.startswith(FOLDER):
        return FolderUploads(Folder(Path(settings.uploads.removeprefix(FOLDER))), settings.stage)
    return BucketUploads(settings.uploads.removeprefix(BUCKET))


def origin(environment: Mapping[str, str]) -> str:
    """What a page's policy has to let it connect to; empty where the gateway itself takes uploads."""
    told, region = environment.get("NANHAI_UPLOADS", ""), environment.get("AWS_REGION", "")
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"https://{told.removeprefix(BUCKET)}.s3.{region}.{suffix}" if told.startswith(BUCKET) else ""


@dataclass(frozen=True, slots=True)
class BucketUploads:
    """The bucket encrypts by itself, under the secrets' key, and forgets what came in after a day."""

    bucket: str

    def offered(self, key: str, media_type: str, bytes_max: int, term: Term) -> Form:
        signed = s3().generate_presigned_post(
            self.bucket,
            key,
            Fields={"Content-Type": media_type},
            Conditions=[{"Content-Type": media_type}, ["content-length-range", 1, bytes_max]],
            ExpiresIn=term.seconds,
        )
        return Form(signed["url"], signed["fields"])

    def fetched(self, key: str, bytes_max: int) -> bytes | None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            body: bytes = s3().get_object(Bucket=self.bucket, Key=key)["Body"].read(bytes_max)
        except ClientError as refused:
            if refused.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise UploadsUnavailable(retry_after_s=5) from refused
        except BotoCoreError as failed:
            raise UploadsUnavailable(retry_after_s=5) from failed
        return body

    def stored(self, key: str, data: bytes, media_type: str) -> None:
        self._done("put_object", Key=key, Body=data, ContentType=media_type)

    def linked(self, key: str, term: Term) -> str:
        asked = {"Bucket": self.bucket, "Key": key}
        signed: str = s3().generate_presigned_url("get_object", Params=asked, ExpiresIn=term.seconds)
        return signed

    def removed(self, key: str) -> None:
        self._done("delete_object", Key=key)

    def _done(self, call: str, **asked: object) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            getattr(s3(), call)(Bucket=self.bucket, **asked)
        except (BotoCoreError, ClientError) as failed:
            raise UploadsUnavailable(retry_after_s=5) from failed


@cache
def s3() -> Any:  # noqa: ANN401 - botocore builds its clients at run time
    """botocore's own client: boto3's brings managed transfers, which nobody here wants and the layer does not have."""
    from botocore.config import Config
    from botocore.session import Session

    bounds = Config(
        connect_timeout=1,
        read_timeout=10,
        retries={"total_max_attempts": 3, "mode": "standard"},
        signature_version="s3v4",
        s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
    )
    return Session().create_client("s3", config=bounds)


@dataclass(frozen=True, slots=True)
class FolderUploads:
    """A folder whose offers and links lead to the local gateway. Local stages only."""

    folder: Folder
    stage: str

    def __post_init__(self) -> None:
        if self.stage not in LOCAL_STAGES:
            raise Misconfigured("uploads into a folder exist on a local stage only")

    def offered(self, key: str, media_type: str, bytes_max: int, term: Term) -> Form:
        return Form(f"{LOCAL_URL}incoming", self.folder.form(key, media_type, bytes_max, term.until))

    def fetched(self, key: str, bytes_max: int) -> bytes | None:
        found = self.folder.file(key)
        return None if found is None else found.data[:bytes_max]

    def stored(self, key: str, data: bytes, media_type: str) -> None:
        self.folder.store(key, data, media_type)

    def linked(self, key: str, term: Term) -> str:
        return f"{LOCAL_URL}{key}?{self.folder.ticket(key, term.until)}"

    def removed(self, key: str) -> None:
        self.folder.remove(key)
