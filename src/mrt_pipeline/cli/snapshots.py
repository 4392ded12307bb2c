"""``mrt-pipeline snapshot refresh``: update the facts recorded in the package.

The same code reads a payload here and in a live run, so that a run on the recorded tables gives the same
result as a live run with the same answers. Nothing is written unless every payload could be read without
losing a record.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from mrt_pipeline.cli.findings import show_findings
from mrt_pipeline.cli.flags import given_path
from mrt_pipeline.cli.printing import note, say
from mrt_pipeline.config import Mode, PipelineConfig, Settings, find_config
from mrt_pipeline.config.registry import all_sources
from mrt_pipeline.contracts.counting import counted, joined
from mrt_pipeline.contracts.documents import Document
from mrt_pipeline.contracts.findings import Severity, count_records
from mrt_pipeline.contracts.rows import columns_of, to_row
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.contracts.source_spec import SourceSpec
from mrt_pipeline.errors import SourceFormatError, UsageError
from mrt_pipeline.runtime.clock import utc_now
from mrt_pipeline.runtime.documents import Payload
from mrt_pipeline.runtime.files import read_bytes
from mrt_pipeline.runtime.recordings import RECORDED, save_recording

Files = Mapping[str, Sequence[Path]]
"""document id to its files"""


def refresh(
    config: Path | None,
    files: Files,
    retrieved_at: date | None,
    output_dir: Path | None,
    *,
    shows_all: bool = False,
) -> None:
    """Record the documents whose files are given; without files, everything that the live services return.

    Args:
        config: configuration with the addresses of services and the expected number of exits.
        files: payload files by document id.
        retrieved_at: day on which the files were downloaded.
        output_dir: folder for the tables; default: the package's own.
        shows_all: whether to show every finding, not only the first of each kind.

    Raises:
        SourceError: if a payload or one of its records cannot be obtained or read, or if it has none; nothing
        is written then.
    """
    _check_names(files)
    configuration = PipelineConfig(find_config(config))
    if any(files.values()):
        recorded = _from_files(files, _moment(retrieved_at), configuration.settings)
    elif retrieved_at is not None:
        raise UsageError(
            "--retrieved-at applies to downloaded files. Name the files, or remove it to fetch from the "
            "services."
        )
    else:
        recorded = _from_services(configuration)
    _report(recorded, shows_all=shows_all)
    for item in recorded:
        path = _save(item, output_dir or RECORDED)
        say(f"{path}: {counted(len(item.records), 'record')}.")


def files_by_document(named: Files, given: Iterable[str]) -> dict[str, list[Path]]:
    """Return the files of each document that has any.

    Args:
        named: files of documents that have their own option.
        given: items of the form ``document_id=path``.

    Raises:
        UsageError: if an item has another form.
    """
    files = {document: list(paths) for document, paths in named.items() if paths}
    for item in given:
        document, has_path, path = item.partition("=")
        if not has_path or not path:
            raise UsageError(f"--from is {item!r}; expected DOCUMENT=PATH, such as lta-bus-stops=stops.json.")
        files.setdefault(document, []).append(given_path(path))
    return files


def _from_files(files: Files, retrieved_at: datetime, settings: Settings) -> list[SourceTable[Any]]:
    found = []
    for spec, document in _documents():
        payloads = [Payload(_read(path), retrieved_at) for path in files.get(document.document_id, ())]
        if payloads:
            try:
                found.append(spec.load(spec.reader)(document, payloads, settings))
            except SourceFormatError as error:
                error.advise(f"It was read from {joined(files[document.document_id], 'and')}.")
                raise
    return found


def _from_services(configuration: PipelineConfig) -> list[SourceTable[Any]]:
    """Query every service whose credentials are set; documents of the others stay unchanged."""
    from mrt_pipeline.runtime.context import cache_folder
    from mrt_pipeline.runtime.source_access import SourceAccess, missing_credentials

    settings, secrets = _live(configuration.settings), configuration.secrets()
    access = SourceAccess(settings, secrets=secrets, cache_dir=cache_folder(), now=utc_now, notify=note)
    found: list[SourceTable[Any]] = []
    with contextlib.closing(access):
        for spec in all_sources():
            if not spec.recorder:
                continue
            if missing := missing_credentials(settings, secrets, [spec.api]):
                say(f"Unchanged: {missing[0]}")
            else:
                found.extend(spec.load(spec.recorder)(access))
    return found


def _check_names(files: Files) -> None:
    known = [document.document_id for _, document in _documents()]
    for name in files:
        if name not in known:
            raise UsageError(f"{name} is not a recorded document; expected one of {', '.join(known)}.")


def _documents() -> list[tuple[SourceSpec, Document]]:
    """Return every document that can be read from files, with its source."""
    return [(spec, document) for spec in all_sources() if spec.reader for document in spec.documents]


def _live(settings: Settings) -> Settings:
    """Return the settings with every service live, and queried even if an answer is on disk."""
    apis = {name: section.model_copy(update={"mode": None}) for name, section in settings.apis}
    stages = settings.stages
    asking = stages.stage1_ingestion.model_copy(update={"cache_ttl_days": 0})
    return settings.model_copy(
        update={
            "mode": Mode.LIVE,
            "apis": settings.apis.model_copy(update=apis),
            "stages": stages.model_copy(update={"stage1_ingestion": asking}),
        }
    )


def _moment(retrieved_at: date | None) -> datetime:
    if retrieved_at is None:
        raise UsageError("--retrieved-at is missing; specify the date on which the files were downloaded.")
    return datetime.combine(retrieved_at, time(), UTC)


def _read(path: Path) -> bytes:
    try:
        return read_bytes(path)
    except FileNotFoundError:
        raise UsageError(f"{path} not found. Give the path of a downloaded file.") from None


def _report(recorded: Sequence[SourceTable[Any]], *, shows_all: bool) -> None:
    """Show every finding, and refuse to continue if a record was lost or a table is empty."""
    findings = [finding for table in recorded for finding in table.findings]
    tables = {table.provenance.document_id: table for table in recorded}
    for spec in all_sources():
        if spec.cross_check and all(document.document_id in tables for document in spec.documents):
            check = spec.load(spec.cross_check)
            findings.extend(check(*(tables[document.document_id] for document in spec.documents)))
    show_findings(findings, shows_all=shows_all)
    lost = [finding for finding in findings if finding.severity is Severity.ERROR]
    if lost:
        raise SourceFormatError(
            next((name for name, table in tables.items() if lost[0] in table.findings), next(iter(tables))),
            f"{counted(count_records(lost), 'record')} could not be read; expected all of them. Nothing was "
            "recorded; correct the files, or download them again.",
        )
    for document_id, table in tables.items():
        if not table.records:
            raise SourceFormatError(
                document_id,
                "holds no record that can be recorded; expected at least one. Nothing was recorded; see the "
                "remarks above, and correct the files or get them again.",
            )


def _save(table: SourceTable[Any], folder: Path) -> Path:
    document_id = table.provenance.document_id
    record_type = next(found.record_type for _, found in _documents() if found.document_id == document_id)
    columns = columns_of(record_type) if record_type else []
    return save_recording(folder, document_id, columns, map(to_row, table.records), table.provenance)
