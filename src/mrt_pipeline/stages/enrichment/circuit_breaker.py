"""Ask every source about one station, even if some of them fail."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from mrt_pipeline.contracts.claims import (
    BoundedSource,
    EnrichmentSource,
    KeepingSource,
    StationClaims,
    SurveyingSource,
)
from mrt_pipeline.contracts.network import Platform, Station, TrainTimes
from mrt_pipeline.contracts.outputs import EnrichmentStatus, ModelUsage, StationEnrichment
from mrt_pipeline.errors import BlockedError, ModelCallError, SourceError
from mrt_pipeline.extraction.deduction import conclude_step_free, documents_of
from mrt_pipeline.extraction.merging import merge_claims
from mrt_pipeline.runtime.model_usage import add_usage

REFUSALS_IN_A_ROW = 5
"""A source that refused or failed this often in a row is not asked again in this run."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of asking all sources about a station."""

    enrichment: StationEnrichment
    usage: ModelUsage


class CircuitBreaker:
    """One source as all threads use it; closed for the rest of the run once further requests are useless."""

    def __init__(self, source: EnrichmentSource) -> None:
        self.name = source.name
        self.is_closed = False
        self._source = source
        self._lock = threading.Lock()
        self._refusals = 0
        self._last_word: SourceError | ModelCallError | None = None

    @property
    def why_closed(self) -> str:
        """Return the message of the error that closed the source."""
        return str(self._last_word)

    def prepare(self, asked: Sequence[Station], stations: Sequence[Station]) -> None:
        """Let the source request what concerns all stations; if that fails, close it.

        Args:
            asked: the stations that it will be asked about.
            stations: every station of the run.

        Raises:
            ModelCallError: if the failure is fatal.
        """
        try:
            self._source.prepare(asked)
            if isinstance(self._source, SurveyingSource):
                self._source.survey(stations)
        except (SourceError, ModelCallError) as error:
            self._close(error)
            if _is_fatal(error):
                raise

    def version_for(self, station: Station) -> str | None:
        """Return what the source's answer depends on, or None while it is closed."""
        return None if self.is_closed else self._source.version_for(station)

    def keeps(self, station: Station) -> bool:
        """Return whether what the source read about a station is still kept, if it keeps anything."""
        return not isinstance(self._source, KeepingSource) or self._source.keeps(station)

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return the source's claims about a station; empty if a closed source does not cover it.

        Raises:
            SourceError: if it has no answer, now or for the rest of the run.
            ModelCallError: likewise, for a language model.
        """
        if self._last_word is not None and self.is_closed:
            if isinstance(self._source, BoundedSource) and not self._source.covers(station):
                return StationClaims(source=self.name)
            raise self._last_word.with_traceback(None)
        with self._watching():
            return self._source.claims_for(station, earlier)

    @contextmanager
    def _watching(self) -> Iterator[None]:
        """Count refusals, and close the source once there is no hope."""
        try:
            yield
        except (SourceError, ModelCallError) as error:
            with self._lock:
                self._refusals += isinstance(error, BlockedError) or error.retryable
            if _is_fatal(error) or self._refusals >= REFUSALS_IN_A_ROW:
                self._close(error)
            raise
        with self._lock:
            self._refusals = 0

    def _close(self, error: SourceError | ModelCallError) -> None:
        with self._lock:
            self._last_word = self._last_word or error
            self.is_closed = True


def enrich_station(station: Station, breakers: Sequence[CircuitBreaker], as_of: date) -> Outcome:
    """Return what the sources say about a station, asked in order and merged.

    Raises:
        ModelCallError: if a failure is fatal; nothing is known about the station then.
    """
    claims: list[StationClaims] = []
    failures: dict[str, str] = {}
    for breaker in breakers:
        try:
            claims.append(breaker.claims_for(station, tuple(claims)))
        except (SourceError, ModelCallError) as error:
            if _is_fatal(error):
                raise
            failures[breaker.name] = str(error)
    conclusions = conclude_step_free(station, claims, as_of)
    merged = merge_claims(station, claims, conclusions)
    usage = ModelUsage()
    for claim in claims:
        usage = add_usage(usage, claim.usage)
    enrichment = StationEnrichment(
        slug=station.slug,
        status=_status_of(claims, failures),
        platforms=merged.platforms,
        trains=_trains_at(merged.platforms, claims),
        exits=merged.exits,
        names=next((claim.names for claim in claims if claim.names is not None), None),
        rejected=tuple(rejection for claim in claims for rejection in claim.rejected),
        findings=(*(finding for claim in claims for finding in claim.findings), *merged.findings),
        provenance={
            **documents_of(conclusions),
            **{key: value for claim in reversed(claims) for key, value in claim.provenance.items()},
        },
        failures=failures,
    )
    return Outcome(enrichment, usage)


def _trains_at(platforms: Iterable[Platform], claims: Iterable[StationClaims]) -> tuple[TrainTimes, ...]:
    """Return the trains of the first source that has any, at platforms that the station has."""
    known = {platform.platform_id for platform in platforms}
    given = next((claim.trains for claim in claims if claim.trains), ())
    return tuple(times for times in given if times.platform_id in known)


def _status_of(claims: Sequence[StationClaims], failures: dict[str, str]) -> EnrichmentStatus:
    if not failures:
        return EnrichmentStatus.DONE
    return EnrichmentStatus.PARTIAL if claims else EnrichmentStatus.FAILED


def _is_fatal(error: SourceError | ModelCallError) -> bool:
    return isinstance(error, ModelCallError) and error.fatal
