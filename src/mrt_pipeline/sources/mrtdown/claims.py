"""``mrtdown``: the letters of the platforms that each exit leads to, the station's trains and names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.claims import EnrichmentSource, StationClaims
from mrt_pipeline.contracts.evidence import WHOLE_RECORD
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Direction as DirectionOfPlatform
from mrt_pipeline.contracts.network import Station, StationNames, TrainTimes, direction_of, name_platforms
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.extraction.signed_letters import (
    DirectionKey,
    SignedLetters,
    claim_platforms,
    find_strays,
    key_of,
)
from mrt_pipeline.network import (
    NETWORK_DOCUMENT,
    Direction,
    Network,
    load_network,
    network_provenance,
)
from mrt_pipeline.runtime.table_source import LateTableSource, TableSource
from mrt_pipeline.sources.mrtdown import SPEC, TranslatedName
from mrt_pipeline.sources.mrtdown.letters import letters_on
from mrt_pipeline.sources.mrtdown.reading import Tables, read_tables
from mrt_pipeline.sources.mrtdown.trains import trains_on

if TYPE_CHECKING:
    from datetime import date

    from mrt_pipeline.extraction.bus_tables import BusTables
    from mrt_pipeline.runtime.context import RunContext


def open_source(context: RunContext, tables: BusTables) -> EnrichmentSource:
    """Return the source, whose tables are read when the stage begins."""

    def load() -> TableSource:
        ttl_days = context.settings.stages.stage1_ingestion.cache_ttl_days
        return source_of(read_tables(context.access, ttl_days, context.as_of), load_network(), context.as_of)

    return LateTableSource(SPEC.name, load)


def source_of(tables: Tables, network: Network, as_of: date) -> TableSource:
    """Return the source over some tables, for one day's network."""
    claims = _Claims(tables, network, as_of)
    read = (tables.letters, tables.trains, tables.names)
    findings = (*(finding for table in read for finding in table.findings), *claims.findings)
    return TableSource(
        SPEC.name, f"{tables.version}+{network.sha256}", claims.of, tuple(dict.fromkeys(findings))
    )


@dataclass(frozen=True)
class _Claims:
    """What the tables say of each station on a day."""

    tables: Tables
    network: Network
    as_of: date
    _ways: Mapping[str, tuple[Direction, ...]] = field(init=False, repr=False)
    _letters: Mapping[DirectionKey, SignedLetters] = field(init=False, repr=False)
    _trains: Mapping[str, tuple[TrainTimes, ...]] = field(init=False, repr=False)
    _names: Mapping[str, StationNames] = field(init=False, repr=False)
    findings: tuple[Finding, ...] = field(init=False, repr=False)
    """what is odd about letters and trains of no station's direction"""

    def __post_init__(self) -> None:
        letters = self.tables.letters
        signed = letters_on(self.as_of, letters.records, letters.provenance)
        ways = self.network.directions(self.as_of)
        platforms = name_directions(ways, self.network)
        strays = find_strays(signed, platforms, letters.provenance.document_id)
        table = self.tables.trains
        trains, left_out = trains_on(self.as_of, table.records, platforms, table.provenance)
        object.__setattr__(self, "_ways", ways)
        object.__setattr__(self, "_letters", signed)
        object.__setattr__(self, "_trains", trains)
        object.__setattr__(self, "_names", names_by_code(self.tables.names))
        object.__setattr__(self, "findings", (*strays, *left_out))

    def of(self, station: Station) -> StationClaims:
        """Return the letters for every exit of a station, its trains and its names."""
        ways = [way for code in station.mrt_codes for way in self._ways.get(code, ())]
        return StationClaims(
            source=SPEC.name,
            exits=tuple(
                ExitEnrichment(
                    exit_id=found.exit_id,
                    platforms=tuple(claim_platforms(found, station, ways, self._letters, self.network)),
                )
                for found in station.exits
            ),
            trains=tuple(times for code in station.mrt_codes for times in self._trains.get(code, ())),
            names=next((self._names[code] for code in station.mrt_codes if code in self._names), None),
            provenance={
                NETWORK_DOCUMENT: network_provenance(self.network),
                **{
                    table.provenance.document_id: table.provenance
                    for table in (self.tables.letters, self.tables.trains, self.tables.names)
                },
            },
        )


def name_directions(ways: Mapping[str, Iterable[Direction]], network: Network) -> dict[DirectionKey, str]:
    """Return the id of each direction's platform; an empty one where two platforms go on to one station.

    Args:
        ways: the directions of a day by station code; several services may share one.
        network: knows whose the codes are.
    """
    at: dict[str, dict[DirectionOfPlatform, Direction]] = {}
    for code, here in ways.items():
        if (entry := network.find_code(code)) is not None:
            at.setdefault(entry.slug, {}).update((direction_of(way), way) for way in here)
    named: dict[DirectionKey, str] = {}
    for slug, distinct in at.items():
        for way, name in zip(distinct.values(), name_platforms(slug, [*distinct.values()]), strict=True):
            named[key_of(way)] = "" if key_of(way) in named else name
    return named


def names_by_code(table: SourceTable[TranslatedName]) -> dict[str, StationNames]:
    """Return the names of each station by each of its codes; nothing for one without any."""
    return {
        code: names
        for record in table.records
        for names in _names_of(record, table)
        for code in record.station_codes
    }


def _names_of(record: TranslatedName, table: SourceTable[TranslatedName]) -> Iterator[StationNames]:
    if record.zh_hans or record.ms or record.ta:
        yield StationNames(
            zh_hans=record.zh_hans,
            ms=record.ms,
            ta=record.ta,
            evidence={WHOLE_RECORD: (table.provenance.cite(record.station_id),)},
        )
