"""Letters, trains and names as tables, recorded in the package, fetched live or read from a checkout."""

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
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.source_access import SourceAccess


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
        return Tables(*map(access.recorded_table, (LETTERS, TRAINS, NAMES)))
    from mrt_pipeline.sources.mrtdown.fetching import fetch_files, read_checkout

    if checkout := access.settings.apis.mrtdown.checkout:
        return _tables_of(read_checkout(access, checkout))
    lines = [LINE_IDS.get(line, line) for line in _lines_on(as_of)]

    def read(answers: Answers) -> Tables:
        return _tables_of(fetch_files(access, answers, lines))

    return access.read_checked(LETTERS_ID, ttl_days, read)


def record(access: SourceAccess) -> Iterator[SourceTable[Any]]:
    """Yield all tables, asked of MRTDown now."""
    tables = read_tables(access, 0, singapore_date(access.now()))
    yield tables.letters
    yield tables.trains
    yield tables.names


def read_letter_files(payloads: Sequence[Payload], _settings: Settings) -> SourceTable[PlatformLetter]:
    """Return the letters of downloaded files; those of stations and of services are needed."""
    return letters_table(*payloads)


def read_train_files(payloads: Sequence[Payload], _settings: Settings) -> SourceTable[ServiceTimes]:
    """Return the first and last trains of downloaded files; those of stations and of services are needed."""
    return trains_table(*payloads)


def read_name_files(payloads: Sequence[Payload], _settings: Settings) -> SourceTable[TranslatedName]:
    """Return the names of downloaded files of stations."""
    return names_table(*payloads)


def letters_table(*payloads: Payload) -> SourceTable[PlatformLetter]:
    """Return the letters of some payloads with the findings about them."""
    return table_of(LETTERS, _joined(payloads), parse_letters([payload.content for payload in payloads]))


def trains_table(*payloads: Payload) -> SourceTable[ServiceTimes]:
    """Return the first and last trains of some payloads with the findings about them."""
    return table_of(TRAINS, _joined(payloads), parse_trains([payload.content for payload in payloads]))


def names_table(*payloads: Payload) -> SourceTable[TranslatedName]:
    """Return the names of some payloads with the findings about them."""
    return table_of(NAMES, _joined(payloads), parse_names([payload.content for payload in payloads]))


def _tables_of(payload: Payload) -> Tables:
    makers = (letters_table, trains_table, names_table)
    return Tables(*(refuse_losses(make(payload)) for make in makers))


def _joined(payloads: Sequence[Payload]) -> Payload:
    """Return several payloads as the one document that they make."""
    content = b"".join(payload.content for payload in payloads)
    return Payload(content, min(payload.retrieved_at for payload in payloads), payloads[0].revision)


def _lines_on(as_of: date) -> list[str]:
    network = load_network()
    return sorted({entry.line_code for entry in network.codes if entry.is_open(as_of)})
