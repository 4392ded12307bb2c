"""Official places as tables, recorded in the package or fetched from data.gov.sg."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.documents import Document
from mrt_pipeline.contracts.network import LandmarkKind
from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.runtime.datagov_download import Dataset, fetch_dataset
from mrt_pipeline.runtime.documents import Parsed, Payload, refuse_losses, table_of
from mrt_pipeline.sources.official_places import DATASETS, HOTELS, SPEC
from mrt_pipeline.sources.official_places.layouts import (
    COMMUNITY_CLUB_LAYOUT,
    HAWKER_CENTRE_LAYOUT,
    LAYOUTS,
    LIBRARY_LAYOUT,
    MUSEUM_LAYOUT,
    PARK_LAYOUT,
    SPORT_FACILITY_LAYOUT,
    Layout,
)
from mrt_pipeline.sources.official_places.parsing import (
    find_update,
    parse_areas,
    parse_hotels,
    parse_points,
)
from mrt_pipeline.sources.official_places.records import AnyPlace, Hotel

if TYPE_CHECKING:
    from mrt_pipeline.config import Settings
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.source_access import SourceAccess

API = SPEC.api


@dataclass(frozen=True, slots=True)
class PlaceTables:
    """All documents as they were read, each with what its places are."""

    by_kind: tuple[tuple[LandmarkKind, SourceTable[AnyPlace]], ...]

    @property
    def tables(self) -> tuple[SourceTable[AnyPlace], ...]:
        """Return every table."""
        return tuple(table for _, table in self.by_kind)


def read_places(
    access: SourceAccess, ttl_days: float, *, sleep: Callable[[float], None] = time.sleep
) -> PlaceTables:
    """Return every document, recorded or live as configured; one that cannot be asked for is as recorded.

    Raises:
        SourceError: if one cannot be had, has the wrong structure or lost a record.
    """

    def read(document: Document, parse: Callable[[bytes], Parsed[Any]]) -> SourceTable[Any]:
        return _read(access, ttl_days, document, parse, sleep)

    return PlaceTables(
        (
            *((layout.kind, read(layout.document, _parser_of(layout))) for layout in LAYOUTS),
            (LandmarkKind.HOTEL, read(HOTELS, parse_hotels)),
        )
    )


def record(access: SourceAccess) -> Iterator[SourceTable[Any]]:
    """Yield what is to be recorded, asked of the service now; what cannot be asked for stays as it is."""
    for table in read_places(access, ttl_days=0).tables:
        if table.provenance.document_id in DATASETS:
            yield table


def read_hotels(payloads: Sequence[Payload], _settings: Settings) -> SourceTable[Hotel]:
    """Return the hotels of a table; of several, the last."""
    return table_of(HOTELS, payloads[-1], parse_hotels(payloads[-1].content))


def _read_file(payloads: Sequence[Payload], _settings: Settings, layout: Layout) -> SourceTable[Any]:
    """Return the places of a downloaded file; of several, the last."""
    payload = payloads[-1]
    revision = payload.revision or find_update(payload.content, layout.document_id)
    parsed = _parser_of(layout)(payload.content)
    return table_of(layout.document, replace(payload, revision=revision), parsed)


read_hawker_centres = partial(_read_file, layout=HAWKER_CENTRE_LAYOUT)
read_sport_facilities = partial(_read_file, layout=SPORT_FACILITY_LAYOUT)
read_parks = partial(_read_file, layout=PARK_LAYOUT)
read_community_clubs = partial(_read_file, layout=COMMUNITY_CLUB_LAYOUT)
read_libraries = partial(_read_file, layout=LIBRARY_LAYOUT)
read_museums = partial(_read_file, layout=MUSEUM_LAYOUT)


def _parser_of(layout: Layout) -> Callable[[bytes], Parsed[Any]]:
    parse: Callable[[bytes, Layout], Parsed[Any]] = parse_areas if layout is PARK_LAYOUT else parse_points
    return lambda content: parse(content, layout)


def _read(
    access: SourceAccess,
    ttl_days: float,
    document: Document,
    parse: Callable[[bytes], Parsed[Any]],
    sleep: Callable[[float], None],
) -> SourceTable[Any]:
    document_id = document.document_id
    if access.mode_of(API) is not Mode.LIVE:
        return access.recorded_table(document)
    if document_id not in DATASETS:
        return _as_recorded(access.recorded_table(document))

    def read(answers: Answers) -> SourceTable[Any]:
        dataset = Dataset(document_id, DATASETS[document_id], API)
        payload = fetch_dataset(access, answers, dataset, sleep=sleep)
        return refuse_losses(table_of(document, payload, parse(payload.content)))

    return access.read_checked(
        document_id, ttl_days, read, is_sound=lambda table: bool(table.provenance.revision)
    )


def _as_recorded(table: SourceTable[Any]) -> SourceTable[Any]:
    """Return a table with the remark that nobody was asked for it."""
    document_id, day = table.provenance.document_id, table.provenance.retrieved_at.date()
    finding = finding_of(
        "document-only-recorded",
        f"{document_id} was not asked for, since its address at data.gov.sg is not known; its table recorded "
        f"on {day} is used.",
        record_id=document_id,
    )
    return replace(table, findings=(*table.findings, finding))
