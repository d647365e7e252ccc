"""Which community an address means: a written one by the names in it, a point by the known places around it.

A text is cut into known names so that they cover as much of it as can be, in as few pieces as can be; what lies inside
or across a longer name counts for nothing. Each piece speaks for the communities that it may mean, more when their
town is named elsewhere in the text, less when another town is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nanhai.domain.divisions import COMMUNITY_DIGITS, Divisions
from nanhai.domain.place_names import NAME_CHARACTERS_MIN, Endings, Kind, Lexicon, Meaning, normal

CHOICES_MAX = 5
SURE_FROM, SURE_AHEAD = 0.85, 0.35  # of the best choice, and before the next one


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a name says by itself, and together with the name of the town it lies in."""

    alone: float
    in_town: float


WEIGHTS: Mapping[Kind, Weight] = {
    Kind.TOWN: Weight(0, 0),
    Kind.OFFICIAL: Weight(0.9, 0.98),
    Kind.USUAL: Weight(0.86, 0.97),
    Kind.BARE: Weight(0.7, 0.92),
    Kind.BEGUN: Weight(0.5, 0.8),
    Kind.STREET: Weight(0.2, 0.3),
    Kind.ALIAS: Weight(0.86, 0.96),
    Kind.ESTATE: Weight(0.86, 0.96),
    Kind.BUILDING: Weight(0.86, 0.96),
    Kind.VILLAGE: Weight(0.7, 0.92),
    Kind.ROAD: Weight(0.4, 0.6),
}
OTHER_TOWN = 0.3  # what is left of a weight where the text names another town
A_TOWN_TOO, A_TOWN_HERE = 0.75, 0.3  # where the name may also mean the community's own town, or plainly does


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    name: str
    town: str
    town_name: str
    confidence: float  # 0 to 1


@dataclass(frozen=True, slots=True)
class Located:
    """`choices`: best first, CHOICES_MAX at most; `sure`: the first one can be taken without asking."""

    choices: tuple[Choice, ...] = ()
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A known name in a text."""

    start: int
    end: int
    meanings: Sequence[Meaning]


def locate(divisions: Divisions, lexicon: Lexicon, endings: Endings, text: str) -> Located:
    """The communities that `text` may mean. Where it names no more than a town, some of the town's, and not surely."""
    plain = normal(text)
    cut = _cut(plain, lexicon)
    pieces = [_as_read(piece, following, plain, endings) for piece, following in pairwise([*cut, None]) if piece]
    doubts: dict[str, float] = defaultdict(lambda: 1.0)  # that a community is not meant, by any of the pieces
    for piece in pieces:
        for code, confidence in _votes(piece, pieces).items():
            doubts[code] *= 1 - confidence
    if not doubts:
        return of_towns(divisions, _towns(pieces))
    return chosen(divisions, {code: 1 - doubt for code, doubt in doubts.items()})


def of_towns(divisions: Divisions, towns: Iterable[str]) -> Located:
    """Some communities of these towns, those called like their town before others; none of them is sure."""
    theirs = [row for row in divisions.communities if row.town in set(towns)]
    theirs.sort(key=lambda row: not row.town_name.startswith(row.name[:NAME_CHARACTERS_MIN]))
    return chosen(divisions, {row.code: 1 / len(theirs) for row in theirs})


def chosen(divisions: Divisions, confidences: Mapping[str, float], *, sure: bool = True) -> Located:
    """The best of these communities; sure when the first is so by itself and well before the second, and `sure`."""
    ranked = sorted(confidences.items(), key=lambda told: -told[1])[:CHOICES_MAX]
    found = [(divisions.community(code), round(confidence, 2)) for code, confidence in ranked]
    choices = tuple(Choice(row.code, row.name, row.town, row.town_name, sureness) for row, sureness in found if row)
    if not choices:
        return Located()
    second = choices[1].confidence if len(choices) > 1 else 0.0
    first = choices[0].confidence
    return Located(choices, sure and first >= SURE_FROM and first - second >= SURE_AHEAD)


def _cut(text: str, lexicon: Lexicon) -> list[Piece]:
    """The known names that cover the most of `text`, in the fewest pieces."""
    best: list[tuple[int, int]] = [(0, 0)]  # characters covered up to here, and less one for each piece
    last: list[int] = [0]  # how long the piece is that ends here
    for end in range(1, len(text) + 1):
        options = [(best[end - 1], 0)]
        for length in range(NAME_CHARACTERS_MIN, min(lexicon.longest, end) + 1):
            if lexicon.meanings(text[end - length : end]):
                covered, pieces = best[end - length]
                options.append(((covered + length, pieces - 1), length))
        (reached, length) = max(options)
        best.append(reached)
        last.append(length)
    return _walked_back(text, last, lexicon)


def _walked_back(text: str, last: Sequence[int], lexicon: Lexicon) -> list[Piece]:
    pieces, end = [], len(text)
    while end > 0:
        if length := last[end]:
            pieces.append(Piece(end - length, end, lexicon.meanings(text[end - length : end])))
        end -= max(length, 1)
    return pieces[::-1]


def _as_read(piece: Piece, following: Piece | None, text: str, endings: Endings) -> Piece:
    """A bare name means less where it only begins what stands there: a street's name, or one that is not known."""
    begun = _begun(piece, following, text, endings)
    read = [Meaning(begun, one.code) if one.kind is Kind.BARE else one for one in piece.meanings]
    return Piece(piece.start, piece.end, read)


def _begun(piece: Piece, following: Piece | None, text: str, endings: Endings) -> Kind:
    if endings.street.match(text, piece.end):
        return Kind.STREET
    rest = text[piece.end : len(text) if following is None else following.start]
    return Kind.BARE if not rest or rest[0].isascii() else Kind.BEGUN


def _votes(piece: Piece, pieces: Sequence[Piece]) -> dict[str, float]:
    """How far this piece speaks for each community that it may mean."""
    others = [other for other in pieces if other is not piece]
    named = _towns(others)
    meant = {one.code: one for one in piece.meanings if len(one.code) == COMMUNITY_DIGITS}
    here = [one for one in meant.values() if one.town in named] or list(meant.values())
    homonyms = len(here) + (0 if named else len(_towns([piece])))
    return {code: _weight(one, named, here, homonyms) * _left(one, piece, others) for code, one in meant.items()}


def _weight(one: Meaning, named: set[str], here: Sequence[Meaning], homonyms: int) -> float:
    weight = WEIGHTS[one.kind]
    if one.town in named:
        return weight.in_town / len(here)
    return weight.alone * OTHER_TOWN if named else weight.alone / homonyms


def _left(one: Meaning, piece: Piece, others: Sequence[Piece]) -> float:
    """Of a name that is its town's too: it means the town where another community of that town follows."""
    if one.town not in _towns([piece]):
        return 1.0
    after = {other.code for later in others if later.start > piece.start for other in later.meanings}
    is_the_town = any(len(code) == COMMUNITY_DIGITS and code.startswith(one.town) for code in after - {one.code})
    return A_TOWN_HERE if is_the_town else A_TOWN_TOO


def _towns(pieces: Iterable[Piece]) -> set[str]:
    return {one.code for piece in pieces for one in piece.meanings if one.kind is Kind.TOWN}
