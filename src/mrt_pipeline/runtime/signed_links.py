"""Download a file by a signed link, which is valid for minutes and gives the file to whoever has it.

So the link gets none of our headers, is never kept or shown, and what is kept on disk is filed under the
address that the link was requested from.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mrt_pipeline.errors import BlockedError, FetchError

if TYPE_CHECKING:
    from mrt_pipeline.runtime.http import Answer

MAX_LINKS = 3
"""a link refused this often has not merely expired"""


def is_link(link: object, asked_at: str) -> bool:
    """Return whether a value is a link that may be followed: https, or the scheme of the service itself."""
    return isinstance(link, str) and link.partition("://")[0] in {"https", urlsplit(asked_at).scheme}


def download(
    document_id: str,
    find_link: Callable[[], str],
    get: Callable[[str], Answer],
    *,
    publisher: str,
    way_out: str,
) -> Answer:
    """Return the file at a link; if the link has expired, request another one.

    Args:
        document_id: document named in errors.
        find_link: requests a new link.
        get: requests the file at a link, without extra headers.
        publisher: publisher that issues the links.
        way_out: alternative named in errors.

    Raises:
        SourceError: if there is no file.
    """
    for _ in range(MAX_LINKS):
        link = find_link()
        try:
            return get(link)
        except BlockedError:
            continue
    raise FetchError(
        document_id,
        f"{publisher} gave {MAX_LINKS} download links and each was refused with 403; run again later, or "
        f"{way_out}.",
        retryable=True,
        names_way_out=True,
        status=403,
    )
