"""``mrt_tables.zip``: the dataset as CSV tables, described by a Frictionless ``datapackage.json``.

Format: Data Package, Tabular Data Resource and Table Schema, version 1 (https://specs.frictionlessdata.io).
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import orjson

from mrt_pipeline.contracts.export_spec import ExportSpec
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.exports.archives import pack, to_csv
from mrt_pipeline.exports.tables import TABLES, Cell, Column, Kind, Table
from mrt_pipeline.runtime.files import sha256_of, to_json

ACTIVE = tuple("=+-@\t\r\n＝＋－＠")
"""spreadsheets may take a text with such a beginning for a formula (OWASP, CSV Injection)"""
GUARD = "'"
"""put before such a text, and before one that starts with it: removing it restores the text"""
MOMENT = "%Y-%m-%dT%H:%M:%SZ"

_DESCRIPTION = (
    "An empty cell means that nothing is known, never no. Lists are JSON. A text that begins with =, +, -, "
    "@, their full-width forms, a tab, a line break or an apostrophe has one more apostrophe before it."
)


def render_csv_tables(dataset: Stage3Output) -> bytes:
    """Return a zip archive of all tables with their description."""
    tables = {f"{table.name}.csv": _render(table, dataset) for table in TABLES}
    return pack({"datapackage.json": to_json(_describe(dataset, tables)), **tables})


def _render(table: Table, dataset: Stage3Output) -> bytes:
    head = [column.name for column in table.columns]
    return to_csv(head, (list(map(to_cell, row)) for row in table.rows(dataset)))


def to_cell(value: Cell) -> str:
    """Return a value as the text of a cell that no spreadsheet takes for a formula."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case tuple():
            return orjson.dumps(value).decode()
        case datetime():
            return value.astimezone(UTC).strftime(MOMENT)
        case date():
            return value.isoformat()
        case str():
            return GUARD + value if value.startswith((GUARD, *ACTIVE)) else str(value)
    return repr(value)


def _describe(dataset: Stage3Output, contents: dict[str, bytes]) -> dict[str, object]:
    documents = dataset.provenance.values()
    return {
        "profile": "tabular-data-package",
        "name": "mrt-tables",
        "title": "Stations and exits of Singapore's MRT and LRT",
        "description": _DESCRIPTION,
        "as_of": dataset.metadata.as_of.isoformat(),
        "licenses": [
            {"name": name, "path": url}
            for name, url in sorted({(document.licence, document.licence_url) for document in documents})
        ],
        "sources": [{"title": document.title, "path": document.url} for document in documents],
        "resources": [_describe_table(table, contents[f"{table.name}.csv"]) for table in TABLES],
    }


def _describe_table(table: Table, content: bytes) -> dict[str, object]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title,
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{sha256_of(content)}",
        "schema": {
            "fields": [_describe_column(column, is_key=column.name in table.key) for column in table.columns],
            "missingValues": [""],
            "primaryKey": list(table.key),
            "foreignKeys": [_describe_reference(column) for column in table.columns if column.refers_to],
        },
    }


def _describe_column(column: Column, *, is_key: bool) -> dict[str, object]:
    limits: dict[str, object] = {"required": True} if is_key else {}
    if column.values is not None:
        limits["enum"] = [value.value for value in column.values]
    form = {"format": MOMENT} if column.kind is Kind.MOMENT else {}
    return {
        "name": column.name,
        "type": column.kind.value,
        **form,
        **({"constraints": limits} if limits else {}),
    }


def _describe_reference(column: Column) -> dict[str, object]:
    [key] = next(table.key for table in TABLES if table.name == column.refers_to)
    return {"fields": [column.name], "reference": {"resource": column.refers_to, "fields": [key]}}


EXPORT = ExportSpec(
    name="csv",
    file_name="mrt_tables.zip",
    render=render_csv_tables,
    title="Tables for spreadsheets and databases, with their description (CSV, Frictionless)",
)
