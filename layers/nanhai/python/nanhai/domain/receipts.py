"""Receipt codes: whoever holds one may follow a report, and nothing else leads from a report to them.

80 random bits as four groups of four Crockford characters. What people type for one is read leniently: small letters,
full-width ones, blanks or no hyphens, O for 0, I and L for 1.
"""

from __future__ import annotations

import re
import unicodedata

from nanhai.domain.identifiers import ALPHABET, crockford

RECEIPT_BYTES = 10
LENGTH, GROUP = 16, 4
TYPED_CHARACTERS_MAX = 40
CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
BETWEEN = re.compile(r"[\s\-‐-―−]+")
ALIKE = str.maketrans("OIL", "011")


def receipt(entropy: bytes) -> str:
    """The code of RECEIPT_BYTES random bytes, as it is shown."""
    code = crockford(int.from_bytes(entropy[:RECEIPT_BYTES], "big"), LENGTH)
    return "-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def read(typed: str) -> str | None:
    """The code that was typed, as `receipt` writes it; None when it cannot be one."""
    if len(typed) > TYPED_CHARACTERS_MAX:
        return None
    plain = BETWEEN.sub("", unicodedata.normalize("NFKC", typed).upper()).translate(ALIKE)
    if not CODE.fullmatch(plain):
        return None
    return "-".join(plain[at : at + GROUP] for at in range(0, LENGTH, GROUP))
