"""``official_places``: known places near an exit; each place belongs to the nearest exit of any station.

The publisher gives a place's position; that this exit leads there follows from distance alone. So confidence
is medium, and low if another exit is hardly farther: a wall or a road may lie between. The operators' own
lists of places by exit agree with this rule as well as they agree with each other; with several exits per
place they agree less (docs/sources/official_places.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Confidence, Method
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Landmark, LandmarkKind, Station, StationExit
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.extraction.place_names import place_key
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.geometry import SpatialIndex, to_svy21_all
from mrt_pipeline.runtime.table_source import Survey, SurveyedSource
from mrt_pipeline.sources.official_places import SPEC
from mrt_pipeline.sources.official_places.choosing import Site, choose_sites, find_interchanges
from mrt_pipeline.sources.official_places.reading import read_places


def open_source(context: RunContext, tables: BusTables) -> SurveyedSource:
    """Return the source; it reads the documents when it is prepared."""
    radius_m = context.settings.stages.stage2_enrichment.landmark_radius_m

    def load() -> Callable[[Sequence[Station]], Survey]:
        places = read_places(context.access)
        chosen, left_out = choose_sites(places)
        sites = (*chosen, *find_interchanges(tables, load_network()))
        findings = (*(found for table in places for found in table.findings), *left_out)
        return partial(_survey, sites, findings, radius_m)

    return SurveyedSource(SPEC.name, load)


def _survey(
    sites: Sequence[Site], findings: tuple[Finding, ...], radius_m: float, stations: Sequence[Station]
) -> Survey:
    """Assign every place to the nearest exit of any station."""
    documents = {site.document.document_id: site.document for site in sites}
    exits = (found for station in stations for found in station.exits)
    assigned = assign_places(sites, exits, radius_m)
    landmarks = {exit_id: tuple(map(_publish, held)) for exit_id, held in assigned.items()}

    def claim(station: Station) -> StationClaims:
        here = {found.exit_id: landmarks.get(found.exit_id, ()) for found in station.exits}
        cited = {why.document_id for said in here.values() for it in said for why in it.all_evidence()}
        return StationClaims(
            source=SPEC.name,
            exits=tuple(ExitEnrichment(exit_id=exit_id, landmarks=said) for exit_id, said in here.items()),
            provenance={name: documents[name] for name in sorted(cited)},
        )

    return Survey(claim, findings)


def _publish(assigned: AssignedPlace) -> Landmark:
    first = assigned.sites[0]
    cited = dict.fromkeys(site.document.cite(site.record_id, Method.GEOMETRY) for site in assigned.sites)
    return Landmark(
        name=first.name,
        kind=first.kind,
        distance_m=round(assigned.distance_m, 1),
        confidence=Confidence.MEDIUM if assigned.is_clear else Confidence.LOW,
        evidence={WHOLE_RECORD: tuple(cited), "kind": (first.document.cite(first.record_id),)},
    )


SAME_PLACE_M = 200.0
"""Records of one name that are no farther apart than this are one place."""
CLEARLY_NEARER_M = 30.0
"""If the nearest exit is nearer by less than this, it may not be the one that people use."""

Distances = dict[Site, dict[int, float]]
"""metres from each site to the exits within reach, by exit number"""
Place = tuple[Site, ...]
"""records of one place, in the order of their documents"""


@dataclass(frozen=True, slots=True)
class AssignedPlace:
    """A place in relation to the exit it belongs to."""

    sites: Place
    """its records within reach of the exit"""
    distance_m: float
    """to the nearest of them"""
    is_clear: bool
    """whether every other exit is clearly farther"""


def assign_places(
    sites: Sequence[Site], exits: Iterable[StationExit], radius_m: float
) -> dict[str, list[AssignedPlace]]:
    """Return the places of each exit that has some, nearest first.

    Args:
        sites: places in the order of their documents.
        exits: every exit of the network.
        radius_m: a place farther than this from every exit belongs to none, in metres.
    """
    ordered = sorted(exits, key=lambda found: found.exit_id)  # so that ties always go to the same exit
    index = SpatialIndex(to_svy21_all([(found.lat, found.lng) for found in ordered]))
    reached = index.around([site.shape for site in sites], radius_m + CLEARLY_NEARER_M)
    distances = {site: dict(found) for site, found in zip(sites, reached, strict=True)}
    assigned: dict[str, list[AssignedPlace]] = {}
    for place in group_sites(sites):
        if found := _find_nearest(place, distances, radius_m):
            number, held = found
            assigned.setdefault(ordered[number].exit_id, []).append(held)
    return {exit_id: _each_once(places) for exit_id, places in assigned.items()}


def group_sites(sites: Iterable[Site]) -> list[Place]:
    """Group the records of each place: those with one name that are near one another.

    Parts of parks stay separate, since a park may be long: the Rail Corridor passes many stations.
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


def _find_nearest(place: Place, distances: Distances, radius_m: float) -> tuple[int, AssignedPlace] | None:
    """Return the number of the exit nearest to a place, and the place in relation to it."""
    nearest: dict[int, float] = {}
    for site in place:
        for number, metres in distances[site].items():
            nearest[number] = min(metres, nearest.get(number, metres))
    if not nearest or min(nearest.values()) > radius_m:
        return None
    first, *others = sorted(nearest, key=lambda number: (nearest[number], number))
    within = tuple(site for site in place if distances[site].get(first, radius_m + 1) <= radius_m)
    is_clear = not others or nearest[others[0]] - nearest[first] >= CLEARLY_NEARER_M
    return first, AssignedPlace(within, nearest[first], is_clear)


def _each_once(places: Iterable[AssignedPlace]) -> list[AssignedPlace]:
    """Return the places of one exit, nearest first, merging the parts of each park."""
    by_name: dict[str, list[AssignedPlace]] = {}
    for held in sorted(places, key=_order_of):
        by_name.setdefault(place_key(held.sites[0].name), []).append(held)
    return [
        AssignedPlace(
            tuple(site for held in same for site in held.sites), same[0].distance_m, same[0].is_clear
        )
        for same in by_name.values()
    ]


def _order_of(held: AssignedPlace) -> tuple[float, str, str]:
    first = held.sites[0]
    return held.distance_m, first.name, first.record_id
