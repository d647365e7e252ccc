"""Unified social credit codes (GB 32100-2015) as a form can check them: every slip in typing is found and named.

Eighteen characters: who registered it, which type of organisation, where (GB/T 2260, six digits), the organisation code
with a check character of its own (GB 11714-1997), and a check character over all. The department and type table is that
of the standard's first amendment (2016): A the armed forces, N rural collectives, Y all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from nanhai.domain.errors import Fault

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, Z, S and V, which are taken for 1, 0, 2, 5 and U
WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
TYPES: Mapping[str, str] = {
    "1": "1239",  # establishment: state organ, public institution, mass organisation of the centre
    "2": "19",  # foreign affairs: foreign press
    "3": "123459",  # justice: law firm, notary, legal service, forensic institute, arbitration
    "4": "19",  # culture: foreign cultural centre
    "5": "1239",  # civil affairs: association, private non-enterprise unit, foundation
    "6": "129",  # tourism: foreign, or Hong Kong, Macao and Taiwan tourist office
    "7": "129",  # religion: place of worship, seminary
    "8": "19",  # trade unions: basic-level union
    "9": "123",  # industry and commerce: enterprise, individual business, farmers' cooperative
    "A": "19",  # armed forces: their public institutions
    "N": "1239",  # agriculture: collective of a villagers' group, of a village, of a town
    "Y": "1",  # others, without types
}
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_REGION = re.compile(r"[1-9][0-9]{5}")
_INNER_VALUE = {letter: value for value, letter in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_INNER_CHECK = "0123456789X"
_INNER = slice(8, 16)


def check(code: str, at: str = "/uscc") -> Iterator[Fault]:
    """Everything wrong with a code in upper case, as faults at `at`."""
    if len(code) != LENGTH:
        yield Fault(at, "identity.uscc-length", {"characters": LENGTH})
    if not _VALUE.keys() >= set(code):
        yield Fault(at, "identity.uscc-alphabet")
    elif len(code) == LENGTH:
        yield from _meaning(code, at)


def check_character(seventeen: str) -> str:
    """The last character of a code by its first 17: the weighted sum of all 18 is a multiple of 31."""
    total = sum(weight * _VALUE[letter] for weight, letter in zip(WEIGHTS, seventeen, strict=True))
    return ALPHABET[-total % 31]


def organisation_check_character(eight: str) -> str:
    """The ninth character of an organisation code by its first eight (GB 11714-1997)."""
    total = sum(weight * _INNER_VALUE[letter] for weight, letter in zip(_INNER_WEIGHTS, eight, strict=True))
    return _INNER_CHECK[-total % 11]


def _meaning(code: str, at: str) -> Iterator[Fault]:
    types = TYPES.get(code[0])
    if types is None:
        yield Fault(at, "identity.uscc-department")
    elif code[1] not in types:
        yield Fault(at, "identity.uscc-type")
    if not _REGION.fullmatch(code[2:8]):
        yield Fault(at, "identity.uscc-region")
    if organisation_check_character(code[_INNER]) != code[_INNER.stop]:
        yield Fault(at, "identity.uscc-organisation")
    if check_character(code[: LENGTH - 1]) != code[-1]:
        yield Fault(at, "identity.uscc-check")
