"""Forged tokens of eight kinds: none is accepted and none raises, whatever was done to a valid one."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from nanhai.domain import base45
from nanhai.domain.colour import Colour
from nanhai.domain.records import Holder
from nanhai.domain.tokens import BODY, CONTEXT, ORDER_L, Refused, Token, check, make

from tests.domain.issuing import HERE, NOW, TOKEN, TRUST, attested, private

FIELDS = [(0, 1), (1, 2), (2, 3), (3, 11), (11, 15), (15, 16), (16, 18), (18, 50), (50, 82)]  # R and S are the last two
OTHER_CONTEXTS = [b"", b"nhpass/v1/gate", b"nhpass/v2/gate\0", b"nhpass/v1/trust\0", CONTEXT * 2]
ANYTHING = "".join(map(chr, [*range(0x20, 0x7F), 0, 10, 0x660, 0x3000, 0x4E2D, 0xFF21, 0xD800, 0x1F7E9]))


def flipped(chance: random.Random, valid: str) -> str:
    first, end = chance.choice(FIELDS)
    data = bytearray(base45.decode(valid))
    data[chance.randrange(first, end)] ^= 1 << chance.randrange(8)
    return base45.encode(data)


def truncated(chance: random.Random, valid: str) -> str:
    return valid[: chance.randrange(len(valid))] if chance.random() < 0.5 else valid[chance.randrange(1, 123) :]


def extended(chance: random.Random, valid: str) -> str:
    more = "".join(chance.choices(base45.ALPHABET + "\n 汉", k=chance.randrange(1, 130)))
    return chance.choice([valid + more, more + valid, valid + valid, valid + " "])


def with_a_swapped_signature(chance: random.Random, valid: str) -> str:
    other = base45.decode(issued(chance))
    return base45.encode(base45.decode(valid)[: BODY.size] + other[BODY.size :])


def by_another_key(chance: random.Random, valid: str) -> str:
    key = chance.choice(["tomorrow", "foshan", "nobody", str(chance.random())])
    return base45.encode(attested(base45.decode(valid)[: BODY.size], key))


def for_another_purpose(chance: random.Random, valid: str) -> str:
    return base45.encode(attested(base45.decode(valid)[: BODY.size], context=chance.choice(OTHER_CONTEXTS)))


def with_s_plus_l(chance: random.Random, valid: str) -> str:
    data = base45.decode(valid)
    s = int.from_bytes(data[-32:], "little") + ORDER_L * chance.randrange(1, 15)
    return base45.encode(data[:-32] + s.to_bytes(32, "little"))


def random_text(chance: random.Random, valid: str) -> str:
    alphabet = chance.choice([base45.ALPHABET, ANYTHING])
    length = chance.choice([123, 123, 123, chance.randrange(200)])
    return chance.choice(["", valid[:2]]) + "".join(chance.choices(alphabet, k=length))


KINDS = [
    *(flipped, truncated, extended, with_a_swapped_signature),
    *(by_another_key, for_another_purpose, with_s_plus_l, random_text),
]


def issued(chance: random.Random) -> str:
    """A valid token."""
    colour, holder = chance.choice([*Colour]), chance.choice([Holder.PERSON, Holder.DEPENDANT])
    made = replace(TOKEN, colour=colour, holder=holder, pseudonym=chance.randbytes(8), issued_at=NOW - 30)
    return make(made, private("today").sign)


def judged(text: str) -> str:
    try:
        answer = check(text, TRUST, HERE, NOW)
    except Exception as raised:
        return f"raised {type(raised).__name__}"
    return "accepted" if isinstance(answer, Token) else f"refused {answer.value}"


def tried(forgeries: int) -> Counter[str]:
    """So many forgeries, an eighth of each kind, always the same ones; how they were judged."""
    chance = random.Random(forgeries)
    valid = [issued(chance) for _ in range(200)]
    assert {judged(text) for text in valid} == {"accepted"}
    return Counter(
        judged(forge(chance, chance.choice(valid))) for forge in KINDS for _ in range(forgeries // len(KINDS))
    )


def unharmed(judgements: Counter[str], forgeries: int) -> bool:
    return sum(judgements.values()) == forgeries and all(judgement.startswith("refused") for judgement in judgements)


def test_of_five_thousand_forgeries_none_is_accepted_and_none_raises():
    judgements = tried(5_000)
    assert unharmed(judgements, 5_000), judgements


@pytest.mark.nightly
def test_of_two_hundred_thousand_forgeries_none_is_accepted_and_none_raises():
    judgements = tried(200_000)
    assert unharmed(judgements, 200_000), judgements


@pytest.mark.parametrize("forge", KINDS)
def test_every_kind_of_forgery_differs_from_what_it_was_made_of_and_is_met_by_a_reason(forge):
    chance = random.Random(forge.__name__)
    valid = issued(chance)
    forged = [forge(chance, valid) for _ in range(40)]
    assert valid not in forged
    assert {judged(text).removeprefix("refused ") for text in forged} <= {refused.value for refused in Refused}


@pytest.mark.parametrize(("first", "end"), FIELDS)
def test_no_single_bit_of_a_token_can_be_changed(first, end):
    """Exhaustive: all 656 of them."""
    data = base45.decode(issued(random.Random(1)))
    for place in range(first, end):
        for bit in range(8):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            assert judged(base45.encode(changed)).startswith("refused"), (place, bit)
