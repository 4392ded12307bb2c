"""A run as OpenLineage events: what was read, what was made of it, by which code, and how good it is.

Pure but for ``delivery``: from a finished manifest, and what was found in its dataset, to JSON objects.
``docs/lineage.md`` says which names stand for what.
"""

from mrt_pipeline.lineage.delivery import LINEAGE_NAME, append_events, send_events, without_paths
from mrt_pipeline.lineage.events import run_events

__all__ = ["LINEAGE_NAME", "append_events", "run_events", "send_events", "without_paths"]
