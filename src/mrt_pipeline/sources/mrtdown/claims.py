"""``mrtdown``: the letters of the platforms that each exit leads to, and the station's names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.claims import EnrichmentSource, StationClaims
from mrt_pipeline.contracts.evidence import WHOLE_RECORD
from mrt_pipeline.contracts.network import Station, StationNames
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.extraction.signed_letters import claim_platforms, find_strays, key_of
from mrt_pipeline.network import NETWORK_DOCUMENT, Network, load_network, network_provenance
from mrt_pipeline.runtime.table_source import LateTableSource, TableSource
from mrt_pipeline.sources.mrtdown import SPEC, TranslatedName
from mrt_pipeline.sources.mrtdown.letters import letters_on
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
    document = tables.letters.provenance
    ways_by_code, names = network.directions(as_of), names_by_code(tables.names)
    letters = letters_on(as_of, tables.letters.records, document)

    def claim(station: Station) -> StationClaims:
        ways = [way for code in station.mrt_codes for way in ways_by_code.get(code, ())]
        return StationClaims(
            source=SPEC.name,
            exits=tuple(
                ExitEnrichment(
                    exit_id=found.exit_id,
                    platforms=tuple(claim_platforms(found, station, ways, letters, network)),
                )
                for found in station.exits
            ),
            names=next((names[code] for code in station.mrt_codes if code in names), None),
            provenance={
                NETWORK_DOCUMENT: network_provenance(network),
                document.document_id: document,
                tables.names.provenance.document_id: tables.names.provenance,
            },
        )

    known = {key_of(way) for ways in ways_by_code.values() for way in ways}
    strays = find_strays(letters, known, document.document_id)
    findings = dict.fromkeys((*tables.letters.findings, *tables.names.findings, *strays))
    return TableSource(SPEC.name, f"{tables.version}+{network.sha256}", claim, tuple(findings))


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
