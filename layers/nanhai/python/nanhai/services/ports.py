"""What the platform needs from outside: SMS, the identity register and the register of legal persons.

A local adapter refuses any other stage.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class Organisation:
    """What the register of legal persons says of a unified social credit code."""

    name: str
    community: str  # 12 digits: where it does its business
    contact_phone: str  # of the contact who is registered for it: +86 and 11 digits, empty for none
    above_designated_size: bool  # 规模以上


class Sms(Protocol):
    def send(self, phone: str, text: str) -> None:
        """Hands `text` over for delivery; Unavailable when it was not accepted."""


class IdentityRegister(Protocol):
    def verify(self, name: str, id_type: str, number: str) -> Proof | None:
        """The proof, or None when name and number are not one person's; Unavailable when there is no answer."""


class LegalRegister(Protocol):
    def find(self, uscc: str) -> Organisation | None:
        """The organisation, or None when the register has none; LegalRegisterUnavailable when there is no answer."""


class SmsUnavailable(Unavailable):
    code = "sms.unavailable"


class RegisterUnavailable(Unavailable):
    code = "register.unavailable"


class LegalRegisterUnavailable(Unavailable):
    code = "legal-register.unavailable"


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

        try:
            return _proof(_posted(self.url, {"name": name, "id_type": id_type, "number": number}))
        except (urllib3.exceptions.HTTPError, ValueError) as failed:
            raise RegisterUnavailable(retry_after_s=30) from failed


@dataclass(frozen=True, slots=True)
class FileLegalRegister:
    """A seeded register: {"<uscc>": {"name", "community", "contact_phone", "above_designated_size"}}. Local stages
    only."""

    path: Path
    stage: str

    def __post_init__(self) -> None:
        if self.stage not in LOCAL_STAGES:
            raise Misconfigured("the file register exists on a local stage only")

    def find(self, uscc: str) -> Organisation | None:
        try:
            row = _register_file(self.path, self.path.stat().st_mtime_ns).get(uscc)
        except (OSError, ValueError) as broken:
            raise LegalRegisterUnavailable(retry_after_s=30) from broken
        return None if row is None else _organisation(row | {"known": True})


@dataclass(frozen=True, slots=True)
class HttpsLegalRegister:
    """A register behind an HTTPS endpoint: POST {uscc} → {known, name, community, contact_phone,
    above_designated_size}."""

    url: str

    def find(self, uscc: str) -> Organisation | None:
        import urllib3

        try:
            return _organisation(_posted(self.url, {"uscc": uscc}))
        except (urllib3.exceptions.HTTPError, ValueError) as failed:
            raise LegalRegisterUnavailable(retry_after_s=30) from failed


def _posted(url: str, asked: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    """What a register answers, None for any status but 200; urllib3's HTTPError or ValueError when it is no answer."""
    answer = _pool().request(
        "POST",
        url,
        body=json.dumps(asked).encode(),
        headers={"Content-Type": "application/json"},
        timeout=REGISTER_TIMEOUT_S,
        retries=False,
        preload_content=False,
    )
    return json.loads(answer.read(REGISTER_ANSWER_BYTES_MAX)) if answer.status == 200 else None


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


def _organisation(row: object) -> Organisation | None:
    match row:
        case {"known": False}:
            return None
        case {
            "known": True,
            "name": str(name),
            "community": str(community),
            "contact_phone": str(phone),
            "above_designated_size": bool(above),
        }:
            return Organisation(name, community, phone, above)
    raise LegalRegisterUnavailable(retry_after_s=30)


def identity_register(settings: Settings) -> IdentityRegister:
    if settings.register.startswith("file:"):
        return FileRegister(Path(settings.register.removeprefix("file:")), settings.stage)
    return HttpsRegister(settings.register)


def legal_register(settings: Settings) -> LegalRegister:
    if settings.legal_register.startswith("file:"):
        return FileLegalRegister(Path(settings.legal_register.removeprefix("file:")), settings.stage)
    return HttpsLegalRegister(settings.legal_register)
