"""The manifest: a run on one page; together with its checkpoints, enough to resume from."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.gates import GateReport
from mrt_pipeline.contracts.outputs import ModelUsage

MANIFEST_VERSION: Literal["1"] = "1"


FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")]
"""a name within the run folder: a manifest that somebody else wrote must lead nowhere else"""

UNKNOWN = "unknown"
"""in a manifest that was made again from what lies in its folder: what nothing there tells"""

PACKAGED = "defaults of the package"
"""``config_path`` of a run that no configuration file was found for"""


class RunStatus(StrEnum):
    """How a run, or one attempt at it, stands."""

    RUNNING = "running"
    """or killed while running: then no process holds the folder's lock"""
    COMPLETED = "completed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    STOPPED_AT_BUDGET = "stopped_at_budget"


Trace = dict[str, dict[str, str]]
"""document or source to request to the sha256 of what was told: ``runtime/traces.py``"""


class StageStatus(StrEnum):
    """How a stage stands in a run."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    STOPPED_AT_BUDGET = "stopped_at_budget"
    DISABLED = "disabled"


class Fingerprint(Record):
    """Everything that a step's result depends on; equal fingerprints mean that the result can be reused."""

    code: str
    """sha256 over the source files of the stage"""
    config: dict[str, Any]
    """dotted key to value, for each key that concerns the stage"""
    inputs: dict[str, str]
    """input name to its version: a sha256, or the day"""


class CheckpointRecord(Record):
    """A checkpoint file as it was written."""

    file: FileName
    sha256: str
    size_bytes: int = Field(ge=0)
    content_sha256: str
    """over the output without its metadata: equal for equal results, whenever they were made"""


class ColumnCount(Record):
    """In how many rows of a checkpoint a column has a value, and in how many it has none."""

    filled: int = Field(ge=0)
    empty: int = Field(ge=0)


class StageRecord(Record):
    """What is known of one stage of a run."""

    status: StageStatus
    started_at: AwareDatetime | None = None
    """when it last began to run"""
    seconds: float = Field(ge=0)
    reused: bool
    """whether the last attempt took the checkpoint of an earlier one"""
    reason: str
    """why it was run or reused"""
    attempt: int = Field(ge=1)
    """the attempt that made the checkpoint"""
    counts: dict[str, float] = {}
    columns: dict[str, ColumnCount] = {}
    """how full the checkpoint is: its lists and their fields, by dotted name"""
    sources: tuple[str, ...] = ()
    """ids of the sources that the checkpoint is based on"""
    checkpoint: CheckpointRecord | None = None
    fingerprint: Fingerprint | None = None
    trace: Trace = {}
    """what live sources told it; a later run that is told the same takes its checkpoint"""
    error: str | None = None
    taken_from: str | None = None
    """id of the earlier run whose checkpoint this is, byte by byte, since all its inputs are the same"""
    taken_over: dict[str, int] = {}
    """id of an earlier run to how many stations' results were taken from its journal unchanged"""
    is_doubted: bool = False
    """whether the dataset made of its live sources was refused, so that they are to be asked again"""


class AttemptRecord(Record):
    """One start of the pipeline in this run's folder."""

    number: int = Field(ge=1)
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    status: RunStatus
    command: str
    """the command with its flags, e.g. ``run --resume-from 2``"""
    stage: int | None = None
    """the only stage requested, if one was"""
    retries_failed: bool = False
    """whether the stations were asked for that a source had failed before"""
    stages_run: tuple[str, ...] = ()
    has_validated: bool = False
    """whether it wrote validation.json"""
    error: str | None = None


class PublicationRecord(Record):
    """The last time that the dataset was written in the configured formats."""

    attempt: int = Field(ge=1)
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    """none if it was not finished"""
    sizes: dict[FileName, int] = {}
    """bytes of every published file"""


class Manifest(Record):
    """The state of a run, written at its start, after each stage, and at its end, however it ends."""

    manifest_version: Literal["1"] = MANIFEST_VERSION
    run_id: str
    timestamp: AwareDatetime
    """start of the first attempt, UTC"""
    updated_at: AwareDatetime
    status: RunStatus
    as_of: date
    mode: str
    software_version: str
    code_version: str
    """sha256 over all source files of the package"""
    config_path: str
    """the file, or ``PACKAGED``"""
    config: dict[str, Any]
    """the resolved configuration; it holds no secrets"""
    attempts: tuple[AttemptRecord, ...]
    stages: dict[str, StageRecord] = {}
    checkpoints: dict[str, str] = {}
    """``stage1`` … to the checkpoint's file name"""
    sources: dict[str, Provenance] = {}
    passed_over: dict[str, str] = {}
    """configured source to the reason why it was not used"""
    findings: dict[str, int] = {}
    """severity to number; the findings themselves are in validation.json"""
    rejected_claims: dict[str, int] = {}
    """reason to number"""
    usage: ModelUsage = ModelUsage()
    publication: PublicationRecord | None = None
    outputs: dict[FileName, str] = {}
    """file name to sha256 of every published file"""
    publishing: Fingerprint | None = None
    """what these files were made from"""
    side_files: dict[FileName, str] = {}
    """file name to sha256 of what was written beside them: findings, the gate's verdict, rejected claims"""
    gates: GateReport | None = None
    """how the dataset compared with the one published before it, changes that a person accepted included"""
    error: str | None = None
