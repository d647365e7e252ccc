"""What a function is told by its environment: one frozen object, read once, failing loudly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nanhai.vault.stages import LOCAL_STAGES


class Misconfigured(RuntimeError):
    """The environment does not describe a platform that may start; the message names every variable at fault."""


@dataclass(frozen=True, slots=True)
class Settings:
    stage: str
    district: str  # GB/T 2260, 6 digits
    keys: str  # kms:<key id> or, on a local stage, file:<path>
    register: str  # https://… or, on a local stage, file:<path>
    sweep_queue_url: str
    clock_file: Path | None  # local stage only: an offset in seconds that moves the clock
    uploads: str  # s3:<bucket> or, on a local stage, file:<folder>
    wechat: str  # https://…, none or, on a local stage, inbox:<loopback address>
    legal_register: str  # https://… or, on a local stage, file:<path>
    signalling: str  # s3:<bucket> or, on a local stage, file:<folder>: what operators deliver
    ingest_queue_url: str

    @property
    def audience(self) -> int:
        """The issuer district in the token's two bytes: the code's remainder by the largest prime below 2^16."""
        return int(self.district) % 65_521


def read(environment: Mapping[str, str]) -> Settings:
    """The settings in `environment`; Misconfigured when something is missing or a local part meets another stage."""
    wrong: list[str] = []
    stage = environment.get("NANHAI_STAGE", "")
    keys, register = environment.get("NANHAI_KEYS", ""), environment.get("NANHAI_REGISTER", "")
    district = environment.get("NANHAI_DISTRICT", "440605")
    clock = environment.get("NANHAI_CLOCK_FILE", "")
    if not stage:
        wrong.append("NANHAI_STAGE is not set")
    if not environment.get("NANHAI_TABLE_PREFIX"):
        wrong.append("NANHAI_TABLE_PREFIX is not set")
    if not (district.isascii() and district.isdigit() and len(district) == 6):
        wrong.append("NANHAI_DISTRICT is not a six-digit division code")
    wrong += _port("NANHAI_KEYS", keys, "kms:", stage) + _port("NANHAI_REGISTER", register, "https://", stage)
    uploads, legal_register = environment.get("NANHAI_UPLOADS", ""), environment.get("NANHAI_LEGAL_REGISTER", "")
    wrong += _port("NANHAI_UPLOADS", uploads, "s3:", stage)
    wrong += _port("NANHAI_LEGAL_REGISTER", legal_register, "https://", stage)
    signalling = environment.get("NANHAI_SIGNALLING", "")
    wrong += _port("NANHAI_SIGNALLING", signalling, "s3:", stage)
    wechat = environment.get("NANHAI_WECHAT", "none")
    wrong += [] if wechat == "none" else _port("NANHAI_WECHAT", wechat, "https://", stage, "inbox:")
    if clock and stage not in LOCAL_STAGES:
        wrong.append("NANHAI_CLOCK_FILE moves the clock and exists on a local stage only")
    if wrong:
        raise Misconfigured("; ".join(wrong))
    return Settings(
        stage,
        district,
        keys,
        register,
        environment.get("NANHAI_SWEEP_QUEUE_URL", ""),
        Path(clock) if clock else None,
        uploads,
        wechat,
        legal_register,
        signalling,
        environment.get("NANHAI_INGEST_QUEUE_URL", ""),
    )


def _port(name: str, value: str, real: str, stage: str, local: str = "file:") -> list[str]:
    if value.startswith(real):
        return []
    if not value.startswith(local):
        return [f"{name} must begin with {real} or {local}"]
    return [] if stage in LOCAL_STAGES else [f"{name}={local}… exists on a local stage only"]
