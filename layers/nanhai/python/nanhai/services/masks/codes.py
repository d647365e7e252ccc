"""Pick-up codes: fifty bits, computed from a secret of the platform whenever they are shown, and stored nowhere.

What is stored is the keyed index by which a code that somebody shows is found again.
"""

from __future__ import annotations

import hashlib
import hmac

from nanhai.domain.identifiers import crockford
from nanhai.services.masks.schemas import CODE_LENGTH
from nanhai.services.platform import Platform

QR_PREFIX = "NHMASK1:"
BITS_PER_LETTER = 5
READ_AS = str.maketrans("OIL", "011", "- ")  # as Crockford's base 32 is read


def code_of(platform: Platform, round_id: str, owner: str, version: int) -> str:
    """The code of one version of somebody's claim or order."""
    key = hmac.digest(platform.ring.index, b"nhpass/v1/mask-code", hashlib.sha256)
    told = hmac.digest(key, "\0".join((round_id, owner, str(version))).encode(), hashlib.sha256)
    return crockford(int.from_bytes(told, "big") & (1 << BITS_PER_LETTER * CODE_LENGTH) - 1, CODE_LENGTH)


def qr_of(code: str) -> str:
    """What the QR code says."""
    return QR_PREFIX + code


def index_of(platform: Platform, typed: str) -> str:
    """The index of a code as it was typed or scanned: case, blanks and hyphens say nothing."""
    code = typed.upper().removeprefix(QR_PREFIX).translate(READ_AS)
    return platform.blind("mask-code", "pick-up", code)
