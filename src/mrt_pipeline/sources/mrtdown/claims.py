"""``mrtdown``: the letters of the platforms that each exit leads to, and the station's names.

A letter is claimed for a direction that the network's table has, so that the direction itself rests on that
table and the letter alone on MRTDown's record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.claims import EnrichmentSource, StationClaims
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, EvidenceMap, Method
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import ExitPlatform, Station, StationExit, StationNames
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.extraction.buildings import cite_buildings, is_same_building
from mrt_pipeline.network import (
    NETWORK_DOCUMENT,
    Direction,
    Network,
    load_network,
    network_evidence,
    network_provenance,
)
from mrt_pipeline.runtime.table_source import LateTableSource, TableSource
from mrt_pipeline.sources.mrtdown import SPEC, TranslatedName
from mrt_pipeline.sources.mrtdown.letters import SignedLetters, find_strays, letters_on
from mrt_pipeline.sources.mrtdown.reading import Tables, read_tables

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
    findings = (*tables.letters.findings, *tables.names.findings, *claims.strays)
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
    _letters: Mapping[tuple[str, str, str], SignedLetters] = field(init=False, repr=False)
    _names: Mapping[str, StationNames] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        letters = self.tables.letters
        signed = letters_on(self.as_of, letters.records, letters.provenance)
        object.__setattr__(self, "_ways", self.network.directions(self.as_of))
        object.__setattr__(self, "_letters", signed)
        object.__setattr__(self, "_names", names_by_code(self.tables.names))

    @property
    def strays(self) -> tuple[Finding, ...]:
        """Return what is odd about letters of no station's direction."""
        known = {_key(way) for ways in self._ways.values() for way in ways}
        return find_strays(self._letters, known, self.tables.letters.provenance.document_id)

    def of(self, station: Station) -> StationClaims:
        """Return the letters for every exit of a station, and its names."""
        ways = [way for code in station.mrt_codes for way in self._ways.get(code, ())]
        signed = [(way, self._letters[_key(way)]) for way in ways if _key(way) in self._letters]
        return StationClaims(
            source=SPEC.name,
            exits=tuple(self._enrich(found, station, signed) for found in station.exits),
            names=next((self._names[code] for code in station.mrt_codes if code in self._names), None),
            provenance={
                NETWORK_DOCUMENT: network_provenance(self.network),
                **{
                    table.provenance.document_id: table.provenance
                    for table in (self.tables.letters, self.tables.names)
                },
            },
        )

    def _enrich(
        self, found: StationExit, station: Station, signed: Iterable[tuple[Direction, SignedLetters]]
    ) -> ExitEnrichment:
        return ExitEnrichment(
            exit_id=found.exit_id,
            platforms=tuple(
                platform
                for way, letters in signed
                for platform in _platforms(
                    way, letters, found, is_same_building(way.station_code, found, station, self.network)
                )
            ),
        )


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


def _key(way: Direction) -> tuple[str, str, str]:
    return way.line_code, way.station_code, way.next_code


def _platforms(
    way: Direction, letters: SignedLetters, found: StationExit, is_same_building: bool
) -> Iterator[ExitPlatform]:
    """Yield a claim for each letter from which trains of a direction leave."""
    evidence: EvidenceMap = {
        WHOLE_RECORD: (network_evidence(way.service_id, Method.TOPOLOGY),),
        "platform_code": letters.evidence,
        "is_same_building": cite_buildings(way.station_code, found),
    }
    for letter in letters.codes:
        yield ExitPlatform(
            station_code=way.station_code,
            line_code=way.line_code,
            towards_code=way.towards_code,
            towards_kind=way.towards_kind,
            next_code=way.next_code,
            platform_code=letter,
            is_same_building=is_same_building,
            confidence=letters.confidence,
            evidence=evidence,
        )
