"""The manifest: a run on one page; together with its checkpoints, enough to resume from."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from mrt_pipeline.contracts.base import Moment, Record
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.gates import GateReport
from mrt_pipeline.contracts.outputs import ModelUsage

MANIFEST_VERSION: Literal["1"] = "1"


FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")]
"""a name within the run folder: a manifest from elsewhere must not lead out of it"""

UNKNOWN = "unknown"
"""value in a manifest rebuilt from its folder for what nothing in the folder tells"""

PACKAGED = "built-in defaults"
"""``config_path`` of a run for which no configuration file was found"""

REQUESTED = "requested"
"""reason of a stage that ran only because the request covers it"""


class RunStatus(StrEnum):
    """The state of a run, or of one attempt at it."""

    RUNNING = "running"
    """running, or killed while running: then no process holds the folder's lock"""
    COMPLETED = "completed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    STOPPED_AT_BUDGET = "stopped_at_budget"


Trace = dict[str, dict[str, str]]
"""document or source to request to the sha256 of the response: ``runtime/traces.py``"""


class StageStatus(StrEnum):
    """The state of a stage in a run."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    STOPPED_AT_BUDGET = "stopped_at_budget"
    DISABLED = "disabled"


class Fingerprint(Record):
    """Everything that a step's result depends on; if fingerprints are equal, the result can be reused."""

    code: str
    """sha256 over the source files of the stage"""
    config: dict[str, Any]
    """dotted key to value, for each key that affects the stage"""
    inputs: dict[str, str]
    """input name to its version: a sha256, or the date"""


class CheckpointRecord(Record):
    """A checkpoint file as it was written."""

    file: FileName
    sha256: str
    size_bytes: int = Field(ge=0)
    content_sha256: str
    """over the output without its metadata: equal for equal results, whenever made"""


class ColumnCount(Record):
    """The number of rows of a checkpoint with and without a value in a column."""

    filled: int = Field(ge=0)
    empty: int = Field(ge=0)


class StageRecord(Record):
    """The state and results of one stage of a run."""

    status: StageStatus
    started_at: Moment | None = None
    """time of its last start"""
    seconds: float = Field(ge=0)
    reused: bool
    """whether the last attempt reused an earlier checkpoint"""
    reason: str
    """why the stage was run or reused"""
    attempt: int = Field(ge=1)
    """number of the attempt that made the checkpoint"""
    counts: dict[str, float] = {}
    columns: dict[str, ColumnCount] = {}
    """how many values the checkpoint's lists and their fields have, by dotted name"""
    sources: tuple[str, ...] = ()
    """ids of the sources that the checkpoint is based on"""
    checkpoint: CheckpointRecord | None = None
    fingerprint: Fingerprint | None = None
    trace: Trace = {}
    """what live sources returned to it; a later run that gets the same takes over its checkpoint"""
    error: str | None = None
    taken_from: str | None = None
    """id of the earlier run that this checkpoint was copied from, since all its inputs are the same"""
    taken_over: dict[str, int] = {}
    """id of an earlier run to the number of stations whose results were taken from its journal"""
    is_doubted: bool = False
    """whether the dataset made from its live sources was refused, so that they must be asked again"""


class AttemptRecord(Record):
    """One start of the pipeline in this run's folder."""

    number: int = Field(ge=1)
    started_at: Moment
    ended_at: Moment | None = None
    status: RunStatus
    command: str
    """the command with its flags, e.g. ``run --resume-from 2``"""
    stage: int | None = None
    """the only stage requested, if one was"""
    retries_failed: bool = False
    """whether it retried stations for which a source had failed"""
    stages_run: tuple[str, ...] = ()
    has_validated: bool = False
    """whether it wrote validation.json"""
    error: str | None = None


class PublicationRecord(Record):
    """The last time that the dataset was written in the configured formats."""

    attempt: int = Field(ge=1)
    started_at: Moment
    ended_at: Moment | None = None
    """None if it was not finished"""
    sizes: dict[FileName, int] = {}
    """bytes of every published file"""


class Manifest(Record):
    """The state of a run, written at its start, after each stage, and at its end, however it ends."""

    manifest_version: Literal["1"] = MANIFEST_VERSION
    run_id: str
    timestamp: Moment
    """start of the first attempt, UTC"""
    updated_at: Moment
    status: RunStatus
    as_of: date
    mode: str
    software_version: str
    code_version: str
    """sha256 over all source files of the package"""
    config_path: str
    """path of the file, or ``PACKAGED``"""
    config: dict[str, Any]
    """the resolved configuration, without secrets"""
    attempts: tuple[AttemptRecord, ...]
    stages: dict[str, StageRecord] = {}
    checkpoints: dict[str, str] = {}
    """``stage1`` … to the checkpoint's file name"""
    sources: dict[str, Provenance] = {}
    passed_over: dict[str, str] = {}
    """configured source to the reason why it was not used"""
    findings: dict[str, int] = {}
    """severity to number of findings; the findings are in validation.json"""
    rejected_claims: dict[str, int] = {}
    """reason to number of claims"""
    usage: ModelUsage = ModelUsage()
    publication: PublicationRecord | None = None
    outputs: dict[FileName, str] = {}
    """name of every published file to its sha256"""
    publishing: Fingerprint | None = None
    """what these files were made from"""
    side_files: dict[FileName, str] = {}
    """name of each accompanying file to its sha256: findings, the gate's verdict, rejected claims"""
    gates: GateReport | None = None
    """the comparison with the dataset published before, including changes that a person accepted"""
    error: str | None = None
