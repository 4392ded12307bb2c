"""What ``import mrt_pipeline`` offers; loaded when one of its names is first asked for."""

from mrt_pipeline.contracts.evidence import Confidence, Evidence, Provenance
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.network import (
    AccessFeature,
    BusStopRelation,
    ExitAccess,
    ExitBusStop,
    ExitPlatform,
    Landmark,
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
    "ExitPlatform",
    "Finding",
    "Landmark",
    "Manifest",
    "MrtPipelineError",
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
