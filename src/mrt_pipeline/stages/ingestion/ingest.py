"""Stage 1 as one pure function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Evidence, EvidenceMap, Method, Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station, StationCode, StationExit, StationStatus, StationType
from mrt_pipeline.contracts.outputs import FeatureAccount
from mrt_pipeline.contracts.source import ExitFeature, SourceTable, StationLocation
from mrt_pipeline.network import NETWORK_DOCUMENT, CodeEntry, Network, network_evidence, network_provenance
from mrt_pipeline.runtime.clock import singapore_date
from mrt_pipeline.runtime.records import natural_key
from mrt_pipeline.stages.ingestion.feature_log import Notes
from mrt_pipeline.stages.ingestion.identity import PlacedExit, identify_exits
from mrt_pipeline.stages.ingestion.positions import Position, StationPositions
from mrt_pipeline.stages.ingestion.reference import Reference
from mrt_pipeline.stages.ingestion.station_assignment import Placed, place_features


@dataclass(frozen=True, slots=True)
class Ingested:
    """The stations on a date, and the account of every feature of the exits file."""

    stations: tuple[Station, ...]
    """stations in operation, by first line and travel order"""
    future_stations: tuple[Station, ...]
    features: tuple[FeatureAccount, ...]
    """in natural order of their ids"""
    provenance: dict[str, Provenance]
    """the cited documents"""
    findings: tuple[Finding, ...]


def ingest(
    network: Network,
    as_of: date,
    exits: SourceTable[ExitFeature],
    locations: SourceTable[StationLocation] | None = None,
) -> Ingested:
    """Return the stations on a date with their exits.

    Args:
        network: the network through time.
        as_of: the date described.
        exits: LTA's exits file.
        locations: OneMap's positions of stations; without them, those of the network are used.
    """
    reference = Reference(network, as_of, singapore_date(exits.provenance.retrieved_at))
    notes = Notes(exits.provenance.document_id)
    published = _publish_exits(exits, reference, notes)
    positions = StationPositions(locations, reference)
    stations = tuple(
        make_station(
            entries, StationStatus.OPERATIONAL, positions.at(entries[0]), published.get(slug, ()), reference
        )
        for slug, entries in reference.open_codes.items()
    )
    future = tuple(
        make_station(entries, StationStatus.FUTURE, positions.at(entries[0]), (), reference)
        for entries in reference.future_codes.values()
    )
    read = (exits, locations) if locations else (exits,)
    return Ingested(
        stations=stations,
        future_stations=future,
        features=tuple(sorted(notes.accounts, key=_account_key)),
        provenance=_cited((*stations, *future), network, (table.provenance for table in read)),
        findings=(
            *_beyond_horizon(network, as_of),
            *(found for table in read for found in table.findings),
            *notes.findings,
            *positions.findings,
        ),
    )


def _publish_exits(
    exits: SourceTable[ExitFeature], reference: Reference, notes: Notes
) -> dict[str, list[StationExit]]:
    """Return the exits of each station, by slug, in natural order of their ids."""
    placed = place_features(exits.records, reference, notes)
    published = {}
    for slug in reference.open_codes:
        if slug in placed:
            name = reference.network.names[slug]
            found = identify_exits(name, placed[slug], notes)
            published[slug] = [make_exit(item, exits.provenance) for item in found]
    return published


def _beyond_horizon(network: Network, as_of: date) -> Iterator[Finding]:
    """Yield a warning for a date for which the network's tables are not known to be correct.

    It does not name the date, so that runs of consecutive days are equal.
    """
    if (horizon := network.known_on(as_of)) is not None:
        yield finding_of(
            "beyond-network-horizon",
            f"The network is described as it was known on {horizon}, but the dataset is for a later day: "
            "openings, closures and renumberings announced since then are missing. Install a newer version "
            "of this program, or update the tables in src/mrt_pipeline/network/.",
            record_id=NETWORK_DOCUMENT,
        )


def _cited(
    stations: Iterable[Station], network: Network, read: Iterable[Provenance]
) -> dict[str, Provenance]:
    """Return the documents cited by any station or exit, by id."""
    known = {document.document_id: document for document in read}
    known[NETWORK_DOCUMENT] = network_provenance(network)
    cited = {
        evidence.document_id
        for station in stations
        for record in (station, *station.exits)
        for evidence in record.all_evidence()
    }
    return {document_id: known[document_id] for document_id in sorted(cited)}


def _account_key(account: FeatureAccount) -> tuple[object, ...]:
    return natural_key(account.record_id), account.station_na, account.exit_code, account.reason


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
        position: its position, which is that of its first code.
        exits: its exits, in published order.
        reference: the network, for names and modes of lines.
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
    """Return an exit from the feature that represents it."""
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
    """Return the title under which the wiki is searched for a station, e.g. ``Senja LRT Station``."""
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
    """Return the evidence for an exit's building: an earlier decision, its position, or its name."""
    record_id = kept.known.exit_id if kept.known else kept.entry.station_code
    return _cite_network(record_id, kept.method)


@cache
def _cite_network(record_id: str, method: Method = Method.RECORD) -> Evidence:
    return network_evidence(record_id, method)
