"""Doubt places that a page names at an exit if the only recorded place of that name is far away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.evidence import Confidence
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Landmark, Station, StationExit
from mrt_pipeline.extraction.place_names import place_key
from mrt_pipeline.extraction.plausibility import is_read
from mrt_pipeline.runtime.geometry import distance_m

FAR_M = 1500
"""from an exit to the recorded exits of a place; no page lists a place for an exit that is this far away"""


def doubt_distant_places(stations: Sequence[Station]) -> tuple[tuple[Station, ...], list[Finding]]:
    """Return stations with low confidence in places that only pages name and that are recorded far away.

    If several places share a name, the nearest counts; a name without a record is not doubted.
    """
    recorded = _recorded_places(chain.from_iterable(station.exits for station in stations))
    findings: list[Finding] = []
    return tuple(_doubt_at(station, recorded, findings) for station in stations), findings


def _doubt_at(
    station: Station, recorded: Mapping[str, Sequence[StationExit]], findings: list[Finding]
) -> Station:
    """Return a station, as it is if nothing at its exits is doubted."""
    before = len(findings)
    exits = tuple(_doubt(found, station, recorded, findings) for found in station.exits)
    return station.model_copy(update={"exits": exits}) if len(findings) > before else station


def _recorded_places(exits: Iterable[StationExit]) -> dict[str, list[StationExit]]:
    """Return the exits at which records have a place, by normalised name."""
    recorded: dict[str, list[StationExit]] = {}
    for found in exits:
        for landmark in found.landmarks:
            if not is_read(landmark.evidence_for("name")):
                recorded.setdefault(place_key(landmark.name), []).append(found)
    return recorded


def _doubt(
    found: StationExit,
    station: Station,
    recorded: Mapping[str, Sequence[StationExit]],
    findings: list[Finding],
) -> StationExit:
    kept: list[Landmark] = []
    for landmark in found.landmarks:
        known_at = recorded.get(place_key(landmark.name), ())  # includes this exit if a record names it
        away = ((distance_m(found.lat, found.lng, one.lat, one.lng), one.exit_id) for one in known_at)
        nearest = min(away, default=(0.0, ""))
        if nearest[0] > FAR_M:
            findings.append(_distant(landmark, found, station, *nearest))
            landmark = landmark.model_copy(update={"confidence": Confidence.LOW})
        kept.append(landmark)
    return found.model_copy(update={"landmarks": tuple(kept)})


def _distant(landmark: Landmark, found: StationExit, station: Station, away_m: float, at: str) -> Finding:
    return finding_of(
        "landmark-far-away",
        f"{station.name}: a page names {landmark.name!r} at exit {found.exit_id}; a record knows it at exit "
        f"{at}, {away_m / 1000:.1f} km from there. It has low confidence. Check the page.",
        slug=station.slug,
        exit_id=found.exit_id,
    )
