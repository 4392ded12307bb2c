"""A run as OpenLineage events: what was read, what was made from it, by which code, and its quality.

Pure except for ``delivery``: it turns a finished manifest, and the findings about its dataset, into JSON
objects. ``docs/lineage.md`` explains the names.
"""

from mrt_pipeline.lineage.delivery import LINEAGE_NAME, append_events, send_events, without_paths
from mrt_pipeline.lineage.events import run_events

__all__ = ["LINEAGE_NAME", "append_events", "run_events", "send_events", "without_paths"]
