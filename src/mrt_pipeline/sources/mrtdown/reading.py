"""Letters and names as tables, recorded in the package, fetched live or read from a checkout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.clock import singapore_date
from mrt_pipeline.runtime.documents import Payload, refuse_losses, table_of
from mrt_pipeline.sources.mrtdown import LETTERS, NAMES, PlatformLetter, TranslatedName
from mrt_pipeline.sources.mrtdown.files import LETTERS_ID
from mrt_pipeline.sources.mrtdown.parsing import LINE_IDS, parse_letters, parse_names

if TYPE_CHECKING:
    from mrt_pipeline.config import Settings
    from mrt_pipeline.contracts.documents import Document
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.source_access import SourceAccess


@dataclass(frozen=True, slots=True)
class Tables:
    """Both of MRTDown's documents."""

    letters: SourceTable[PlatformLetter]
    names: SourceTable[TranslatedName]

    @property
    def version(self) -> str:
        """Return what identifies their content."""
        return f"{self.letters.provenance.sha256}+{self.names.provenance.sha256}"


def read_tables(access: SourceAccess, ttl_days: float, as_of: date) -> Tables:
    """Return letters and names, recorded or live as configured.

    Args:
        access: settings and the HTTP client.
        ttl_days: how long live answers on disk may be used again.
        as_of: the day whose lines are asked for live; recorded are all that were found.

    Raises:
        SourceError: if a file cannot be had, is none of MRTDown's, or lost a record.
    """
    if access.mode_of("mrtdown") is not Mode.LIVE:
        return Tables(access.recorded_table(LETTERS), access.recorded_table(NAMES))
    from mrt_pipeline.sources.mrtdown.fetching import fetch_files, read_checkout

    if checkout := access.settings.apis.mrtdown.checkout:
        return tables_of(read_checkout(access, checkout), access.settings)
    lines = [LINE_IDS.get(line, line) for line in _lines_on(as_of)]

    def read(answers: Answers) -> Tables:
        return tables_of(fetch_files(access, answers, lines), access.settings)

    return access.read_checked(LETTERS_ID, ttl_days, read)


def record(access: SourceAccess) -> Iterator[SourceTable[Any]]:
    """Yield both tables, asked of MRTDown now."""
    tables = read_tables(access, 0, singapore_date(access.now()))
    yield tables.letters
    yield tables.names


def read_files(document: Document, payloads: Sequence[Payload], _settings: Settings) -> SourceTable[Any]:
    """Return the letters or names of some files; of names those of stations are needed, of letters all."""
    parse = parse_letters if document is LETTERS else parse_names
    return table_of(document, _joined(payloads), parse([payload.content for payload in payloads]))


def tables_of(payload: Payload, settings: Settings) -> Tables:
    """Return both tables of files that one payload lists.

    Raises:
        SourceFormatError: if a file is none of MRTDown's, or lost a record.
    """
    return Tables(
        *(refuse_losses(read_files(document, [payload], settings)) for document in (LETTERS, NAMES))
    )


def _joined(payloads: Sequence[Payload]) -> Payload:
    """Return several payloads as the one document that they make."""
    content = b"".join(payload.content for payload in payloads)
    return Payload(content, min(payload.retrieved_at for payload in payloads), payloads[0].revision)


def _lines_on(as_of: date) -> list[str]:
    network = load_network()
    return sorted({entry.line_code for entry in network.codes if entry.is_open(as_of)})
