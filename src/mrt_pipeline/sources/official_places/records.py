"""Records of the documents of official places, as published; recorded tables have their columns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlacePoint:
    """A place at one position."""

    record_id: str
    name: str
    status: str | None
    """what the publisher says of its use, e.g. ``Under Construction``"""
    lat: float
    lng: float


@dataclass(frozen=True, slots=True)
class PlaceArea:
    """A place with an edge that one may reach from any side."""

    record_id: str
    name: str
    outline: tuple[str, ...]
    """its rings, simplified: see ``outlines``"""


@dataclass(frozen=True, slots=True)
class Hotel:
    """A licensed hotel; hostels are licensed as hotels too."""

    record_id: str
    name: str
    rooms: int
    lat: float
    lng: float


AnyPlace = PlacePoint | PlaceArea | Hotel
