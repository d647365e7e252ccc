"""One-time codes of staff (RFC 6238): which step a code belongs to, so that no step is used twice."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable

from nanhai.domain.identifiers import Instant, StaffId
from nanhai.services.platform import Platform
from nanhai.vault import sealing

STEP_S = 30
WINDOW_STEPS = 1  # a clock may be one step off, either way
SECRET_BYTES = 20


def new_secret(entropy: Callable[[int], bytes]) -> str:
    return base64.b32encode(entropy(SECRET_BYTES)).decode("ascii")


def step(secret: str, code: str, now: Instant) -> int | None:
    """The step whose code this is, the latest first; None when it is of none near `now`."""
    import pyotp

    totp = pyotp.TOTP(secret, interval=STEP_S)
    present = now // STEP_S
    for candidate in range(present + WINDOW_STEPS, present - WINDOW_STEPS - 1, -1):
        if hmac.compare_digest(totp.generate_otp(candidate).encode(), code.encode()):
            return candidate
    return None


def sealed(platform: Platform, staff_id: StaffId, secret: str) -> bytes:
    """The secret as the table `staff` keeps it."""
    return sealing.seal(platform.ring.kek, secret.encode("ascii"), table="staff", holder=staff_id, field="totp")


def opened(platform: Platform, staff_id: StaffId, stored: bytes) -> str:
    """The secret that was sealed for this member of the staff; raises sealing's Tampered."""
    return sealing.open_(platform.ring.kek, stored, table="staff", holder=staff_id, field="totp").decode("ascii")
