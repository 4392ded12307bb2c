"""``lta_datamall``: the bus stops of each exit, from LTA's descriptions and by distance.

A stop whose description names an exit belongs to that exit, in the position LTA gives: at, opposite, before
or after it. Every other stop within ``bus_stop_radius_m`` is ``nearby``, with its distance. Confidence is
medium, and low if LTA's description ties the stop to another exit, since a road or a building may lie between
(docs/decisions/0004-bus-stops.md). Services are those of LTA's routes that call at the stop; a stop without
Services are those of LTA's routes that call at the stop; a stop without
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.counting import counted, verb_of
from mrt_pipeline.contracts.evidence import (
    WHOLE_RECORD,
    Confidence,
    EvidenceMap,
    Method,
)
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import BusStopRelation, ExitBusStop, Station
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.contracts.source import BusStop
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.geometry import to_svy21_all
from mrt_pipeline.runtime.table_source import TableSource
from mrt_pipeline.sources.datamall import SPEC
from mrt_pipeline.sources.datamall.stop_exits import (
    ExitPlace,
    Naming,
    ReachedStop,
    StopPlace,
    read_naming,
    tie_stops,
)

_Cite = Callable[[str, bool], EvidenceMap]
"""gives the reasons for a bus stop by its code, and by whether only its distance ties it to an exit"""


@dataclass(frozen=True)
class _Claims:
    """What LTA's tables say about each station."""

    tables: BusTables
    naming: Naming
    radius_m: float

    def of(self, station: Station) -> StationClaims:
        """Return the bus stops of every exit of a station, nearest first."""
        positions = to_svy21_all([(found.lat, found.lng) for found in station.exits])
        places = [ExitPlace(*pair) for pair in zip(station.exits, positions, strict=True)]
        ties, findings = tie_stops(station, places, self._stops_naming(station))
        reached = self.tables.stops_within(positions, self.radius_m)
        cite = cache(self._cite_stop)  # a stop is near several exits of a station
        around = {
            found.exit_id: self._stops_of(ties.get(found.exit_id, []), within)
            for found, within in zip(station.exits, reached, strict=True)
        }
        return StationClaims(
            source=SPEC.name,
            exits=tuple(self._enrich(exit_id, stops, cite) for exit_id, stops in around.items()),
            findings=(
                *self.naming.findings.get(station.slug, ()),
                *findings,
                *self._left_out(station, around.values()),
            ),
            provenance={
                document.document_id: document
                for document in (self.tables.stops.provenance, self.tables.services.provenance)
            },
        )

    def _stops_naming(self, station: Station) -> Iterator[StopPlace]:
        document_id = self.tables.stops.provenance.document_id
        for named in self.naming.stops.get(station.slug, ()):
            code = named.stop.bus_stop_code
            yield StopPlace(named, self.tables.positions[code], f"{document_id}:{code}")

    def _stops_of(
        self, tied: Sequence[ReachedStop], within: Sequence[tuple[BusStop, float]]
    ) -> list[ReachedStop]:
        """Return the stops tied to an exit and the other stops within reach, nearest first."""
        tied_codes = {reached.stop.bus_stop_code for reached in tied}
        nearby = [
            self._nearby(stop, metres) for stop, metres in within if stop.bus_stop_code not in tied_codes
        ]
        return sorted([*tied, *nearby], key=lambda reached: (reached.distance_m, reached.stop.bus_stop_code))

    def _nearby(self, stop: BusStop, metres: float) -> ReachedStop:
        names_other_exit = stop.bus_stop_code in self.naming.naming_codes
        confidence = Confidence.LOW if names_other_exit else Confidence.MEDIUM
        return ReachedStop(stop, BusStopRelation.NEARBY, metres, confidence)

    def _enrich(self, exit_id: str, stops: list[ReachedStop], cite: _Cite) -> ExitEnrichment:
        served = [reached for reached in stops if self.tables.services_at(reached.stop.bus_stop_code)]
        return ExitEnrichment(
            exit_id=exit_id, bus_stops=tuple(self._publish(reached, cite) for reached in served)
        )

    def _publish(self, reached: ReachedStop, cite: _Cite) -> ExitBusStop:
        stop = reached.stop
        return ExitBusStop(
            bus_stop_code=stop.bus_stop_code,
            description=stop.description,
            road_name=stop.road_name,
            lat=stop.lat,
            lng=stop.lng,
            services=self.tables.services_at(stop.bus_stop_code),
            relation=reached.relation,
            distance_m=round(reached.distance_m, 1),
            confidence=reached.confidence,
            evidence=cite(stop.bus_stop_code, reached.relation is BusStopRelation.NEARBY),
        )

    def _cite_stop(self, code: str, is_nearby: bool) -> EvidenceMap:
        computed = (self.tables.stops.provenance.cite(code, Method.GEOMETRY),)
        evidence: EvidenceMap = {
            WHOLE_RECORD: (self.tables.stops.provenance.cite(code),),
            "services": (self.tables.services.provenance.cite(code),),
            "distance_m": computed,
        }
        if is_nearby:
            evidence["relation"] = computed
        return evidence

    def _left_out(self, station: Station, around: Iterable[list[ReachedStop]]) -> Iterator[Finding]:
        codes = {reached.stop.bus_stop_code for stops in around for reached in stops}
        unserved = sorted(code for code in codes if not self.tables.services_at(code))
        if unserved:
            yield finding_of(
                "bus-stop-without-service",
                f"{counted(len(unserved), 'bus stop')} around {station.name} {verb_of(len(unserved))} left "
                f"out, since no service calls there: {', '.join(unserved)}.",
                slug=station.slug,
            )


def open_source(context: RunContext, tables: BusTables) -> TableSource:
    """Return the source over LTA's tables; it reads their descriptions once for all stations."""
    network = load_network()
    document_id = tables.stops.provenance.document_id
    naming = read_naming(tables.stops_by_code.values(), network, context.as_of, document_id)
    claims = _Claims(tables, naming, context.settings.stages.stage2_enrichment.bus_stop_radius_m)
    return TableSource(SPEC.name, f"{tables.version}+{network.sha256}", claims.of)
