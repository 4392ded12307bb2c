"""Get MRTDown's files: over HTTPS one by one, or from a checkout on the disk.

There is no list of the files. So the lines in operation are asked for first; they name their services, whose
paths name the stations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from mrt_pipeline.config.paths import expand_path
from mrt_pipeline.errors import FetchError, SourceFormatError
from mrt_pipeline.runtime.documents import Payload
from mrt_pipeline.runtime.files import read_bytes, sha256_of
from mrt_pipeline.runtime.records import is_list, is_object, show
from mrt_pipeline.runtime.threads import ask_at_once
from mrt_pipeline.sources.mrtdown.files import FILE_ID, LETTERS_ID, read_objects

if TYPE_CHECKING:
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.source_access import SourceAccess

KINDS = ("service", "station")
"""the folders of a checkout that are read"""
MAX_FILE_BYTES = 2**20
MAX_FILES = 2_000
"""about 230 stations and 40 services in 2026"""


def fetch_files(access: SourceAccess, answers: Answers, line_ids: Iterable[str]) -> Payload:
    """Return the services of some lines and the stations they stop at, as one JSON list.

    Args:
        access: settings and the HTTP client.
        answers: where files come from.
        line_ids: lines as MRTDown calls them.

    Raises:
        SourceError: if a file cannot be had, or does not name what it should.
    """
    asked = _Asked(access, answers)
    lines = asked.get_all("line", line_ids)
    services = asked.get_all("service", [name for line in lines for name in _names(line, "serviceIds")])
    stations = asked.get_all("station", [name for service in services for name in _stations_of(service)])
    return Payload(orjson.dumps([*services, *stations]), min(asked.times))


def read_checkout(access: SourceAccess, folder: str) -> Payload:
    """Return the services and stations of a checkout, as one JSON list.

    Raises:
        FetchError: if there is no such checkout.
        SourceFormatError: if one of its files is no JSON.
    """
    data = _data_folder(folder)
    files = [path for kind in KINDS for path in sorted((data / kind).glob("*.json"))]
    found = [
        item for path in files for item in read_objects(read_bytes(path), LETTERS_ID, f"{path} as an object")
    ]
    return Payload(orjson.dumps(found), access.now())


def describe_checkout(access: SourceAccess) -> str:
    """Return what identifies the files of the checkout that is read; nothing if none is."""
    folder = access.settings.apis.mrtdown.checkout
    return sha256_of(read_checkout(access, folder).content) if folder else ""


class _Asked:
    """The files of one try at reading them all."""

    def __init__(self, access: SourceAccess, answers: Answers) -> None:
        self._access = access
        self._answers = answers
        self._base = str(access.settings.apis.mrtdown.base_url).rstrip("/")
        self.times: list[datetime] = []

    def get_all(self, kind: str, names: Iterable[str]) -> list[Mapping[str, object]]:
        """Return the objects of some files of a kind, each once, sorted by name."""
        paths = [f"{kind}/{name}.json" for name in sorted(set(names))]
        if len(self.times) + len(paths) > MAX_FILES:
            raise SourceFormatError(
                LETTERS_ID,
                f"the files name more than {MAX_FILES} others; expected some 300. Run again later.",
            )
        return ask_at_once(paths, self._get)

    def _get(self, path: str) -> Mapping[str, object]:
        url = f"{self._base}/{path}"
        client = self._access.http("mrtdown")
        answer = self._answers.get(
            url,
            lambda conditions: client.get(LETTERS_ID, url, conditions=conditions, max_bytes=MAX_FILE_BYTES),
            max_bytes=MAX_FILE_BYTES,
        )
        self.times.append(answer.retrieved_at)
        found = list(read_objects(answer.content, LETTERS_ID, f"{path} as an object"))
        if len(found) != 1:
            raise SourceFormatError(LETTERS_ID, f"{path} holds {len(found)} objects; expected one.")
        return found[0]


def _names(fields: Mapping[str, object], name: str) -> list[str]:
    """Return the ids that a list holds; what is none never becomes part of a URL."""
    found = fields.get(name)
    if not is_list(found):
        raise SourceFormatError(
            LETTERS_ID, f"{show(fields.get('id'))} has {show(found)} as {name}; expected a list of ids."
        )
    return [_file_id(item, fields) for item in found]


def _stations_of(service: Mapping[str, object]) -> list[str]:
    revisions = service.get("revisions")
    paths = [item.get("path") for item in _objects(revisions)]
    stops = [stop for path in _objects(paths) for stop in _objects(path.get("stations"))]
    return [_file_id(stop.get("stationId"), service) for stop in stops]


def _objects(found: object) -> Sequence[Mapping[str, object]]:
    """Return the objects in a list; whatever else is there is told when the files are read."""
    return [item for item in found if is_object(item)] if is_list(found) else []


def _file_id(item: object, fields: Mapping[str, object]) -> str:
    if isinstance(item, str) and FILE_ID.fullmatch(item):
        return item
    raise SourceFormatError(
        LETTERS_ID, f"{show(fields.get('id'))} names {show(item)}; expected an id such as ADM or NSL_MAIN_N."
    )


def _data_folder(folder: str) -> Path:
    try:
        root = Path(expand_path(folder))
    except ValueError as error:
        raise FetchError(
            LETTERS_ID, f"apis.mrtdown.checkout is {folder!r}: it {error}", names_way_out=True
        ) from None
    for data in (root / "data", root):
        if all((data / kind).is_dir() for kind in KINDS):
            return data
    raise FetchError(
        LETTERS_ID,
        f"apis.mrtdown.checkout is {folder!r}; expected a folder with data/station and data/service. Correct "
        "it, or leave it out to ask MRTDown's own repository.",
        names_way_out=True,
    )
