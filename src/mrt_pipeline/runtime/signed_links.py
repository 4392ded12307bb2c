"""Download a file by a signed link, which is good for some minutes and gives the file to whoever holds it.

So the link gets none of our headers, is never kept nor shown, and what is kept on disk is filed under the
address at which the link was asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mrt_pipeline.errors import BlockedError, FetchError

if TYPE_CHECKING:
    from mrt_pipeline.runtime.http import Answer

MAX_LINKS = 3
"""a link refused as often as that is no matter of its age"""


def is_link(link: object, asked_at: str) -> bool:
    """Return whether something is a link that may be followed: https, or as the service itself is asked."""
    return isinstance(link, str) and link.partition("://")[0] in {"https", urlsplit(asked_at).scheme}


def download(
    document_id: str,
    find_link: Callable[[], str],
    get: Callable[[str], Answer],
    *,
    publisher: str,
    way_out: str,
) -> Answer:
    """Return the file by a link, and by another one if the link has run out meanwhile.

    Args:
        document_id: whom errors name.
        find_link: asks for a new link.
        get: asks for what a link leads to, without a header.
        publisher: who gives links.
        way_out: what else can be done.

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
