"""Personal data as others may see it: enough to recognise someone, too little to find them."""

from __future__ import annotations

HIDDEN = "＊"
PHONE_DIGITS = 11


def name(full: str) -> str:
    """The first character of the surname and one ＊, whatever the length of the rest."""
    return full[:1] + HIDDEN if full else ""


def phone(number: str) -> str:
    """138****1234, without the country code; empty for none."""
    digits = number[-PHONE_DIGITS:]
    return f"{digits[:3]}****{digits[-4:]}" if digits else ""
