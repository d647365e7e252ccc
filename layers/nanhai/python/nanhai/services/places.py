"""Which community an address or a point lies in: sure, or a choice for whoever asks. Nothing that was asked is kept."""

from __future__ import annotations

from functools import cache

from nanhai.domain import gazetteer, place_names
from nanhai.domain.divisions import COMMUNITY_DIGITS
from nanhai.domain.gazetteer import Choice as Choice
from nanhai.domain.gazetteer import Located as Located
from nanhai.domain.ground import metres
from nanhai.domain.place_names import Kind, Known, Lexicon, normal
from nanhai.policies.divisions import divisions, endings, shipped_places
from nanhai.store import places

TEXT_CHARACTERS_MAX = 200
AT_THE_PLACE_M = 150  # so near to a known place, and to none of another community, its community is sure
SEAT_M_MAX = 20_000  # beyond, a point lies in no town of the district


def by_text(district: str, text: str) -> Located:
    """The communities that an address may mean, of its first TEXT_CHARACTERS_MAX characters; none where it names
    nothing that is known."""
    plain = normal(text[:TEXT_CHARACTERS_MAX])
    lexicon = _names(district).with_places(places.named_in(plain))
    return gazetteer.locate(divisions(district), lexicon, endings(), plain)


def by_point(district: str, latitude: float, longitude: float) -> Located:
    """The communities of the nearest known places, in degrees of WGS 84. Where none is near, some of the town with the
    nearest seat, and not surely; none for a point far from every town."""
    near: dict[str, float] = {}
    for place in places.around(latitude, longitude):
        if len(place.code) < COMMUNITY_DIGITS or place.kind is Kind.ROAD:  # one point says nothing of where a road runs
            continue
        if (away := _metres(place, latitude, longitude)) is not None:
            near[place.code] = min(away, near.get(place.code, away))
    if near:
        return gazetteer.chosen(divisions(district), _confidences(near), sure=min(near.values()) <= AT_THE_PLACE_M)
    return gazetteer.of_towns(divisions(district), _nearest_seat(district, latitude, longitude))


def lies_in(district: str, latitude: float, longitude: float) -> bool:
    """Whether a point lies near enough to one of the district's towns to be in it."""
    return bool(_nearest_seat(district, latitude, longitude))


@cache
def _names(district: str) -> Lexicon:
    return place_names.names(divisions(district), endings()).with_places(shipped_places(district))


def _confidences(near: dict[str, float]) -> dict[str, float]:
    """By the inverse square of the distance, and less the farther the nearest place is."""
    pulls = {code: 1 / (AT_THE_PLACE_M + away) ** 2 for code, away in near.items()}
    closeness = min(1.0, 2 * AT_THE_PLACE_M / (AT_THE_PLACE_M + min(near.values())))
    return {code: closeness * pull / sum(pulls.values()) for code, pull in pulls.items()}


def _nearest_seat(district: str, latitude: float, longitude: float) -> list[str]:
    told = ((place.code, _metres(place, latitude, longitude)) for place in shipped_places(district))
    near = {code: away for code, away in told if away is not None and away <= SEAT_M_MAX}
    return [min(near, key=near.__getitem__)] if near else []


def _metres(place: Known, latitude: float, longitude: float) -> float | None:
    if place.latitude is None or place.longitude is None:
        return None
    return metres(latitude, longitude, place.latitude, place.longitude)
