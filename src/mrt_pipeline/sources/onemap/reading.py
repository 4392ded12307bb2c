"""Positions of stations as a table, recorded in the package or searched for live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mrt_pipeline.config.model import Mode
from mrt_pipeline.contracts.source import SourceTable, StationLocation
from mrt_pipeline.runtime.documents import Document, Payload
from mrt_pipeline.sources.onemap.fetching import fetch_stations
from mrt_pipeline.sources.onemap.parsing import STATIONS_ID, merge_stations, parse_stations

if TYPE_CHECKING:
    from mrt_pipeline.runtime.source_access import SourceAccess

STATIONS = Document(
    document_id=STATIONS_ID,
    title="OneMap search for MRT and LRT stations",
    publisher="Singapore Land Authority",
    url="https://www.onemap.gov.sg/apidocs/search",
    dataset="OneMap search",
    source="the Singapore Land Authority",
)


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
        return stations_table(fetch_stations(access, ttl_days, wanted))
    recording = access.recorded(STATIONS_ID)
    return SourceTable(tuple(map(_from_row, recording.rows)), recording.provenance)


def stations_table(*payloads: Payload) -> SourceTable[StationLocation]:
    """Return the positions of some payloads with the findings about them; a code's first position counts."""
    content = b"".join(payload.content for payload in payloads)
    findings = [finding for payload in payloads for finding in payload.findings]
    parsed = merge_stations(parse_stations(payload.content) for payload in payloads)
    oldest = min(payload.retrieved_at for payload in payloads)
    return STATIONS.table(Payload(content, oldest, findings=tuple(findings)), parsed)


def _from_row(row: Mapping[str, str]) -> StationLocation:
    return StationLocation(row["station_code"], row["building"], float(row["lat"]), float(row["lng"]))
