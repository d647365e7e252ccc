"""What the platform needs from outside: SMS and the identity register. A local adapter refuses any other stage."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from nanhai.domain.errors import Unavailable
from nanhai.services.settings import Misconfigured
from nanhai.vault.stages import LOCAL_STAGES

if TYPE_CHECKING:
    from nanhai.services.settings import Settings

REGISTER_TIMEOUT_S = 3.0
REGISTER_ANSWER_BYTES_MAX = 16_384


@dataclass(frozen=True, slots=True)
class Proof:
    """What the register says of a name and number: that they belong together, and where the household is."""

    household_region: str  # GB/T 2260
    permit: bool  # a residence permit of the home city


class Sms(Protocol):
    def send(self, phone: str, text: str) -> None:
        """Hands `text` over for delivery; Unavailable when it was not accepted."""


class IdentityRegister(Protocol):
    def verify(self, name: str, id_type: str, number: str) -> Proof | None:
        """The proof, or None when name and number are not one person's; Unavailable when there is no answer."""


class SmsUnavailable(Unavailable):
    code = "sms.unavailable"


class RegisterUnavailable(Unavailable):
    code = "register.unavailable"


@dataclass(frozen=True, slots=True)
class SnsSms:
    """Amazon SNS; the local platform answers the same API with its inbox page."""

    def send(self, phone: str, text: str) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            _sns().publish(PhoneNumber=phone, Message=text)
        except (BotoCoreError, ClientError) as failed:
            raise SmsUnavailable(retry_after_s=30) from failed


@cache
def _sns() -> Any:  # noqa: ANN401 - botocore builds its clients at run time
    import boto3
    from botocore.config import Config

    return boto3.client(
        "sns", config=Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 2, "mode": "standard"})
    )


@dataclass(frozen=True, slots=True)
class FileRegister:
    """A seeded register: {"<id_type>:<number>": {"name", "household_region", "permit"}}. Local stages only."""

    path: Path
    stage: str

    def __post_init__(self) -> None:
        if self.stage not in LOCAL_STAGES:
            raise Misconfigured("the file register exists on a local stage only")

    def verify(self, name: str, id_type: str, number: str) -> Proof | None:
        try:
            row = _register_file(self.path, self.path.stat().st_mtime_ns).get(f"{id_type}:{number}")
        except (OSError, ValueError) as broken:
            raise RegisterUnavailable(retry_after_s=30) from broken
        if row is None or row["name"] != name:
            return None
        return Proof(row["household_region"], row["permit"])


@cache
def _register_file(path: Path, _changed_ns: int) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return rows


@dataclass(frozen=True, slots=True)
class HttpsRegister:
    """A register behind an HTTPS endpoint: POST {name, id_type, number} → {proven, household_region, permit}."""

    url: str

    def verify(self, name: str, id_type: str, number: str) -> Proof | None:
        import urllib3

        body = json.dumps({"name": name, "id_type": id_type, "number": number}).encode()
        try:
            answer = _pool().request(
                "POST",
                self.url,
                body=body,
                headers={"Content-Type": "application/json"},
                timeout=REGISTER_TIMEOUT_S,
                retries=False,
                preload_content=False,
            )
            row = json.loads(answer.read(REGISTER_ANSWER_BYTES_MAX)) if answer.status == 200 else None
        except (urllib3.exceptions.HTTPError, ValueError) as failed:
            raise RegisterUnavailable(retry_after_s=30) from failed
        return _proof(row)


@cache
def _pool() -> Any:  # noqa: ANN401 - urllib3 is imported on first use only
    import urllib3

    return urllib3.PoolManager(cert_reqs="CERT_REQUIRED", maxsize=4)


def _proof(row: object) -> Proof | None:
    match row:
        case {"proven": False}:
            return None
        case {"proven": True, "household_region": str(region), "permit": bool(permit)}:
            return Proof(region, permit)
    raise RegisterUnavailable(retry_after_s=30)


def identity_register(settings: Settings) -> IdentityRegister:
    if settings.register.startswith("file:"):
        return FileRegister(Path(settings.register.removeprefix("file:")), settings.stage)
    return HttpsRegister(settings.register)
