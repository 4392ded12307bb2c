"""``mrtdown``: letters of the platforms that each exit leads to, and the station's trains and names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from mrt_pipeline.contracts.claims import EnrichmentSource, StationClaims
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Confidence, Provenance
from mrt_pipeline.contracts.network import Direction as DirectionOfPlatform
from mrt_pipeline.contracts.network import Station, StationNames, direction_of, name_platforms
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.extraction.exit_platforms import (
    DirectionKey,
    SignedLetters,
    claim_letters,
    find_strays,
    key_of,
)
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.network import NETWORK_DOCUMENT, Direction, Network, load_network, network_provenance
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.records import natural_key
from mrt_pipeline.runtime.table_source import LateTableSource, TableSource
from mrt_pipeline.sources.mrtdown import SPEC, PlatformLetter, TranslatedName
from mrt_pipeline.sources.mrtdown.parsing import Basis, holds_on
from mrt_pipeline.sources.mrtdown.reading import Tables, read_tables
from mrt_pipeline.sources.mrtdown.trains import trains_on


def open_source(context: RunContext, tables: BusTables) -> EnrichmentSource:
    """Return the source; it reads its tables when the stage starts."""

    def load() -> TableSource:
        return source_of(read_tables(context.access, context.as_of), load_network(), context.as_of)

    return LateTableSource(SPEC.name, load)


def source_of(tables: Tables, network: Network, as_of: date) -> TableSource:
    """Return the source over tables, for the network of one day."""
    read = (tables.letters, tables.trains, tables.names)
    document = tables.letters.provenance
    ways_by_code, names = network.directions(as_of), names_by_code(tables.names)
    letters = letters_on(as_of, tables.letters.records, document)
    platforms = name_directions(ways_by_code, network)
    trains, remarks = trains_on(as_of, tables.trains.records, platforms, network, tables.trains.provenance)

    def claim(station: Station) -> StationClaims:
        return StationClaims(
            source=SPEC.name,
            exits=claim_letters(station, ways_by_code, letters, network),
            trains=tuple(times for code in station.mrt_codes for times in trains.get(code, ())),
            names=next((names[code] for code in station.mrt_codes if code in names), None),
            provenance={
                NETWORK_DOCUMENT: network_provenance(network),
                **{table.provenance.document_id: table.provenance for table in read},
            },
        )

    strays = find_strays(letters, platforms, document.document_id)
    findings = dict.fromkeys((*(it for table in read for it in table.findings), *strays, *remarks))
    return TableSource(SPEC.name, f"{tables.version}+{network.sha256}", claim, tuple(findings))


def name_directions(ways: Mapping[str, Iterable[Direction]], network: Network) -> dict[DirectionKey, str]:
    """Return the platform id of each direction; empty if two platforms serve the same next station.

    Args:
        ways: directions of a day by station code; several services may share one.
        network: resolves codes.
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
    """Return the names of each station under each of its codes; stations without names are omitted."""
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
"""Bukit Panjang LRT: platforms on one side are not numbered alike at all stations"""

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
        provenance: document of the records.
    """
    by_direction: dict[DirectionKey, list[PlatformLetter]] = defaultdict(list)
    for letter in letters:
        if holds_on(as_of, letter):
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
