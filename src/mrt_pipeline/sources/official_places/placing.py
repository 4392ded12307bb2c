"""Hang each place on the one exit that is nearest to it, whichever station that exit is of.

The operators' own lists of what an exit leads to agree with this rule as well as they agree with each other;
with several exits for a place they agree less (docs/sources/official_places.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mrt_pipeline.contracts.network import LandmarkKind, StationExit
from mrt_pipeline.extraction.place_names import place_key
from mrt_pipeline.runtime.geometry import SpatialIndex, to_svy21_all
from mrt_pipeline.sources.official_places.choosing import Site

SAME_PLACE_M = 200.0
"""Two records of one name that lie no farther apart are one place."""
CLEARLY_NEARER_M = 30.0
"""An exit that is nearer than any other by less may not be the one that people use."""

Distances = dict[Site, dict[int, float]]
"""metres from each site to the exits within reach, by their numbers"""
Place = tuple[Site, ...]
"""the records of one place, those of the first document first"""


@dataclass(frozen=True, slots=True)
class Hung:
    """A place as the exit sees it that it belongs to."""

    sites: Place
    """its records within reach of the exit"""
    distance_m: float
    """to the nearest of them"""
    is_clear: bool
    """whether every other exit is clearly farther"""


def hang_places(
    sites: Sequence[Site], exits: Iterable[StationExit], radius_m: float
) -> dict[str, list[Hung]]:
    """Return the places of each exit that has some, nearest first.

    Args:
        sites: places in the order of their documents.
        exits: every exit of the network.
        radius_m: a place farther than this from every exit belongs to none, metres.
    """
    ordered = sorted(exits, key=lambda found: found.exit_id)  # so that the first of several wins a tie
    index = SpatialIndex(to_svy21_all([(found.lat, found.lng) for found in ordered]))
    reached = index.around([site.shape for site in sites], radius_m + CLEARLY_NEARER_M)
    distances = {site: dict(found) for site, found in zip(sites, reached, strict=True)}
    hung: dict[str, list[Hung]] = {}
    for place in unite_sites(sites):
        if found := _find_nearest(place, distances, radius_m):
            number, held = found
            hung.setdefault(ordered[number].exit_id, []).append(held)
    return {exit_id: _each_once(places) for exit_id, places in hung.items()}


def unite_sites(sites: Iterable[Site]) -> list[Place]:
    """Return the records of each place together: those of one name that lie near one another.

    Parts of parks stay apart, since a park may be long: the Rail Corridor passes many stations.
    """
    by_name: dict[str, list[Place]] = {}
    for site in sites:
        places = by_name.setdefault(place_key(site.name), [])
        near = [place for place in places if _is_near(site, place)]
        united = (*(found for place in near for found in place), site)
        places[:] = [*(place for place in places if place not in near), united]
    return [place for places in by_name.values() for place in places]


def _is_near(site: Site, place: Place) -> bool:
    return any(
        site.shape.distance(other.shape) <= SAME_PLACE_M
        for other in place
        if site.kind is not LandmarkKind.PARK or other.kind is not LandmarkKind.PARK
    )


def _find_nearest(place: Place, distances: Distances, radius_m: float) -> tuple[int, Hung] | None:
    """Return the number of the exit nearest to a place, and the place as seen from there."""
    nearest: dict[int, float] = {}
    for site in place:
        for number, metres in distances[site].items():
            nearest[number] = min(metres, nearest.get(number, metres))
    if not nearest or min(nearest.values()) > radius_m:
        return None
    first, *others = sorted(nearest, key=lambda number: (nearest[number], number))
    within = tuple(site for site in place if distances[site].get(first, radius_m + 1) <= radius_m)
    is_clear = not others or nearest[others[0]] - nearest[first] >= CLEARLY_NEARER_M
    return first, Hung(within, nearest[first], is_clear)


def _each_once(places: Iterable[Hung]) -> list[Hung]:
    """Return what belongs to one exit, nearest first, several parts of a park as one."""
    by_name: dict[str, list[Hung]] = {}
    for held in sorted(places, key=_order_of):
        by_name.setdefault(place_key(held.sites[0].name), []).append(held)
    return [
        Hung(tuple(site for held in same for site in held.sites), same[0].distance_m, same[0].is_clear)
        for same in by_name.values()
    ]


def _order_of(held: Hung) -> tuple[float, str, str]:
    first = held.sites[0]
    return held.distance_m, first.name, first.record_id
