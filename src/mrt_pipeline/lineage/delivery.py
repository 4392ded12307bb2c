"""Deliver lineage events: to a file in the run's folder, or to a server that supports OpenLineage.

The file holds one event per line. A server receives events in order, one at a time; after the first failure
no more are sent, and the file keeps those that did not arrive, for whatever reason.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from mrt_pipeline.config.environment import Secrets
from mrt_pipeline.config.settings import LineageSection
from mrt_pipeline.contracts.counting import counted, verb_of
from mrt_pipeline.errors import FetchError, RunInterrupted
from mrt_pipeline.lineage.facets import Json
from mrt_pipeline.runtime.files import append_lines, open_for_lines, storage_errors
from mrt_pipeline.runtime.held_folders import refuse_swapped

if TYPE_CHECKING:
    from mrt_pipeline.runtime.http import HttpClient


LINEAGE_NAME = "lineage.jsonl"
SETTING = "lineage.url"
SERVER_PATH = "api/v1/lineage"
"""path below the server's address at which it accepts events"""
TRIES = 3
MAX_ANSWER_BYTES = 2**20


def append_events(path: Path, events: Iterable[Json]) -> None:
    """Add events to a file, one per line.

    Raises:
        StorageError: if they cannot be written; earlier lines are unchanged.
    """
    refuse_swapped(path.parent)
    content = b"".join(orjson.dumps(event, option=orjson.OPT_SORT_KEYS) + b"\n" for event in events)
    descriptor = open_for_lines(path)
    with storage_errors(path, "could not be written; earlier lines are untouched"):
        try:
            append_lines(descriptor, content)
        finally:
            os.close(descriptor)


def send_events(
    events: Sequence[Json], path: Path, section: LineageSection, secrets: Secrets, now: Callable[[], datetime]
) -> str | None:
    """Send events to the server at ``lineage.url``; those that do not arrive are added to a file.

    Returns:
        A sentence with how many did not arrive and why, quoting no answer; None if all did.

    Raises:
        StorageError: if those that did not arrive could not be written either.
    """
    left = list(events)
    try:
        with contextlib.closing(_open_client(section, now)) as client:
            while left:
                _post(client, left[0], section, secrets)
                del left[0]
    except (FetchError, RunInterrupted) as error:
        return (
            f"{counted(len(left), 'lineage event')} did not reach the server and {verb_of(len(left))} kept "
            f"in {path}: {_describe(error)}."
        )
    finally:
        if left:
            append_events(path, left)
    return None


def _open_client(section: LineageSection, now: Callable[[], datetime]) -> HttpClient:
    from mrt_pipeline.runtime.http import HttpClient, HttpOptions

    limit_s = section.timeout_seconds
    options = HttpOptions(
        timeout_s=limit_s,
        deadline_s=limit_s,
        patience_s=limit_s,
        base_urls=(str(section.url),),
        tries=TRIES,
    )
    return HttpClient(options, now=now)


def _post(client: HttpClient, event: Json, section: LineageSection, secrets: Secrets) -> None:
    key = secrets.mrt_pipeline_lineage_api_key
    headers = {} if key is None else {"authorization": f"Bearer {key.get_secret_value()}"}
    url = f"{str(section.url).rstrip('/')}/{SERVER_PATH}"
    client.post_json(SETTING, url, event, headers=headers, max_bytes=MAX_ANSWER_BYTES, is_secret=False)


def _describe(error: FetchError | RunInterrupted) -> str:
    """Return the setting that names the server, and why it did not accept an event."""
    if isinstance(error, RunInterrupted):
        return f"{SETTING}: interrupted by a signal while waiting for it"
    if error.status is None:
        return str(error).rstrip(".")
    return f"{SETTING}: it responded with status {error.status}"


_ABSOLUTE = re.compile(r"(?<![\w:/.~-])(?:~|[A-Za-z]:)?[/\\](?:[^\s/\\:'\"()]+[/\\])*(?=[^\s/\\:'\"()])")
"""the folders of an absolute path; a URL has a colon or a slash before each of its slashes"""


def without_paths(text: str, known: Iterable[Path]) -> str:
    """Return a text with absolute paths shortened to file names.

    Args:
        text: text to be sent.
        known: folders that may occur in it, such as the run's; their names may contain spaces.
    """
    folders = {str(folder) for path in known if path.is_absolute() for folder in (path, *path.parents)}
    for folder in sorted(folders - {"/"}, key=len, reverse=True):
        text = re.sub(rf"{re.escape(folder)}(?:/|(?![\w.-]))", "", text)
    return _ABSOLUTE.sub("", text)
