"""``mrtdown``: the letters of the platforms that each exit leads to, and the station's names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.claims import EnrichmentSource, StationClaims
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Confidence, Provenance
from mrt_pipeline.contracts.network import Station, StationNames
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.extraction.signed_letters import (
    DirectionKey,
    SignedLetters,
    claim_platforms,
    find_strays,
    key_of,
)
from mrt_pipeline.network import NETWORK_DOCUMENT, Network, load_network, network_provenance
from mrt_pipeline.runtime.records import natural_key
from mrt_pipeline.runtime.table_source import LateTableSource, TableSource
from mrt_pipeline.sources.mrtdown import SPEC, PlatformLetter, TranslatedName
from mrt_pipeline.sources.mrtdown.parsing import Basis
from mrt_pipeline.sources.mrtdown.reading import Tables, read_tables

if TYPE_CHECKING:
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


UNEVEN_LINES = frozenset({"BPL"})
"""Bukit Panjang LRT: platforms of one side are not numbered alike at all stations"""

_CONFIDENCE = {
    Basis.SEEN: Confidence.HIGH,
    Basis.INFERRED: Confidence.MEDIUM,
    Basis.UNCLEAR: Confidence.LOW,
}
_WEAKEST_LAST = list(Confidence)


def letters_on(
    as_of: date, letters: Iterable[PlatformLetter], provenance: Provenance
) -> dict[DirectionKey, SignedLetters]:
    """Return the letters of every direction on a day.

    Args:
        as_of: the day.
        letters: the records, in any order.
        provenance: the document that they are of.
    """
    day = as_of.isoformat()
    by_direction: dict[DirectionKey, list[PlatformLetter]] = defaultdict(list)
    for letter in letters:
        if letter.valid_from <= day and (letter.valid_to is None or day < letter.valid_to):
            by_direction[letter.line_code, letter.station_code, letter.next_code].append(letter)
    return {direction: _sign(same, provenance) for direction, same in sorted(by_direction.items())}


def _sign(same: list[PlatformLetter], provenance: Provenance) -> SignedLetters:
    records = dict.fromkeys(sorted(letter.platform_id for letter in same))
    return SignedLetters(
        codes=tuple(sorted({letter.letter for letter in same}, key=natural_key)),
        confidence=max((_confidence_of(letter) for letter in same), key=_WEAKEST_LAST.index),
        evidence=tuple(map(provenance.cite, records)),
    )


def _confidence_of(letter: PlatformLetter) -> Confidence:
    return Confidence.LOW if letter.line_code in UNEVEN_LINES else _CONFIDENCE[Basis(letter.basis)]
