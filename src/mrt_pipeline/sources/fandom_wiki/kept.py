"""Identify what claims of the wiki depend on besides its answers: kept pages and the operator's vocabulary.

A separate module, since runs that read no page use it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mrt_pipeline.config.paths import read_path
from mrt_pipeline.runtime.files import sha256_of
from mrt_pipeline.runtime.stores import describe_rows
from mrt_pipeline.sources.fandom_wiki.api import api_url

if TYPE_CHECKING:
    from mrt_pipeline.runtime.source_access import SourceAccess

FOLDER = "wiki"
"""in the cache folder"""
FILE = "pages.sqlite3"
_REVISIONS = "SELECT page_id, revision, touched, since FROM pages WHERE wiki = ? ORDER BY page_id, revision"


def describe_kept(access: SourceAccess) -> str:
    """Return which revisions are kept, the touches that produced their content, and the vocabulary."""
    section = access.settings.apis.fandom
    pages = describe_rows(access.cache_dir / FOLDER / FILE, _REVISIONS, api_url(str(section.base_url)))
    own = sha256_of(read_path(section.vocabulary).read_bytes()) if section.vocabulary else ""
    return f"{pages} {own}"
