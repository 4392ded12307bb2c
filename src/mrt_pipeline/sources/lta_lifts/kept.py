"""Identify the lifts that any run has seen, and repeat the request to LTA, for runs that read neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mrt_pipeline.runtime.datamall_requests import ask_datamall
from mrt_pipeline.runtime.stores import describe_rows

if TYPE_CHECKING:
    from mrt_pipeline.runtime.http import Answer
    from mrt_pipeline.runtime.source_access import SourceAccess

FOLDER = "lta_lifts"
"""in the cache folder"""
FILE = "lifts.sqlite3"
LAYOUT = 1
TABLE = (
    "CREATE TABLE lifts (line TEXT, station_code TEXT, station_name TEXT, lift_id TEXT, description TEXT, "
    "first_seen TEXT, last_seen TEXT, PRIMARY KEY (station_code, lift_id, description)) WITHOUT ROWID"
)


def ask_again(access: SourceAccess, document_id: str, url: str) -> Answer:
    """Return LTA's current list."""
    return ask_datamall(access, document_id, url, {})


def describe_kept(access: SourceAccess) -> str:
    """Return what identifies all lifts that any run has seen, and when."""
    statement = "SELECT * FROM lifts ORDER BY station_code, lift_id, description"
    return describe_rows(access.cache_dir / FOLDER / FILE, TABLE, LAYOUT, statement)
