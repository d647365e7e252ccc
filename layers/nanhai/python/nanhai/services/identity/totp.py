"""One-time codes of staff (RFC 6238): which step a code belongs to, so that no step is used twice."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable

from nanhai.domain.identifiers import Instant

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
