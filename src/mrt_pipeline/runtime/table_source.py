"""Sources of stage 2 that have all their facts in tables, and request nothing for single stations."""

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
    """Claims from tables that were read before the first station (an ``EnrichmentSource``)."""

    name: str
    """the source's name in the configuration"""
    version: str
    """identifies the content of all tables that its claims are based on"""
    claim: Callable[[Station], StationClaims]
    """returns what the tables say about a station"""
    findings: tuple[Finding, ...] = ()
    """findings about the tables that concern no single station"""

    def prepare(self, stations: Sequence[Station]) -> None:
        """Do nothing: the tables are in memory."""

    def version_for(self, station: Station) -> str:
        """Return the version of the tables."""
        return self.version

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return what the tables say about a station's exits."""
        return self.claim(station)


class LateTableSource:
    """A ``TableSource`` whose tables are read in ``prepare``; if that fails, only it is unavailable."""

    def __init__(self, name: str, load: Callable[[], TableSource]) -> None:
        """Take the source's name in the configuration, and the function that reads its tables."""
        self.name = name
        self._load = load
        self._source: TableSource | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return findings about the tables; empty before they are read."""
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
        """Return what the tables say about a station's exits."""
        return self._read().claim(station)

    def _read(self) -> TableSource:
        if self._source is None:
            raise InternalError(f"{self.name} was asked before it was prepared")
        return self._source


@dataclass(frozen=True, slots=True)
class Survey:
    """The result of comparing tables with all stations."""

    claim: Callable[[Station], StationClaims]
    """returns what the tables say about a station"""
    findings: tuple[Finding, ...] = ()
    """findings that concern no single station"""


class SurveyedSource:
    """Claims from tables that are compared with all stations at once (a ``SurveyingSource``).

    Claims about a station depend on the others too, so its version is the fingerprint of its claims.
    """

    def __init__(self, name: str, load: Callable[[], Callable[[Sequence[Station]], Survey]]) -> None:
        """Take the source's name, and the function that reads its tables and returns the survey."""
        self.name = name
        self._load = load
        self._compare: Callable[[Sequence[Station]], Survey] | None = None
        self._survey: Survey | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return findings that concern no single station; empty before the survey."""
        return self._survey.findings if self._survey else ()

    def prepare(self, stations: Sequence[Station]) -> None:
        """Read the tables.

        Raises:
            SourceError: if they are unavailable.
        """
        self._compare = self._load()

    def survey(self, stations: Sequence[Station]) -> None:
        """Compare the tables with every station of the run."""
        if self._compare is None:
            raise InternalError(f"{self.name} was to compare stations before it was prepared")
        self._survey = self._compare(stations)

    def version_for(self, station: Station) -> str:
        """Return the fingerprint of all claims about a station."""
        return sha256_of(self.claims_for(station, ()).model_dump_json().encode())

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return the claims about a station's exits."""
        if self._survey is None:
            raise InternalError(f"{self.name} was asked before the survey")
        return self._survey.claim(station)
