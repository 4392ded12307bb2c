"""The records that stage 1 publishes: stations and their exits, each value with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Evidence, EvidenceMap, Method, Provenance
from mrt_pipeline.contracts.network import Station, StationCode, StationExit, StationStatus, StationType
from mrt_pipeline.network import CodeEntry, network_evidence
from mrt_pipeline.stages.ingestion.identity import PlacedExit
from mrt_pipeline.stages.ingestion.positions import Position
from mrt_pipeline.stages.ingestion.reference import Reference
from mrt_pipeline.stages.ingestion.station_assignment import Placed


def make_station(
    entries: Sequence[CodeEntry],
    status: StationStatus,
    position: Position,
    exits: Sequence[StationExit],
    reference: Reference,
) -> Station:
    """Return a station.

    Args:
        entries: its codes, first line first.
        status: whether it is in operation.
        position: its place, that of its first code.
        exits: its exits, in the order in which they are published.
        reference: the network, which knows its name and the modes of lines.
    """
    first = entries[0]
    name = reference.network.names[first.slug]
    modes = {reference.mode_of[entry.line_code] for entry in entries}
    return Station(
        station_id=first.station_code,
        slug=first.slug,
        name=name,
        station_type=StationType(reference.mode_of[first.line_code]),
        status=status,
        mrt_codes=tuple(entry.station_code for entry in entries),
        lines=tuple(dict.fromkeys(entry.line_code for entry in entries)),
        codes=tuple(_make_code(entry, reference) for entry in entries),
        lat=position.lat,
        lng=position.lng,
        wiki_title=compose_wiki_title(name, modes),
        exits=tuple(exits),
        evidence={
            WHOLE_RECORD: tuple(_cite_network(entry.station_code) for entry in entries),
            "lat": (position.evidence,),
            "lng": (position.evidence,),
        },
    )


def make_exit(item: PlacedExit, document: Provenance) -> StationExit:
    """Return an exit as the feature that stands for it has it."""
    kept = item.kept
    record = document.cite(kept.feature.record_id)
    building = _cite_building(kept)
    return StationExit(
        exit_id=item.exit_id,
        exit_code=kept.label,
        station_code=kept.entry.station_code,
        line_code=kept.entry.line_code,
        lat=kept.feature.lat,
        lng=kept.feature.lng,
        evidence={WHOLE_RECORD: (record,), "station_code": (building,), "line_code": (building,)},
    )


def compose_wiki_title(name: str, modes: set[str]) -> str:
    """Return the title under which the wiki is asked for a station, e.g. ``Senja LRT Station``."""
    shown = "/".join(mode.upper() for mode in sorted(modes, reverse=True))
    return f"{name} {shown} Station"


def _make_code(entry: CodeEntry, reference: Reference) -> StationCode:
    evidence: EvidenceMap = {WHOLE_RECORD: (_cite_network(entry.station_code),)}
    if stated_in := reference.network.find_date_source(entry):
        evidence["opened_date"] = (network_evidence(entry.station_code, stated_in=stated_in),)
    return StationCode(
        station_code=entry.station_code,
        line_code=entry.line_code,
        opened_date=entry.opened_date,
        evidence=evidence,
    )


def _cite_building(kept: Placed) -> Evidence:
    """Return why an exit belongs to its building: that was settled once, or its position or name says so."""
    record_id = kept.known.exit_id if kept.known else kept.entry.station_code
    return _cite_network(record_id, kept.method)


@cache
def _cite_network(record_id: str, method: Method = Method.RECORD) -> Evidence:
    return network_evidence(record_id, method)
