"""Official places as tables, recorded in the package or fetched from data.gov.sg."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.documents import Document
from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.runtime.datagov_download import Dataset, read_dataset
from mrt_pipeline.runtime.documents import Payload, table_of
from mrt_pipeline.sources.official_places import DATASETS, HOTELS, SPEC, AnyPlace
from mrt_pipeline.sources.official_places.parsing import find_update, parse_places

if TYPE_CHECKING:
    from mrt_pipeline.config import Settings
    from mrt_pipeline.runtime.source_access import SourceAccess

API = SPEC.api


def read_places(access: SourceAccess) -> list[SourceTable[AnyPlace]]:
    """Return every document, recorded or live as configured; those that cannot be fetched, as recorded.

    Raises:
        SourceError: if one is unavailable, has the wrong structure or lost a record.
    """
    return [_read(access, document) for document in SPEC.documents]


def record(access: SourceAccess) -> Iterator[SourceTable[AnyPlace]]:
    """Yield the tables to record, fetched now; those that cannot be fetched stay unchanged."""
    for table in read_places(access):
        if table.provenance.document_id in DATASETS:
            yield table


def read_files(document: Document, payloads: Sequence[Payload], _settings: Settings) -> SourceTable[AnyPlace]:
    """Return the places of a downloaded file; if there are several, of the last one."""
    payload = payloads[-1]
    if document is not HOTELS and not payload.revision:
        payload = replace(payload, revision=find_update(payload.content, document.document_id))
    return _table_of(document, payload)


def _table_of(document: Document, payload: Payload) -> SourceTable[AnyPlace]:
    return table_of(document, payload, parse_places(document, payload.content))


def _read(access: SourceAccess, document: Document) -> SourceTable[AnyPlace]:
    if access.mode_of(API) is not Mode.LIVE:
        return access.recorded_table(document)
    dataset_id = DATASETS.get(document.document_id)
    if dataset_id is None:
        return _as_recorded(access.recorded_table(document))
    return read_dataset(access, document, Dataset(dataset_id, API), partial(_table_of, document))


def _as_recorded(table: SourceTable[AnyPlace]) -> SourceTable[AnyPlace]:
    """Return a table with the remark that it was not requested."""
    document_id, day = table.provenance.document_id, table.provenance.day
    finding = finding_of(
        "document-only-recorded",
        f"{document_id} was not requested, since its address at data.gov.sg is unknown; its recorded table "
        f"of {day} is used.",
        record_id=document_id,
    )
    return replace(table, findings=(*table.findings, finding))
