"""The facts recorded in the package: read and write them.

``mrt_pipeline/recorded/`` holds data only, all of it written by ``save_recording``:

    <document_id>.csv   one table, UTF-8, a header and one row per record (``contracts/rows.py``)
    provenance.json     document_id to {"provenance": …, "table_sha256": …}

A table is written before its entry in ``provenance.json``. An interruption between the two leaves a table
that does not match its entry: it is refused as damaged until it is recorded again, so that no rows ever
appear under the wrong provenance.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.evidence import Provenance, RecordedTable
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.file_faults import describe_fault
from mrt_pipeline.runtime.files import make_folder, read_bytes, sha256_of, to_json, write_bytes

RECORDED = Path(__file__).parent.parent / "recorded"
PROVENANCE_NAME = "provenance.json"
REMEDY = "Record it again with: mrt-pipeline snapshot refresh, or install the package again."


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded table: its rows and the provenance of the document they were taken from."""

    rows: list[dict[str, str]]
    provenance: Provenance


class _Entry(Record):
    provenance: Provenance
    table_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


@cache
def _entries() -> TypeAdapter[dict[str, _Entry]]:
    return TypeAdapter(dict[str, _Entry])


def load_recording(document_id: str, folder: Path = RECORDED) -> Recording:
    """Return a recorded table.

    Raises:
        SourceFormatError: if it is missing, or its bytes differ from those recorded.
    """
    content = _find_table(document_id, folder)
    entry = _load_entries(document_id, folder).get(document_id)
    if content is None or entry is None:
        what = f"no table {document_id}.csv" if content is None else f"no entry in {PROVENANCE_NAME}"
        raise SourceFormatError(document_id, f"nothing is recorded in {folder}: {what}. {REMEDY}")
    if sha256_of(content) != entry.table_sha256:
        raise SourceFormatError(
            document_id,
            f"{folder / document_id}.csv is damaged: its sha256 begins with {sha256_of(content)[:12]}, "
            f"the recorded one with {entry.table_sha256[:12]}. {REMEDY}",
        )
    table = RecordedTable(path=f"{folder.name}/{document_id}.csv", sha256=entry.table_sha256)
    provenance = entry.provenance.model_copy(update={"recorded_tables": (table,)})
    return Recording(_parse_table(document_id, content), provenance)


def find_table_sha256(document_id: str, folder: Path = RECORDED) -> str | None:
    """Return the sha256 of a recorded table's bytes, or None if nothing is recorded."""
    content = _find_table(document_id, folder)
    return None if content is None else sha256_of(content)


def save_recording(
    folder: Path,
    document_id: str,
    fieldnames: Sequence[str],
    rows: Iterable[Mapping[str, str]],
    provenance: Provenance,
) -> Path:
    """Record a table and its provenance, replacing an earlier one; return the table's path.

    Raises:
        SourceFormatError: if the ``provenance.json`` that is there is damaged.
        StorageError: if it cannot be written.
    """
    make_folder(folder)
    entries = _load_entries(document_id, folder)
    content = _format_table(fieldnames, rows)
    table = folder / f"{document_id}.csv"
    write_bytes(table, content)
    entries[document_id] = _Entry(provenance=provenance, table_sha256=sha256_of(content))
    plain: dict[str, object] = {
        name: entry.model_dump(mode="json", exclude_none=True, exclude={"provenance": {"recorded_tables"}})
        for name, entry in sorted(entries.items())
    }
    write_bytes(folder / PROVENANCE_NAME, to_json(plain))
    return table


def _find_table(document_id: str, folder: Path) -> bytes | None:
    try:
        return read_bytes(folder / f"{document_id}.csv")
    except FileNotFoundError:
        return None


def _load_entries(document_id: str, folder: Path) -> dict[str, _Entry]:
    try:
        return _entries().validate_json(read_bytes(folder / PROVENANCE_NAME))
    except FileNotFoundError:
        return {}
    except ValidationError as error:
        raise SourceFormatError(
            document_id, f"{folder / PROVENANCE_NAME} is damaged ({describe_fault(error)}). {REMEDY}"
        ) from error


def _format_table(fieldnames: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    buffer = io.StringIO()
    plain = csv.writer(buffer, lineterminator="\n")
    quoted = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)
    plain.writerow(fieldnames)
    for row in rows:
        cells = [row[name] for name in fieldnames]
        # Before Python 3.13 a lone carriage return is not quoted, and is read as the end of a row.
        (quoted if "\r" in "".join(cells) else plain).writerow(cells)
    return buffer.getvalue().encode()


def _parse_table(document_id: str, content: bytes) -> list[dict[str, str]]:
    try:
        header, *cells = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
        return [dict(zip(header, row, strict=True)) for row in cells]
    except ValueError as error:  # not UTF-8, no header, a row of another length
        reason = str(error)
    except csv.Error as error:
        reason = str(error)
    raise SourceFormatError(document_id, f"{document_id}.csv is not a table: {reason}. {REMEDY}")
