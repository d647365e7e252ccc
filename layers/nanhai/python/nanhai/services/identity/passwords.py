"""Passwords of staff: argon2id with the library's parameters (RFC 9106, low memory), the same work for nobody's."""

from __future__ import annotations

# Of a password that nobody knows: whoever is not on the staff costs as much time as who is.
NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$+/BmbxuO+5NBsqSp/LpG9g$KOVqakB83Rab8lnrL86duqRqJopE5H3JlzRYdtUeHF4"


def hashed(password: str) -> str:
    from argon2 import PasswordHasher

    return PasswordHasher().hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether `password` is the one that was hashed; always one verification long, and never true for None."""
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        return PasswordHasher().verify(stored or NOBODYS_HASH, password) and stored is not None
    except (Argon2Error, InvalidHashError):
        return False
