"""A source of stage 2 whose facts are all at hand: it waits for nothing while it works on a station."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.errors import InternalError
from mrt_pipeline.runtime.files import sha256_of


@dataclass(frozen=True, slots=True)
class TableSource:
    """Claims of tables that were read before the first station (an ``EnrichmentSource``)."""

    name: str
    """the source's name in the configuration"""
    version: str
    """what identifies the content of all tables that its claims rest on"""
    claim: Callable[[Station], StationClaims]
    """what the tables say of one station"""
    findings: tuple[Finding, ...] = ()
    """what is odd about the tables and concerns no single station"""

    def prepare(self, stations: Sequence[Station]) -> None:
        """Do nothing: the tables are at hand."""

    def version_for(self, station: Station) -> str:
        """Return the version of the tables."""
        return self.version

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return what the tables say of a station's exits."""
        return self.claim(station)


class LateTableSource:
    """A ``TableSource`` whose tables are read in ``prepare``: if that fails, it alone is closed."""

    def __init__(self, name: str, load: Callable[[], TableSource]) -> None:
        """Take the source's name in the configuration, and what reads its tables."""
        self.name = name
        self._load = load
        self._source: TableSource | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what is odd about the tables; nothing before they are read."""
        return self._source.findings if self._source else ()

    def prepare(self, stations: Sequence[Station]) -> None:
        """Read the tables.

        Raises:
            SourceError: if they cannot be obtained.
        """
        self._source = self._load()

    def version_for(self, station: Station) -> str:
        """Return the version of the tables."""
        return self._read().version

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return what the tables say of a station's exits."""
        return self._read().claim(station)

    def _read(self) -> TableSource:
        if self._source is None:
            raise InternalError(f"{self.name} was asked before it was prepared")
        return self._source


@dataclass(frozen=True, slots=True)
class Survey:
    """What comes of holding tables against all stations."""

    claim: Callable[[Station], StationClaims]
    """what the tables say of one station"""
    findings: tuple[Finding, ...] = ()
    """what concerns no single station"""


class SurveyedSource:
    """Claims of tables that are held against all stations at once (a ``SurveyingSource``).

    What is claimed of a station depends on the others too, so its version is the fingerprint of its claims.
    """

    def __init__(self, name: str, load: Callable[[], Callable[[Sequence[Station]], Survey]]) -> None:
        """Take the source's name in the configuration, and what reads its tables and returns the survey."""
        self.name = name
        self._load = load
        self._compare: Callable[[Sequence[Station]], Survey] | None = None
        self._survey: Survey | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what concerns no single station; nothing before the survey."""
        return self._survey.findings if self._survey else ()

    def prepare(self, stations: Sequence[Station]) -> None:
        """Read the tables.

        Raises:
            SourceError: if they cannot be had.
        """
        self._compare = self._load()

    def survey(self, stations: Sequence[Station]) -> None:
        """Hold the tables against every station of the run."""
        if self._compare is None:
            raise InternalError(f"{self.name} was to compare stations before it was prepared")
        self._survey = self._compare(stations)

    def version_for(self, station: Station) -> str:
        """Return the fingerprint of all that is claimed of a station."""
        return sha256_of(self.claims_for(station, ()).model_dump_json().encode())

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return what is claimed of a station's exits."""
        if self._survey is None:
            raise InternalError(f"{self.name} was asked before the survey")
        return self._survey.claim(station)
