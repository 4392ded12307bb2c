"""The whole of stage 1 as one pure function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station, StationExit, StationStatus
from mrt_pipeline.contracts.outputs import FeatureAccount
from mrt_pipeline.contracts.source import ExitFeature, SourceTable, StationLocation
from mrt_pipeline.network import NETWORK_DOCUMENT, Network, network_provenance
from mrt_pipeline.runtime.clock import singapore_date
from mrt_pipeline.runtime.records import natural_key
from mrt_pipeline.stages.ingestion.feature_log import Notes
from mrt_pipeline.stages.ingestion.identity import identify_exits
from mrt_pipeline.stages.ingestion.positions import StationPositions
from mrt_pipeline.stages.ingestion.reference import Reference
from mrt_pipeline.stages.ingestion.station_assignment import place_features
from mrt_pipeline.stages.ingestion.stations import make_exit, make_station


@dataclass(frozen=True, slots=True)
class Ingested:
    """The stations of a day, and the account of every feature of the exits file."""

    stations: tuple[Station, ...]
    """in operation, by first line and travel order"""
    future_stations: tuple[Station, ...]
    features: tuple[FeatureAccount, ...]
    """in natural order of their ids"""
    provenance: dict[str, Provenance]
    """the documents that are cited"""
    findings: tuple[Finding, ...]


def ingest(
    network: Network,
    as_of: date,
    exits: SourceTable[ExitFeature],
    locations: SourceTable[StationLocation] | None = None,
) -> Ingested:
    """Return the stations of a day with their exits.

    Args:
        network: the network through time.
        as_of: the day that is described.
        exits: LTA's exits file.
        locations: OneMap's places of stations; without them those of the network are taken.
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
    """Yield a warning for a day of which the network's tables are not known to be right.

    It does not name that day: a run of the day after says the same.
    """
    if (horizon := network.known_on(as_of)) is not None:
        yield finding_of(
            "beyond-network-horizon",
            f"The network is described as known on {horizon}, and the dataset is for a later day: a "
            "station that opened, closed or was renumbered since is not in it. Install a newer version of "
            "this program, or bring the tables beside network/horizon.csv up to date.",
            record_id=NETWORK_DOCUMENT,
        )


def _cited(
    stations: Iterable[Station], network: Network, read: Iterable[Provenance]
) -> dict[str, Provenance]:
    """Return the documents that some station or exit cites, by id."""
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
