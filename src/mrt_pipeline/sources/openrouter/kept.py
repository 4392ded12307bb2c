"""Identify the model answers that are kept, for runs that ask the model nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mrt_pipeline.runtime.model_cache import FILE_NAME, LAYOUT, TABLE
from mrt_pipeline.runtime.stores import describe_rows

if TYPE_CHECKING:
    from mrt_pipeline.runtime.source_access import SourceAccess

FOLDER = "model"
"""in the cache folder"""


def describe_kept(access: SourceAccess) -> str:
    """Return what identifies the questions whose answers are kept."""
    path = access.cache_dir / FOLDER / FILE_NAME
    return describe_rows(path, TABLE, LAYOUT, "SELECT key FROM answers ORDER BY key")
