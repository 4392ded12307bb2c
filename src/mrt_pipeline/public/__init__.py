"""What ``import mrt_pipeline`` offers; loaded when one of its names is first used."""

from mrt_pipeline.contracts.evidence import Confidence, Evidence, Provenance
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.network import (
    AccessFeature,
    BusStopRelation,
    ExitAccess,
    ExitBusStop,
    Landmark,
    Platform,
    PlatformLink,
    Station,
    StationCode,
    StationExit,
    StationStatus,
    StationType,
    StepFree,
    TowardsKind,
)
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import Manifest, RunStatus
from mrt_pipeline.errors import MrtPipelineError
from mrt_pipeline.public.calls import RunResult, load, run
from mrt_pipeline.public.dataset import Dataset

__all__ = [
    "AccessFeature",
    "BusStopRelation",
    "Confidence",
    "Dataset",
    "Evidence",
    "ExitAccess",
    "ExitBusStop",
    "Finding",
    "Landmark",
    "Manifest",
    "MrtPipelineError",
    "Platform",
    "PlatformLink",
    "Provenance",
    "RunResult",
    "RunStatus",
    "Severity",
    "Stage3Output",
    "Station",
    "StationCode",
    "StationExit",
    "StationStatus",
    "StationType",
    "StepFree",
    "TowardsKind",
    "load",
    "run",
]
