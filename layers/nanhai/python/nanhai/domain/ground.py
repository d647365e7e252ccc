"""Distances within a district, from degrees of WGS 84."""

from __future__ import annotations

from math import cos, hypot, radians

METRES_PER_DEGREE = 111_200  # of latitude; of longitude the cosine of it


def metres(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """How far two points lie apart, on a plane: within a hundredth of the distance over a district."""
    east = (to_longitude - longitude) * cos(radians(latitude))
    return METRES_PER_DEGREE * hypot(to_latitude - latitude, east)
