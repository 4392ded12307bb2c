"""Letters, trains and names as tables: recorded in the package, fetched live or read from a checkout.

MRTDown has no list of its files. So the lines in operation are requested first; they name their services,
whose paths name the stations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from mrt_pipeline.config.paths import expand_path
from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.errors import FetchError, SourceFormatError
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.clock import singapore_date
from mrt_pipeline.runtime.documents import Parsed, Payload, refuse_losses, table_of
from mrt_pipeline.runtime.files import read_bytes, sha256_of
from mrt_pipeline.runtime.records import is_list, is_object, show
from mrt_pipeline.runtime.threads import ask_at_once
from mrt_pipeline.sources.mrtdown import (
    LETTERS,
    NAMES,
    TRAINS,
    PlatformLetter,
    ServiceTimes,
    TranslatedName,
)
from mrt_pipeline.sources.mrtdown.files import FILE_ID, LETTERS_ID, read_objects
from mrt_pipeline.sources.mrtdown.parsing import LINE_IDS, parse_letters, parse_names
from mrt_pipeline.sources.mrtdown.trains import parse_trains

if TYPE_CHECKING:
    from mrt_pipeline.config import Settings
    from mrt_pipeline.contracts.documents import Document
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.source_access import SourceAccess


_PARSERS: dict[Document, Callable[[Sequence[bytes]], Parsed[Any]]] = {
    LETTERS: parse_letters,
    TRAINS: parse_trains,
    NAMES: parse_names,
}
"""function that parses each document from the files, in the order of the fields of ``Tables``"""


@dataclass(frozen=True, slots=True)
class Tables:
    """All of MRTDown's documents."""

    letters: SourceTable[PlatformLetter]
    trains: SourceTable[ServiceTimes]
    names: SourceTable[TranslatedName]

    @property
    def version(self) -> str:
        """Return what identifies the content of all documents."""
        return "+".join(table.provenance.sha256 for table in (self.letters, self.trains, self.names))


def read_tables(access: SourceAccess, as_of: date) -> Tables:
    """Return all documents, recorded or live as configured.

    Args:
        access: settings and the HTTP client.
        as_of: the day whose lines are fetched live; the recorded tables hold everything that was found.

    Raises:
        SourceError: if a file is unavailable, is not MRTDown's, or lost a record.
    """
    if access.mode_of("mrtdown") is not Mode.LIVE:
        return Tables(*map(access.recorded_table, _PARSERS))

    if checkout := access.settings.apis.mrtdown.checkout:
        return tables_of(read_checkout(access, checkout), access.settings)
    lines = [LINE_IDS.get(line, line) for line in _lines_on(as_of)]

    def read(answers: Answers) -> Tables:
        return tables_of(fetch_files(access, answers, lines), access.settings)

    return access.read_checked(LETTERS_ID, read)


def record(access: SourceAccess) -> Iterator[SourceTable[Any]]:
    """Yield all tables, fetched from MRTDown now."""
    tables = read_tables(access, singapore_date(access.now()))
    yield tables.letters
    yield tables.trains
    yield tables.names


def read_files(document: Document, payloads: Sequence[Payload], _settings: Settings) -> SourceTable[Any]:
    """Return one document from files; names need the files of stations, other documents all files."""
    parse = _PARSERS[document]
    return table_of(document, _joined(payloads), parse([payload.content for payload in payloads]))


def tables_of(payload: Payload, settings: Settings) -> Tables:
    """Return all tables from the files in one payload.

    Raises:
        SourceFormatError: if a file is not MRTDown's, or lost a record.
    """
    return Tables(*(refuse_losses(read_files(document, [payload], settings)) for document in _PARSERS))


def _joined(payloads: Sequence[Payload]) -> Payload:
    """Return several payloads joined into one document."""
    content = b"".join(payload.content for payload in payloads)
    return Payload(content, min(payload.retrieved_at for payload in payloads), payloads[0].revision)


def _lines_on(as_of: date) -> list[str]:
    network = load_network()
    return sorted({entry.line_code for entry in network.codes if entry.is_open(as_of)})


KINDS = ("service", "station")
"""the folders of a checkout that are read"""
MAX_FILE_BYTES = 2**20
MAX_FILES = 2_000
"""about 230 stations and 40 services in 2026"""


def fetch_files(access: SourceAccess, answers: Answers, line_ids: Iterable[str]) -> Payload:
    """Return the services of the given lines and the stations they call at, as one JSON list.

    Args:
        access: settings and the HTTP client.
        answers: source of the files.
        line_ids: MRTDown's names of the lines.

    Raises:
        SourceError: if a file is unavailable, or does not list what it should.
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
        SourceFormatError: if one of its files is not JSON.
    """
    data = _data_folder(folder)
    files = [path for kind in KINDS for path in sorted((data / kind).glob("*.json"))]
    found = [
        item for path in files for item in read_objects(read_bytes(path), LETTERS_ID, f"{path} as an object")
    ]
    return Payload(orjson.dumps(found), access.now())


def describe_checkout(access: SourceAccess) -> str:
    """Return what identifies the files of the configured checkout; empty if there is none."""
    folder = access.settings.apis.mrtdown.checkout
    return sha256_of(read_checkout(access, folder).content) if folder else ""


class _Asked:
    """The files requested in one attempt to read them all."""

    def __init__(self, access: SourceAccess, answers: Answers) -> None:
        self._access = access
        self._answers = answers
        self._base = str(access.settings.apis.mrtdown.base_url).rstrip("/")
        self.times: list[datetime] = []

    def get_all(self, kind: str, names: Iterable[str]) -> list[Mapping[str, object]]:
        """Return the objects of the named files of a kind, each once, sorted by name."""
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
    """Return the ids in a list; anything that is not an id never becomes part of a URL."""
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
    """Return the objects in a list; anything else in it is reported when the files are read."""
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
        "it, or leave it out to read MRTDown's own repository.",
        names_way_out=True,
    )
