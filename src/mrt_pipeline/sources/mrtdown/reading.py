"""Letters, trains and names as tables, recorded in the package, fetched live or read from a checkout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.clock import singapore_date
from mrt_pipeline.runtime.documents import Parsed, Payload, refuse_losses, table_of
from mrt_pipeline.sources.mrtdown import (
    LETTERS,
    NAMES,
    TRAINS,
    PlatformLetter,
    ServiceTimes,
    TranslatedName,
)
from mrt_pipeline.sources.mrtdown.files import LETTERS_ID
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
"""how each document is read from the files, in the order of the fields of ``Tables``"""


@dataclass(frozen=True, slots=True)
class Tables:
    """All of MRTDown's documents."""

    letters: SourceTable[PlatformLetter]
    trains: SourceTable[ServiceTimes]
    names: SourceTable[TranslatedName]

    @property
    def version(self) -> str:
        """Return what identifies their content."""
        return "+".join(table.provenance.sha256 for table in (self.letters, self.trains, self.names))


def read_tables(access: SourceAccess, ttl_days: float, as_of: date) -> Tables:
    """Return all documents, recorded or live as configured.

    Args:
        access: settings and the HTTP client.
        ttl_days: how long live answers on disk may be used again.
        as_of: the day whose lines are asked for live; recorded are all that were found.

    Raises:
        SourceError: if a file cannot be had, is none of MRTDown's, or lost a record.
    """
    if access.mode_of("mrtdown") is not Mode.LIVE:
        return Tables(*map(access.recorded_table, _PARSERS))
    from mrt_pipeline.sources.mrtdown.fetching import fetch_files, read_checkout

    if checkout := access.settings.apis.mrtdown.checkout:
        return tables_of(read_checkout(access, checkout), access.settings)
    lines = [LINE_IDS.get(line, line) for line in _lines_on(as_of)]

    def read(answers: Answers) -> Tables:
        return tables_of(fetch_files(access, answers, lines), access.settings)

    return access.read_checked(LETTERS_ID, ttl_days, read)


def record(access: SourceAccess) -> Iterator[SourceTable[Any]]:
    """Yield all tables, asked of MRTDown now."""
    tables = read_tables(access, 0, singapore_date(access.now()))
    yield tables.letters
    yield tables.trains
    yield tables.names


def read_files(document: Document, payloads: Sequence[Payload], _settings: Settings) -> SourceTable[Any]:
    """Return one document of some files; for names those of stations are needed, otherwise all."""
    parse = _PARSERS[document]
    return table_of(document, _joined(payloads), parse([payload.content for payload in payloads]))


def tables_of(payload: Payload, settings: Settings) -> Tables:
    """Return all tables of files that one payload lists.

    Raises:
        SourceFormatError: if a file is none of MRTDown's, or lost a record.
    """
    return Tables(*(refuse_losses(read_files(document, [payload], settings)) for document in _PARSERS))


def _joined(payloads: Sequence[Payload]) -> Payload:
    """Return several payloads as the one document that they make."""
    content = b"".join(payload.content for payload in payloads)
    return Payload(content, min(payload.retrieved_at for payload in payloads), payloads[0].revision)


def _lines_on(as_of: date) -> list[str]:
    network = load_network()
    return sorted({entry.line_code for entry in network.codes if entry.is_open(as_of)})
