"""Positions of stations as a table, recorded in the package or searched for live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import SourceTable, StationLocation
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.clock import singapore_date
from mrt_pipeline.runtime.documents import Payload, table_of
from mrt_pipeline.sources.onemap import STATIONS
from mrt_pipeline.sources.onemap.parsing import merge_stations, parse_stations

if TYPE_CHECKING:
    from mrt_pipeline.config import Settings
    from mrt_pipeline.contracts.documents import Document
    from mrt_pipeline.runtime.source_access import SourceAccess


def read_stations(
    access: SourceAccess, ttl_days: float, wanted: Sequence[tuple[str, str]]
) -> SourceTable[StationLocation]:
    """Return where OneMap puts stations, sorted by code.

    Args:
        access: recorded or live as configured.
        ttl_days: how long a live answer on disk may be used again.
        wanted: station codes with their names, to be looked up live; recorded are all that were found.

    Raises:
        SourceError: if the answers cannot be had or have the wrong structure.
    """
    if access.mode_of("onemap") is Mode.LIVE:
        from mrt_pipeline.sources.onemap.fetching import fetch_stations

        return read_files(STATIONS, [fetch_stations(access, ttl_days, wanted)], access.settings)
    return access.recorded_table(STATIONS)


def record(access: SourceAccess) -> Iterator[SourceTable[StationLocation]]:
    """Yield the positions of every code in use or to come, asked of the service now."""
    network, today = load_network(), singapore_date(access.now())
    wanted = [
        (entry.station_code, network.names[entry.slug])
        for entry in network.codes
        if entry.is_open(today) or entry.is_future(today)
    ]
    yield read_stations(access, 0, wanted)


def read_files(
    document: Document, payloads: Sequence[Payload], _settings: Settings
) -> SourceTable[StationLocation]:
    """Return the positions of some payloads with the findings about them; a code's first position counts."""
    content = b"".join(payload.content for payload in payloads)
    findings = [finding for payload in payloads for finding in payload.findings]
    parsed = merge_stations(parse_stations(payload.content) for payload in payloads)
    oldest = min(payload.retrieved_at for payload in payloads)
    return table_of(document, Payload(content, oldest, findings=tuple(findings)), parsed)
