"""From public sources to one verified dataset of Singapore's MRT and LRT stations and exits.

``load`` reads a dataset, ``run`` makes one (docs/python.md). Importing this package loads nothing: its names
come from ``mrt_pipeline.public`` when one is first asked for.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mrt_pipeline.public import *  # noqa: F403 # type checkers know the names by its __all__

__all__ = [  # noqa: F405 # spelled out, so that a submodule can be told from them without loading any
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
    "__version__",
    "load",
    "run",
]

__version__ = "2.0.0"


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mrt_pipeline import public

    return globals().setdefault(name, getattr(public, name))


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
