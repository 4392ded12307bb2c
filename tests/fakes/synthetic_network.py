"""A network several times the real one's size: copies of it side by side, so that density is the same.

Copy 0 is the real network. All copies have the real dates: stations open and codes are renumbered in all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.source import ExitFeature, SourceTable, StationLocation
from mrt_pipeline.network import CodeEntry, KnownExit, Network, Service, load_network

RecordT = TypeVar("RecordT")
Inputs = tuple[Network, SourceTable[ExitFeature], SourceTable[StationLocation]]

EXITS_A_STATION = 3
STEP_LAT = 0.35
STEP_LNG = 0.55
"""degrees from one copy to the next: the real network measures 0.21 by 0.41, and copies do not touch"""
METRES_PER_DEGREE = 111_000
SURVEYED_AT = datetime(2026, 8, 1, tzinfo=UTC)


def synthetic_inputs(times: int) -> Inputs:
    """Return a network, its exits file and OneMap's positions, each a multiple of the real size."""
    network = synthetic_network(times)
    exits = tuple(_features(network))
    locations = tuple(
        StationLocation(entry.station_code, network.names[entry.slug], entry.lat, entry.lng)
        for entry in network.codes
    )
    return network, _table("lta-station-exits", exits), _table("onemap-stations", locations)


def synthetic_network(times: int) -> Network:
    """Return copies of the real network side by side in a square."""
    real, width = load_network(), math.ceil(math.sqrt(times))
    copies = [_Copy(number, width) for number in range(times)]
    return Network(
        lines=real.lines,
        names={copy.slug(slug): copy.name(name) for copy in copies for slug, name in real.names.items()},
        codes=tuple(copy.entry(entry) for copy in copies for entry in real.codes),
        services=tuple(copy.service(service) for copy in copies for service in real.services),
        sha256=f"{times:064x}",
        known_exits=tuple(copy.known(known) for copy in copies for known in real.known_exits),
    )


class _Copy:
    """One copy of the real network: its names and positions."""

    def __init__(self, number: int, width: int) -> None:
        self._number = number
        # Copies spiral out from the real place in a square: a projection is accurate only near its origin.
        place = (number + width // 2 * width + width // 2) % (width * width)
        self._north = (place // width - width // 2) * STEP_LAT
        self._east = (place % width - width // 2) * STEP_LNG

    def slug(self, slug: str) -> str:
        return f"{slug}-{self._number}" if self._number else slug

    def name(self, name: str) -> str:
        return f"{name} {self._number}" if self._number else name

    def code(self, code: str) -> str:
        return f"{code}Z{self._number}" if self._number else code

    def entry(self, entry: CodeEntry) -> CodeEntry:
        return replace(
            entry,
            station_code=self.code(entry.station_code),
            slug=self.slug(entry.slug),
            renumbered_to=self.code(entry.renumbered_to) if entry.renumbered_to else None,
            lat=round(entry.lat + self._north, 7),
            lng=round(entry.lng + self._east, 7),
        )

    def known(self, known: KnownExit) -> KnownExit:
        return replace(
            known,
            slug=self.slug(known.slug),
            lat=round(known.lat + self._north, 7),
            lng=round(known.lng + self._east, 7),
        )

    def service(self, service: Service) -> Service:
        codes = tuple(map(self.code, service.station_codes))
        return replace(service, service_id=self.slug(service.service_id), station_codes=codes)


def _features(network: Network) -> Iterator[ExitFeature]:
    """Yield exits around each station in operation on the date of the survey, spelled as LTA does."""
    modes = {line.line_code: line.mode for line in network.lines}
    number = 0
    for entries in network.open_codes(SURVEYED_AT.date()).values():
        first = entries[0]
        name = f"{network.names[first.slug]} {modes[first.line_code]} station".upper()
        for rank in range(EXITS_A_STATION):
            number += 1
            angle = 2 * math.pi * rank / EXITS_A_STATION
            yield ExitFeature(
                record_id=str(number),
                station_na=name,
                exit_code=f"Exit {'ABC'[rank]}",
                lat=round(first.lat + 80 * math.sin(angle) / METRES_PER_DEGREE, 7),
                lng=round(first.lng + 80 * math.cos(angle) / METRES_PER_DEGREE, 7),
            )


def _table(document_id: str, records: tuple[RecordT, ...]) -> SourceTable[RecordT]:
    return SourceTable(
        records,
        Provenance(
            document_id=document_id,
            source_id=document_id,
            title="A document made for tests",
            publisher="Nobody",
            url="https://example.org/synthetic",
            retrieved_at=SURVEYED_AT,
            licence="SODL-1.0",
            licence_url="https://example.org/licence",
            attribution="Made for tests.",
            sha256="0" * 64,
            records=len(records),
        ),
    )
