"""Reports of what may be a public health event: the closed list of categories, the states, what is told twice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nanhai.domain.days import DAY_S
from nanhai.domain.ground import metres
from nanhai.domain.place_names import normal

SAME_PLACE_M = 300
SAME_TIME_S = DAY_S


class Category(StrEnum):
    FEVER = "fever"
    ARRIVAL = "arrival"  # somebody from an affected area
    CONTACT = "contact"  # with a confirmed or suspected case
    ISOLATION = "isolation"  # that somebody does not keep
    GATHERING = "gathering"
    ANIMALS = "animals"  # wild ones, sold, kept or eaten; or dead ones
    DISINFECTION = "disinfection"  # wanted somewhere
    SUPPLIES = "supplies"  # false, or dear
    OTHER = "other"


class State(StrEnum):
    NEW = "new"
    ASKED = "asked"  # the office waits for the reporter
    ANSWERED = "answered"
    MERGED = "merged"  # another report tells of the same; what is done stands there


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something was seen, as far as the reporter told."""

    community: str
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None


def same_place(one: Spot, other: Spot) -> bool:
    """Whether two reports may tell of one place: the same address, or points of one community so near to each other;
    the community itself where neither told more."""
    if one.community != other.community:
        return False
    if normal(one.address) and normal(one.address) == normal(other.address):
        return True
    away = _apart(one, other)
    return away <= SAME_PLACE_M if away is not None else not _told_more(one) and not _told_more(other)


def _apart(one: Spot, other: Spot) -> float | None:
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    return metres(one.latitude, one.longitude, other.latitude, other.longitude)


def _told_more(spot: Spot) -> bool:
    return bool(spot.address) or spot.latitude is not None
