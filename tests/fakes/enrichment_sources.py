"""Hand-made sources of stage 2, and the context and reporter to run the stage with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Evidence, EvidenceMap, Method
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Landmark, Station
from mrt_pipeline.contracts.outputs import ExitEnrichment, ModelUsage, RejectedClaim
from mrt_pipeline.errors import ModelCallError, SourceError
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.model_usage import add_usage
from mrt_pipeline.runtime.reporting import Reporter
from mrt_pipeline.runtime.signals import StopRequest
from mrt_pipeline.stages.enrichment.registry import OpenedSources, SourceOpener
from mrt_pipeline.stages.stage2_enrichment import Stage2Enrichment
from tests.fakes.network_builder import AS_OF, NOW, open_stations, provenance

NO_CONFIG: Any = None
NO_ACCESS: Any = None
"""hand-made sources read no configuration and ask no service"""

WIKI_LICENCE = "CC-BY-SA-3.0"


def quoted(
    quote: str, document_id: str = "wiki:Yishun@7", method: Method = Method.RULE, start: int = 0
) -> EvidenceMap:
    """Return evidence for a whole record: words of a wiki page."""
    return {"record": (quote_of(quote, document_id, method, start),)}


def quote_of(
    quote: str, document_id: str = "wiki:Yishun@7", method: Method = Method.RULE, start: int = 0
) -> Evidence:
    """Return words of a wiki page as evidence."""
    return Evidence(
        document_id=document_id,
        method=method,
        licence=WIKI_LICENCE,
        quote=quote,
        char_start=start,
        char_end=start + len(quote),
    )


class LandmarkSource:
    """Claims one landmark per exit, named after the source and the exit; records its requests.

    Attributes:
        asked: slugs in the order of requests.
        prepared: the slugs of each preparation.
    """

    def __init__(
        self,
        name: str = "network",
        *,
        version: str | Callable[[Station], str] = "1",
        errors: Mapping[str, SourceError | ModelCallError | Exception] | None = None,
        prepare_error: SourceError | ModelCallError | None = None,
        usage: ModelUsage | None = None,
        rejects: Iterable[str] = (),
        before: Callable[[Station], None] = lambda _: None,
    ) -> None:
        """Make a source.

        Args:
            name: its name in config.
            version: of all stations, or of each.
            errors: slug to what is raised when it is asked for.
            prepare_error: raised when it is prepared.
            usage: what each answer costs.
            rejects: reasons of claims that each answer rejects.
            before: called with each station before it is answered.
        """
        self.name = name
        self.asked: list[str] = []
        self.prepared: list[tuple[str, ...]] = []
        self.version = version
        self.errors = dict(errors or {})
        self.prepare_error = prepare_error
        self._usage = usage or ModelUsage()
        self._rejects = tuple(rejects)
        self._before = before

    def prepare(self, stations: Sequence[Station]) -> None:
        """Note which stations are to be done."""
        self.prepared.append(tuple(station.slug for station in stations))
        if self.prepare_error is not None:
            raise self.prepare_error

    def version_for(self, station: Station) -> str:
        """Return the version it was made with."""
        return self.version if isinstance(self.version, str) else self.version(station)

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return one landmark for each exit, or raise the error for the station."""
        self.asked.append(station.slug)
        self._before(station)
        if station.slug in self.errors:
            raise self.errors[station.slug]
        document_id = f"{self.name}:{station.slug}"
        return StationClaims(
            source=self.name,
            exits=tuple(
                ExitEnrichment(
                    exit_id=found.exit_id,
                    landmarks=(
                        Landmark(
                            name=f"{self.name} {found.exit_id} v{self.version_for(station)}",
                            evidence=quoted("words", document_id),
                        ),
                    ),
                )
                for found in station.exits
            ),
            rejected=tuple(
                RejectedClaim(source=self.name, reason=reason, field="landmark", value="Nowhere")
                for reason in self._rejects
            ),
            provenance={document_id: provenance(document_id, licence=WIKI_LICENCE)},
            usage=self._usage,
        )


class MeteredLandmarkSource(LandmarkSource):
    """Pays for each answer, including those that lead to no claims."""

    @property
    def requests_made(self) -> int:
        """Return how often it was asked."""
        return len(self.asked)

    @property
    def spent(self) -> ModelUsage:
        """Return what that has cost."""
        usage = ModelUsage()
        for _ in self.asked:
            usage = add_usage(usage, self._usage)
        return usage


class SurveyingLandmarkSource(LandmarkSource):
    """Takes every station of the run, and has findings about its documents.

    Attributes:
        surveyed: the slugs of each survey.
    """

    def __init__(self, *arguments: Any, findings: tuple[Finding, ...] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.findings = findings
        self.surveyed: list[tuple[str, ...]] = []

    def survey(self, stations: Sequence[Station]) -> None:
        """Note which stations there are."""
        self.surveyed.append(tuple(station.slug for station in stations))


class SeenReporter(Reporter):
    """Keeps everything reported."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.warnings: list[str] = []
        self.steps: list[tuple[int, int, str]] = []

    def note(self, text: str) -> None:
        """Keep a sentence."""
        self.notes.append(text)

    def warn(self, text: str) -> None:
        """Keep a warning."""
        self.warnings.append(text)

    def progress(self, done: int, total: int, details: str = "") -> None:
        """Keep a step of progress."""
        self.steps.append((done, total, details))


def make_context(
    folder: Path | None = None,
    *,
    reporter: Reporter | None = None,
    stop: StopRequest | None = None,
    retry_failed: bool = False,
    as_of: date = AS_OF,
    **section: Any,
) -> RunContext:
    """Return the context of a run with the given settings of stage 2."""
    return RunContext(
        settings=Settings.model_validate({"stages": {"stage2_enrichment": section}}),
        as_of=as_of,
        access=NO_ACCESS,
        now=lambda: NOW,
        folder=folder,
        reporter=reporter or SeenReporter(),
        stop=stop or StopRequest(),
        retry_failed=retry_failed,
    )


def opening(
    *sources: Any, is_remote: bool = False, passed_over: Mapping[str, str] | None = None
) -> SourceOpener:
    """Return a function that opens exactly these sources, whatever the configuration."""
    return lambda _context: OpenedSources(tuple(sources), passed_over or {}, is_remote=is_remote)


def make_stage(context: RunContext, *sources: Any, **options: Any) -> Stage2Enrichment:
    """Return stage 2 with hand-made sources."""
    return Stage2Enrichment(NO_CONFIG, context, opening(*sources, **options))


def make_line(number: int) -> tuple[Station, ...]:
    """Return a number of stations in operation, each with one exit."""
    pattern = open_stations()[0]
    return tuple(_copy(pattern, rank) for rank in range(number))


def _copy(pattern: Station, rank: int) -> Station:
    slug, code = f"station-{rank}", f"NS{rank + 1}"
    only_exit = pattern.exits[0].model_copy(update={"exit_id": f"{slug}-nsl-A", "station_code": code})
    return pattern.model_copy(
        update={"slug": slug, "station_id": code, "mrt_codes": (code,), "exits": (only_exit,)}
    )
