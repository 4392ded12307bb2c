"""A run as OpenLineage events: what was read, what was made of it, by which code, and how good it is.

Pure: from manifest and stage outputs to JSON objects. ``docs/lineage.md`` says which names stand for what.
"""

from mrt_pipeline.lineage.checks import Judgement, judge_checks
from mrt_pipeline.lineage.datasets import checkpoint_input, made_checkpoint, made_export, read_sources
from mrt_pipeline.lineage.events import PUBLISHING, EventType, JobRun, run_event
from mrt_pipeline.lineage.facets import Json, Marker
from mrt_pipeline.lineage.privacy import without_paths

__all__ = [
    "PUBLISHING",
    "EventType",
    "JobRun",
    "Json",
    "Judgement",
    "Marker",
    "checkpoint_input",
    "judge_checks",
    "made_checkpoint",
    "made_export",
    "read_sources",
    "run_event",
    "without_paths",
]
