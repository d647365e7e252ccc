"""Names of places: how they are compared, what they may mean, and in how many forms a division's name is written."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from nanhai.domain.divisions import TOWN_DIGITS, Divisions

NAME_CHARACTERS_MIN = 2  # a single character is no name
_NO_PART_OF_A_NAME = re.compile("[^0-9a-z\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f]+")


class Kind(StrEnum):
    """What a name is the name of."""

    TOWN = "town"
    OFFICIAL = "official"  # of a community, as its register writes it
    USUAL = "usual"  # of a community, with another of the usual endings
    BARE = "bare"  # of a community, without any ending
    BEGUN = "begun"  # a bare name that begins some longer, unknown one
    STREET = "street"  # a bare name that begins the name of a street, wherever that runs
    ALIAS = "alias"
    ESTATE = "estate"
    BUILDING = "building"
    VILLAGE = "village"  # a natural village within a community
    ROAD = "road"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a name may mean: a town by 9 digits, or a community by 12."""

    kind: Kind
    code: str

    @property
    def town(self) -> str:
        return self.code[:TOWN_DIGITS]


@dataclass(frozen=True, slots=True)
class Known:
    """A place that is known by name, by position, or by both. `code`: the community or town it lies in."""

    name: str
    kind: Kind
    code: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Endings:
    """What names of divisions may end in, and what makes a name the beginning of a street's."""

    community: tuple[str, ...]
    town: tuple[str, ...]
    street: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What names may mean, by the normalised name: `more` in place of `known`. `longest`: characters of a name."""

    known: Mapping[str, Sequence[Meaning]]
    more: Mapping[str, Sequence[Meaning]]
    longest: int

    def meanings(self, name: str) -> Sequence[Meaning]:
        return self.more.get(name) or self.known.get(name, ())

    def with_places(self, places: Iterable[Known]) -> Lexicon:
        """This one, and what `places` are called; what is the same is there once."""
        more = {name: list(meanings) for name, meanings in self.more.items()}
        for place in places:
            name, kind = normal(place.name), Kind.TOWN if len(place.code) == TOWN_DIGITS else place.kind
            meanings, new = more.setdefault(name, list(self.meanings(name))), Meaning(kind, place.code)
            if new not in meanings:
                meanings.append(new)
        return Lexicon(self.known, more, max([self.longest, *map(len, more)]))


def normal(text: str) -> str:
    """`text` as names are compared: full-width letters and digits as plain ones, in lower case, and nothing between."""
    return _NO_PART_OF_A_NAME.sub("", unicodedata.normalize("NFKC", text).lower())


def names(divisions: Divisions, endings: Endings) -> Lexicon:
    """Every name of the towns and communities, full and short."""
    found: dict[str, list[Meaning]] = defaultdict(list)
    for code, name in divisions.towns.items():
        for form in {normal(name), bare(name, endings.town)}:
            found[form].append(Meaning(Kind.TOWN, code))
    for community in divisions.communities:
        for form, kind in _forms(community.name, endings.community).items():
            found[form].append(Meaning(kind, community.code))
    return Lexicon(found, {}, max(map(len, found)))


def bare(name: str, endings: Sequence[str]) -> str:
    """A division's name without the longest of `endings` that it has, as names are compared."""
    plain = normal(name)
    for ending in sorted(endings, key=len, reverse=True):
        if plain.endswith(ending) and len(plain) - len(ending) >= NAME_CHARACTERS_MIN:
            return plain.removesuffix(ending)
    return plain


def _forms(name: str, endings: Sequence[str]) -> dict[str, Kind]:
    short = bare(name, endings)
    usual = {short + ending: Kind.USUAL for ending in endings}
    return usual | {short: Kind.BARE, normal(name): Kind.OFFICIAL}
