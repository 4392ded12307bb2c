"""Keep the machine out of what leaves it: where files lie there is nobody else's business."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_ABSOLUTE = re.compile(r"(?<![\w:/.~-])(?:~|[A-Za-z]:)?[/\\](?:[^\s/\\:'\"()]+[/\\])*(?=[^\s/\\:'\"()])")
"""the folders of an absolute path; an URL has a colon or a slash before each of its slashes"""


def without_paths(text: str, known: Iterable[Path]) -> str:
    """Return a text with file names where it had absolute paths.

    Args:
        text: what is to be told.
        known: folders that may occur in it, such as the run's; their names may hold spaces.
    """
    folders = {str(folder) for path in known if path.is_absolute() for folder in (path, *path.parents)}
    for folder in sorted(folders - {"/"}, key=len, reverse=True):
        text = re.sub(rf"{re.escape(folder)}(?:/|(?![\w.-]))", "", text)
    return _ABSOLUTE.sub("", text)
