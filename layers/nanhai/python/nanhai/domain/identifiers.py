"""Identifiers as types, and how the random ones are written."""

from __future__ import annotations

from typing import NewType

PersonId = NewType("PersonId", str)  # 64 random bits, 13 Crockford characters: carries no time, no order, no meaning
RecordId = NewType("RecordId", str)  # ULID
StaffId = NewType("StaffId", str)
OrganisationId = NewType("OrganisationId", str)
GateId = NewType("GateId", str)
Region = NewType("Region", str)  # GB/T 2260 division code, 2, 4 or 6 digits: a prefix contains what it begins
CITY_DIGITS = 4  # of a division code, a prefecture
DivisionCode = NewType("DivisionCode", str)  # district 6, town 9, community 12 digits, again by prefix
PolicyVersion = NewType("PolicyVersion", str)
Instant = int  # unix seconds, UTC
Scope = NewType("Scope", str)  # a division prefix: what an officer may see

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32
VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
PERSON_ID_LENGTH = 13
ULID_LENGTH = 26


def crockford(number: int, length: int) -> str:
    """`number` in Crockford base 32, left-padded to `length` characters."""
    letters = [ALPHABET[(number >> shift) & 31] for shift in range(5 * (length - 1), -1, -5)]
    return "".join(letters)


def from_crockford(text: str) -> int:
    """The number that `text` writes; ValueError when a character is not of the alphabet."""
    number = 0
    for letter in text:
        try:
            number = number << 5 | VALUE[letter]
        except KeyError:
            raise ValueError("not Crockford base 32") from None
    return number


def person_id(bits: int) -> PersonId:
    """The id of a person from 64 random bits."""
    return PersonId(crockford(bits & 0xFFFF_FFFF_FFFF_FFFF, PERSON_ID_LENGTH))


def person_bits(person: PersonId) -> int:
    """The 64 bits of an id; ValueError when it is none."""
    if len(person) != PERSON_ID_LENGTH:
        raise ValueError("a person id has 13 characters")
    bits = from_crockford(person)
    if bits >> 64:
        raise ValueError("a person id has 64 bits")
    return bits


def ulid(at_ms: int, entropy: int) -> str:
    """A ULID: 48 bits of unix milliseconds, 80 bits of `entropy`; sorts by time."""
    return crockford((at_ms & 0xFFFF_FFFF_FFFF) << 80 | entropy & (1 << 80) - 1, ULID_LENGTH)
