"""Where each station is: OneMap's position if the network table agrees, otherwise the table's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.evidence import Evidence
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.source import SourceTable, StationLocation
from mrt_pipeline.network import CodeEntry, network_evidence
from mrt_pipeline.runtime.geometry import Point, to_svy21_all
from mrt_pipeline.runtime.records import show
from mrt_pipeline.sources.onemap.matching import AGREES_M
from mrt_pipeline.stages.ingestion.reference import Reference


@dataclass(frozen=True, slots=True)
class Position:
    """A station's position, and its evidence."""

    lat: float
    lng: float
    evidence: Evidence


class StationPositions:
    """Finds the position of a code; built once from OneMap's answers, of which there may be none."""

    def __init__(self, locations: SourceTable[StationLocation] | None, reference: Reference) -> None:
        self.findings: list[Finding] = []
        self._found: dict[str, Position] = {}
        if locations is not None:
            self._take(locations, reference)

    def at(self, entry: CodeEntry) -> Position:
        """Return the position of a code's building."""
        found = self._found.get(entry.station_code)
        return found or Position(entry.lat, entry.lng, network_evidence(entry.station_code))

    def _take(self, table: SourceTable[StationLocation], reference: Reference) -> None:
        document = table.provenance
        for location, entry, point in _matched(table.records, reference):
            distance_m = point.distance_m(reference.point_of[entry.station_code])
            if distance_m <= AGREES_M:
                evidence = document.cite(location.station_code)
                self._found[entry.station_code] = Position(location.lat, location.lng, evidence)
            else:
                self.findings.append(_disagreement(location, entry, distance_m, document.document_id))


def _matched(
    locations: Iterable[StationLocation], reference: Reference
) -> Iterable[tuple[StationLocation, CodeEntry, Point]]:
    """Return the locations of codes in operation, in the network's order, with their plane positions."""
    location_of = {location.station_code: location for location in locations}
    entries = [entry for codes in reference.open_codes.values() for entry in codes]
    matched = [
        (location_of[entry.station_code], entry) for entry in entries if entry.station_code in location_of
    ]
    points = to_svy21_all([(location.lat, location.lng) for location, _ in matched])
    return [(location, entry, point) for (location, entry), point in zip(matched, points, strict=True)]


def _disagreement(
    location: StationLocation, entry: CodeEntry, distance_m: float, document_id: str
) -> Finding:
    return finding_of(
        "station-position-disagrees",
        f"OneMap has {entry.station_code} ({show(location.building)}) {distance_m:.0f} m from where "
        f"the network table has it; expected at most {AGREES_M} m. The table's position was used; check "
        "which one is right.",
        slug=entry.slug,
        record_id=f"{document_id}:{location.station_code}",
    )
