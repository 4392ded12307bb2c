"""Every key of ``config/pipeline.yaml``: its type, unit, bounds and default.

The sections are frozen and refuse unknown keys. Defaults are the values of the shipped file, so a file may
leave out what it does not change. Annotations are not postponed, for the reason in ``contracts/base.py``.
"""

from enum import StrEnum
from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    PlainSerializer,
    model_validator,
)

from mrt_pipeline.config.paths import expand_path


class Section(BaseModel):
    """A frozen section of the configuration; unknown keys are errors."""

    # The strings under the keys reach the JSON Schema through ``schema.py``: letting pydantic read them here
    # would cost every start 20 ms.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


ItemT = TypeVar("ItemT")


def _refuse_repeats(items: tuple[ItemT, ...]) -> tuple[ItemT, ...]:
    if repeated := sorted({str(item) for item in items if items.count(item) > 1}):
        raise ValueError(f"names {', '.join(repeated)} more than once; name each once.")
    return items


def _refuse_login(url: HttpUrl) -> HttpUrl:
    if url.username or url.password:
        raise ValueError("holds a user name or password, which would end up in manifests; leave it out.")
    if url.query:
        raise ValueError("holds a query, and what is secret in it would end up in manifests; leave it out.")
    return url


def _refuse_spaces(contact: str) -> str:
    """Let through what a User-Agent header can carry, and no more."""
    if not all("!" <= character <= "~" for character in contact):
        raise ValueError("holds a space or a character beyond ASCII; expected one URL or e-mail address.")
    return contact


FolderPath = Annotated[str, Field(min_length=1), AfterValidator(expand_path)]
Names = Annotated[
    tuple[ItemT, ...], Field(json_schema_extra={"uniqueItems": True}), AfterValidator(_refuse_repeats)
]
BaseUrl = Annotated[HttpUrl, AfterValidator(_refuse_login), PlainSerializer(str)]
Contact = Annotated[
    str, Field(max_length=200, json_schema_extra={"pattern": "^[!-~]*$"}), AfterValidator(_refuse_spaces)
]
TimeoutSeconds = Annotated[float, Field(gt=0, le=600)]
Share = Annotated[float, Field(ge=0, le=1)]
Level = Literal["info", "warning", "error", "critical"]
"""how much an alert matters, the least first"""


class Mode(StrEnum):
    """Where facts come from."""

    SNAPSHOT = "snapshot"
    """recorded in the package's own tables: no network, no keys"""
    LIVE = "live"
    """asked of the services themselves"""


def _find_mode(name: object) -> object:
    """Return the mode of a name: the loader is strict, and strictly a text is no ``Mode``."""
    return next((mode for mode in Mode if mode == name), name)


ModeByName = Annotated[Mode, BeforeValidator(_find_mode)]


class PipelineSection(Section):
    """What the dataset calls itself; copied into every output's metadata and the manifest."""

    name: str = Field(default="MRT Data Pipeline", min_length=1)
    version: str = Field(default="2.0.0", min_length=1)
    description: str = "Singapore MRT/LRT station data extraction and enrichment"


class ExpectedSection(Section):
    """How many records a source must give to be believed."""

    min: int = Field(ge=1)
    """fewer are an error: the source is not whole"""
    max: int = Field(ge=1)
    """more are a warning: a person should look"""

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"has min {self.min} and max {self.max}; expected min to be no more than max.")
        return self


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
    sources: Names[Literal["datagov", "onemap"]] = Field(default=("datagov", "onemap"), min_length=1)
    """datagov gives the exits and is required; onemap confirms where each station is"""
    cache_ttl_days: float = Field(default=30, ge=0, le=3650)
    """how long a live answer on disk may be used again, days"""
    expected_exits: ExpectedExitsSection = ExpectedExitsSection()

    @model_validator(mode="after")
    def _check_sources(self) -> Self:
        if "datagov" not in self.sources:
            raise ValueError("lacks datagov among its sources, which alone gives the exits; add it.")
        return self


SourceName = Literal["lta_datamall", "network", "fandom_wiki", "openrouter_llm"]


class Stage2Section(Section):
    """Stage 2: what hangs on each exit."""

    enabled: bool = True
    """false: the dataset is made without enrichment, and says so"""
    batch_size: int = Field(default=8, ge=1, le=64)
    """how many stations are in flight at once"""
    delay_seconds: float = Field(default=2, ge=0, le=3600)
    """least spacing between two model calls, seconds"""
    max_retries: int = Field(default=3, ge=0, le=10)
    """tries after the first one, for failures that may pass"""
    retry_delay_seconds: float = Field(default=5, ge=0, le=3600)
    """wait before the first retry, seconds; doubles with each further one"""
    bus_stop_radius_m: float = Field(default=250, gt=0, le=400)
    """a bus stop within this straight-line distance of an exit is listed as nearby, metres"""
    expected_bus_stops: ExpectedBusStopsSection = ExpectedBusStopsSection()
    expected_bus_services: ExpectedBusServicesSection = ExpectedBusServicesSection()
    sources: Names[SourceName] = Field(
        default=("lta_datamall", "network", "fandom_wiki", "openrouter_llm"), min_length=1
    )
    daily_timeout_minutes: float | None = Field(default=None, gt=0, le=1440)
    """stop cleanly, to be gone on with, after so many minutes of a run; null: no such limit"""
    max_model_requests: int | None = Field(default=None, ge=1)
    """stop cleanly, to be gone on with, when a run has sent so many model requests; null: no such limit"""


class ValidationSection(Section):
    """Which groups of checks stage 3 makes."""

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


class ApiSection(Section):
    """What every service has."""

    mode: ModeByName | None = None
    """overrides the global ``mode`` for this source"""
    timeout: TimeoutSeconds = 30
    """per request, seconds"""


class DatagovSection(ApiSection):
    """data.gov.sg: LTA MRT Station Exit."""

    base_url: BaseUrl = HttpUrl("https://api-open.data.gov.sg/v1/public/api")
    metadata_url: BaseUrl = HttpUrl("https://api-production.data.gov.sg/v2/public/api")
    dataset_id: str = Field(default="d_b39d3a0871985372d7e1637193335da5", pattern=r"^d_[0-9a-f]+$")


class OnemapSection(ApiSection):
    """OneMap search."""

    base_url: BaseUrl = HttpUrl("https://www.onemap.gov.sg/api")


class DatamallSection(ApiSection):
    """LTA DataMall bus stops and routes."""

    base_url: BaseUrl = HttpUrl("https://datamall2.mytransport.sg/ltaodataservice")


class FandomSection(ApiSection):
    """Singapore MRT Lines wiki."""

    base_url: BaseUrl = HttpUrl("https://singapore-mrt-lines.fandom.com/wiki")
    """the wiki's article path; its api.php is found beside it"""


class OpenrouterSection(ApiSection):
    """Any server with OpenAI-compatible chat completions."""

    base_url: BaseUrl = HttpUrl("https://openrouter.ai/api/v1")
    model: str = Field(default="openai/gpt-oss-120b", min_length=1)
    timeout: TimeoutSeconds = 120
    max_tokens: int = Field(default=4000, ge=64, le=200_000)
    temperature: float = Field(default=0.1, ge=0, le=2)


class ApisSection(Section):
    """The services, one section each."""

    datagov: DatagovSection = DatagovSection()
    onemap: OnemapSection = OnemapSection()
    datamall: DatamallSection = DatamallSection()
    openrouter: OpenrouterSection = OpenrouterSection()
    fandom: FandomSection = FandomSection()


class OutputSection(Section):
    """Where runs are kept and in which formats."""

    directory: FolderPath = "outputs"
    """folder of all runs, relative to the working directory; ~ and $NAME are filled in"""
    versioning: bool = True
    """true: one folder per run, named by its UTC start; false: always the folder ``current``"""
    keep_last_n_versions: int = Field(default=10, ge=1)
    """after a success, completed runs beyond this number are removed, oldest first"""
    symlink_latest: bool = True
    formats: Names[Literal["json", "geojson"]] = Field(default=("json",), min_length=1)
    """json: mrt_transit_graph.json; geojson: exits.geojson"""


class LoggingSection(Section):
    """The run's log."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    format: Literal["structured", "plain"] = "structured"
    """structured: run.log.jsonl, one JSON object a line; plain: run.log, for reading"""


class GatesSection(Section):
    """How much of the dataset published last may be gone from a new one before a person must say so."""

    enabled: bool = True
    """false: nothing is compared"""
    max_stations_lost: int = Field(default=0, ge=0)
    """stations in operation then that may be gone"""
    max_exits_lost: int = Field(default=0, ge=0)
    """exits that may be gone from stations that are still there"""
    max_enriched_lost_share: float = Field(default=0.05, ge=0, le=1)
    """for each enriched field, the share of its values that may be gone from exits that are still there"""
    max_access_turned: int = Field(default=10, ge=0)
    """exits whose step-free access may be told otherwise than before"""
    max_records_lost_share: float = Field(default=0.05, ge=0, le=1)
    """for each source, the share by which its documents may hold fewer records"""


class TriggersSection(Section):
    """What raises an alert, each with its level; null: nobody is told."""

    source_down: Level | None = "error"
    """a source gave nothing, or nothing for some stations"""
    stage_failed: Level | None = "critical"
    """a run ended with an error, in a stage or before one"""
    gate_failed: Level | None = "error"
    """more is gone from the dataset than ``gates`` allows"""
    coverage_low: Level | None = "warning"
    """a dataset was made whose coverage is below ``coverage_min``"""
    budget_reached: Level | None = "info"
    """a run stopped at its budget and is to be gone on with"""
    recovered: Level | None = "info"
    """a run finished after failures"""


class CoverageMinSection(Section):
    """The share of exits that should have each enriched field; 0: nobody minds."""

    platforms: Share = 0.95
    platform_codes: Share = 0
    """at least one platform with its letter"""
    bus_stops: Share = 0.9
    access: Share = 0
    """any statement about access"""
    step_free: Share = 0
    """yes or no"""
    landmarks: Share = 0


class AlertingSection(Section):
    """Who is told about a run, and of what."""

    enabled: bool = False
    on_failure: Names[Literal["log", "file", "email", "webhook", "apprise"]] = ("log",)
    """log: the run's log; file: its alerts.json; the others have their URLs from the environment"""
    min_level: Level = "info"
    """alerts below this level are not sent"""
    timeout_seconds: float = Field(default=10, gt=0, le=60)
    """how long one e-mail, webhook or other message may take"""
    triggers: TriggersSection = TriggersSection()
    coverage_min: CoverageMinSection = CoverageMinSection()


class LineageSection(Section):
    """OpenLineage events: what each stage of a run read and made."""

    enabled: bool = True
    """false: no events are made"""
    transport: Literal["file", "http"] = "file"
    """file: lineage.jsonl in the run's folder; http: the server of ``url``"""
    url: BaseUrl | None = None
    """address of a server that takes OpenLineage events, at api/v1/lineage below it"""
    namespace: str = Field(default="mrt-data-pipeline", min_length=1, max_length=200)
    """what jobs and files of this installation are told apart by"""
    timeout_seconds: float = Field(default=5, gt=0, le=60)
    """how long the server may take for one event; so long a run waits for it at its end"""

    @model_validator(mode="after")
    def _check_url(self) -> Self:
        if self.enabled and self.transport == "http" and self.url is None:
            raise ValueError("has transport http and no url; expected one such as http://localhost:5000.")
        return self


class Settings(Section):
    """The whole configuration."""

    mode: ModeByName = Mode.SNAPSHOT
    """snapshot: the recorded facts; live: the services themselves"""
    contact: Contact = ""
    """URL or e-mail address added to the User-Agent of requests to publishers, so that they can reach you"""
    pipeline: PipelineSection = PipelineSection()
    stages: StagesSection = StagesSection()
    apis: ApisSection = ApisSection()
    expected_stations: int = Field(default=184, ge=1)
    """stations in operation on the run's date"""
    expected_lines: int = Field(default=9, ge=1)
    output: OutputSection = OutputSection()
    gates: GatesSection = GatesSection()
    logging: LoggingSection = LoggingSection()
    alerting: AlertingSection = AlertingSection()
    lineage: LineageSection = LineageSection()
