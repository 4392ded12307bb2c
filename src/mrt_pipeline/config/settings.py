"""Every key of ``config/pipeline.yaml``: its type, unit, bounds and default.

The sections are frozen and refuse unknown keys. Defaults are the values of the shipped file, so a file may
omit whatever it does not change. Annotations are not postponed, for the reason given in
``contracts/base.py``.
"""

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, create_model, model_validator

from mrt_pipeline.config.licences import Licences
from mrt_pipeline.config.paths import expand_path
from mrt_pipeline.config.registry import all_exports, all_sources, sources_of
from mrt_pipeline.contracts.fields import COVERED
from mrt_pipeline.contracts.names import STAGE1_INGESTION, STAGE2_ENRICHMENT
from mrt_pipeline.contracts.sections import (
    BaseUrl,
    Contact,
    ExpectedSection,
    Mode,
    ModeByName,
    Names,
    PaceOnly,
    Section,
)

if TYPE_CHECKING:
    from typing import TypeAlias

    Stage1Source: TypeAlias = str
    Stage2Source: TypeAlias = str
    Format: TypeAlias = str
else:
    Stage1Source = Literal[tuple(spec.name for spec in sources_of(STAGE1_INGESTION))]
    Stage2Source = Literal[tuple(spec.name for spec in sources_of(STAGE2_ENRICHMENT))]
    Format = Literal[tuple(spec.name for spec in all_exports())]

_DEFAULT_FORMATS = tuple(spec.name for spec in all_exports() if spec.is_default)

FolderPath = Annotated[str, Field(min_length=1), AfterValidator(expand_path)]
Days = Annotated[int, Field(ge=1, le=36_500)]
Share = Annotated[float, Field(ge=0, le=1)]
Level = Literal["info", "warning", "error", "critical"]
"""how important an alert is, in ascending order"""


_ADDRESS = r"^(tcp|tls)://[^\s/@]+:[0-9]{1,5}$"


def _check_scheduler(address: str) -> str:
    if not re.search(_ADDRESS, address):
        raise ValueError("is not the address of a scheduler; expected one such as tcp://localhost:8786.")
    return address


SchedulerAddress = Annotated[
    str, Field(json_schema_extra={"pattern": _ADDRESS}), AfterValidator(_check_scheduler)
]


def _default_sources(stage: str) -> tuple[str, ...]:
    return tuple(spec.name for spec in sources_of(stage) if spec.is_default)


def _with_keys(base: type[Section], keys: dict[str, Any]) -> type[Section]:
    """Return a section extended by keys from a table, each with its type and default."""
    return create_model(base.__name__[1:], __base__=base, __doc__=base.__doc__, **keys)


class PipelineSection(Section):
    """The dataset's own name, version and description; copied to every output and the manifest."""

    name: str = Field(default="MRT Data Pipeline", min_length=1)
    version: str = Field(default="2.0.0", min_length=1)
    description: str = "Singapore MRT/LRT station data extraction and enrichment"


class ExpectedExitsSection(ExpectedSection):
    """How many features LTA's exits file must hold."""

    min: int = Field(default=600, ge=1)
    max: int = Field(default=800, ge=1)


class ExpectedBusStopsSection(ExpectedSection):
    """How many bus stops LTA must list; 5,200 in November 2026."""

    min: int = Field(default=4500, ge=1)
    max: int = Field(default=6500, ge=1)


class ExpectedBusServicesSection(ExpectedSection):
    """How many directions of bus services LTA must list; 788 in November 2026."""

    min: int = Field(default=600, ge=1)
    max: int = Field(default=1200, ge=1)


class Stage1Section(Section):
    """Stage 1: stations and exits."""

    enabled: bool = True
    """false: never run; a checkpoint of an earlier run in the same folder is used instead"""
    sources: Names[Stage1Source] = Field(default=_default_sources(STAGE1_INGESTION), min_length=1)
    """datagov provides the exits and is required; onemap confirms the position of each station"""
    cache_ttl_days: Annotated[float, PaceOnly] = Field(default=30, ge=0, le=3650)
    """how long a live response on disk may be reused, days"""
    timeout_minutes: Annotated[float, PaceOnly] = Field(default=30, gt=0, le=1440)
    """how long all live requests of the stage may take in total, minutes"""
    expected_exits: ExpectedExitsSection = ExpectedExitsSection()

    @model_validator(mode="after")
    def _check_sources(self) -> Self:
        for spec in sources_of(STAGE1_INGESTION):
            if spec.is_required and spec.name not in self.sources:
                raise ValueError(f"does not list {spec.name} among its sources; stage 1 needs it, so add it.")
        return self


class Stage2Section(Section):
    """Stage 2: values of each exit from further sources."""

    enabled: bool = True
    """false: the dataset is built without enrichment, and says so"""
    batch_size: Annotated[int, PaceOnly] = Field(default=8, ge=1, le=64)
    """how many stations are processed at once"""
    delay_seconds: Annotated[float, PaceOnly] = Field(default=2, ge=0, le=3600)
    """minimum time between two model calls, seconds"""
    max_retries: Annotated[int, PaceOnly] = Field(default=3, ge=0, le=10)
    """retries after the first attempt, for temporary failures"""
    retry_delay_seconds: Annotated[float, PaceOnly] = Field(default=5, ge=0, le=3600)
    """wait before the first retry, seconds; doubles with each further one"""
    bus_stop_radius_m: float = Field(default=250, gt=0, le=400)
    """a bus stop within this straight-line distance of an exit is listed as nearby, metres"""
    landmark_radius_m: float = Field(default=400, gt=0, le=400)
    """a place within this straight-line distance of its nearest exit is listed as a landmark there, metres"""
    expected_bus_stops: ExpectedBusStopsSection = ExpectedBusStopsSection()
    expected_bus_services: ExpectedBusServicesSection = ExpectedBusServicesSection()
    sources: Names[Stage2Source] = Field(default=_default_sources(STAGE2_ENRICHMENT), min_length=1)
    daily_timeout_minutes: Annotated[float | None, PaceOnly] = Field(default=None, gt=0, le=1440)
    """stop cleanly, to be resumed, after this many minutes of a run; null: no limit"""
    max_model_requests: Annotated[int | None, PaceOnly] = Field(default=None, ge=1)
    """stop cleanly, to be resumed, after this many model requests in a run; null: no limit"""


class ExecutionSection(Section):
    """Where the pages of stage 2 are read; the result is the same."""

    reading: Literal["inline", "processes", "dask"] = "inline"
    """inline: this process; processes: others on this machine; dask: the workers of a Dask cluster"""
    workers: int | None = Field(default=None, ge=1, le=256)
    """number of processes, or of threads in the cluster, that read pages; null: one per processor, or all"""
    scheduler_address: SchedulerAddress | None = None
    """address of the cluster's scheduler"""

    @model_validator(mode="after")
    def _check_address(self) -> Self:
        if self.reading == "dask" and self.scheduler_address is None:
            raise ValueError(
                "sets reading to dask without a scheduler_address; expected an address such as "
                "tcp://localhost:8786."
            )
        return self


class ValidationSection(Section):
    """The groups of checks that stage 3 makes."""

    schema_check: bool = True
    completeness_check: bool = True
    sanity_check: bool = True


class Stage3Section(Section):
    """Stage 3: merge and validate."""

    enabled: bool = True
    """false: the run ends after stage 2 and publishes nothing"""
    validation: ValidationSection = ValidationSection()


class StagesSection(Section):
    """The three stages."""

    stage1_ingestion: Stage1Section = Stage1Section()
    stage2_enrichment: Stage2Section = Stage2Section()
    stage3_merger: Stage3Section = Stage3Section()


class _ApisSection(Section):
    """The services, one section each."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Return the section defined by a source's ``SPEC``."""


if TYPE_CHECKING:
    ApisSection = _ApisSection
else:
    ApisSection = _with_keys(
        _ApisSection, {spec.api: (spec.section, spec.section()) for spec in all_sources() if spec.section}
    )


class OutputSection(Section):
    """Where runs are kept and in which formats."""

    directory: FolderPath = "outputs"
    """folder of all runs, relative to the working directory; ~ and $NAME are expanded"""
    versioning: bool = True
    """true: one folder per run, named by its UTC start; false: always the folder ``current``"""
    keep_last_n_versions: int = Field(default=10, ge=1)
    """after a successful run, completed runs beyond this number are removed, oldest first"""
    symlink_latest: bool = True
    formats: Names[Format] = Field(
        default=_DEFAULT_FORMATS,
        min_length=1,
        description="; ".join(f"{spec.name}: {spec.file_name}" for spec in all_exports()),
    )
    licences: Licences = "all"
    """all; open: only values under licences that require no more than attribution; or a list of licences"""


class LoggingSection(Section):
    """The run's log."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    format: Literal["structured", "plain"] = "structured"
    """structured: run.log.jsonl, one JSON object per line; plain: run.log, for reading"""


class GatesSection(Section):
    """How much of the last published dataset a new one may lose before a person must accept it."""

    enabled: bool = True
    """false: no dataset is refused for losses; reversed answers are still warnings"""
    max_stations_lost: int = Field(default=0, ge=0)
    """stations in operation then that may be lost"""
    max_exits_lost: int = Field(default=0, ge=0)
    """exits that may be lost from stations that still exist"""
    max_enriched_lost_share: float = Field(default=0.05, ge=0, le=1)
    """for each enriched field, the share of its values that may be lost from exits that still exist"""
    max_access_turned: int = Field(default=10, ge=0)
    """exits whose step-free access may change"""
    max_records_lost_share: float = Field(default=0.05, ge=0, le=1)
    """for each source, the share by which its documents may hold fewer records"""


class TriggersSection(Section):
    """What raises an alert, each with its level; null: no alert."""

    source_down: Level | None = "error"
    """a source returned nothing, or nothing for some stations"""
    stage_failed: Level | None = "critical"
    """a run ended with an error, in a stage or before one"""
    gate_failed: Level | None = "error"
    """losses exceed the limits of ``gates``"""
    coverage_low: Level | None = "warning"
    """the coverage of a dataset is below ``coverage_min``"""
    budget_reached: Level | None = "info"
    """a run stopped at its budget and can be resumed"""
    recovered: Level | None = "info"
    """a run finished after failures"""


class _CoverageMinSection(Section):
    """Minimum share of exits that have each enriched field; 0 disables the check."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> float:
            """Return the share of a field."""


if TYPE_CHECKING:
    CoverageMinSection = _CoverageMinSection
else:
    CoverageMinSection = _with_keys(
        _CoverageMinSection, {field.name: (Share, field.usual_share) for field in COVERED}
    )


class AlertingSection(Section):
    """Who is notified about a run, and when."""

    enabled: bool = False
    on_failure: Names[Literal["log", "file", "email", "webhook", "apprise"]] = ("log",)
    """log: the run's log; file: its alerts.json; the others take their URLs from the environment"""
    min_level: Level = "info"
    """alerts below this level are not sent"""
    timeout_seconds: float = Field(default=10, gt=0, le=60)
    """how long one e-mail, webhook or other message may take"""
    triggers: TriggersSection = TriggersSection()
    coverage_min: CoverageMinSection = CoverageMinSection()

    @model_validator(mode="after")
    def _check_channels(self) -> Self:
        if self.enabled and not self.on_failure:
            raise ValueError(
                "is enabled without a channel in on_failure; expected one at least, such as log."
            )
        return self


class _MaxAgeSection(Section):
    """Maximum age of each source in days."""


if TYPE_CHECKING:
    MaxAgeSection = _MaxAgeSection
else:
    MaxAgeSection = _with_keys(
        _MaxAgeSection, {spec.name: (Days, spec.max_age_days) for spec in all_sources()}
    )


class SourcesSection(Section):
    """Expectations of sources, whichever stage reads them."""

    max_age_days: MaxAgeSection = MaxAgeSection()


class LineageSection(Section):
    """OpenLineage events: what each stage of a run read and wrote."""

    enabled: bool = True
    """false: no events are created"""
    transport: Literal["file", "http"] = "file"
    """file: lineage.jsonl in the run's folder; http: the server of ``url``"""
    url: BaseUrl | None = None
    """address of a server that accepts OpenLineage events, at api/v1/lineage below it"""
    namespace: str = Field(default="mrt-data-pipeline", min_length=1, max_length=200)
    """distinguishes the jobs and files of this installation"""
    timeout_seconds: float = Field(default=5, gt=0, le=60)
    """how long the server may take for one event; after the first that takes longer, no more are sent"""

    @model_validator(mode="after")
    def _check_url(self) -> Self:
        if self.enabled and self.transport == "http" and self.url is None:
            raise ValueError("sets transport: http, which requires a url, such as http://localhost:5000.")
        return self


class Settings(Section):
    """The whole configuration."""

    mode: ModeByName = Mode.SNAPSHOT
    """snapshot: the recorded data; live: the services themselves"""
    contact: Contact = ""
    """URL or e-mail address added to the User-Agent of requests to publishers, so that they can reach you"""
    pipeline: PipelineSection = PipelineSection()
    stages: StagesSection = StagesSection()
    execution: ExecutionSection = ExecutionSection()
    apis: ApisSection = ApisSection()
    expected_stations: int = Field(default=184, ge=1)
    """stations in operation on the run's date"""
    expected_lines: int = Field(default=9, ge=1)
    sources: SourcesSection = SourcesSection()
    output: OutputSection = OutputSection()
    gates: GatesSection = GatesSection()
    logging: LoggingSection = LoggingSection()
    alerting: AlertingSection = AlertingSection()
    lineage: LineageSection = LineageSection()
