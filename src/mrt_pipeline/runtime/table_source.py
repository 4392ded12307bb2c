"""A source of stage 2 whose facts are all at hand: it waits for nothing while it works on a station."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.network import Station


@dataclass(frozen=True, slots=True)
class TableSource:
    """Claims of tables that were read before the first station (an ``EnrichmentSource``)."""

    name: str
    """the source's name in the configuration"""
    version: str
    """what identifies the content of all tables that its claims rest on"""
    claim: Callable[[Station], StationClaims]
    """what the tables say of one station"""

    def prepare(self, stations: Sequence[Station]) -> None:
        """Do nothing: the tables are at hand."""

    def version_for(self, station: Station) -> str:
        """Return the version of the tables."""
        return self.version

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return what the tables say of a station's exits."""
        return self.claim(station)
