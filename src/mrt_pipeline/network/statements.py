"""Authorities' statements about all stations: that each has a barrier-free route (``statements.csv``).

A statement covers the stations open on its date, and no single entrance; ``extraction.deduction`` draws the
conclusion for an exit. Last looked at on 2026-11-30.
"""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from mrt_pipeline.contracts.documents import OFFICIAL_STATEMENTS
from mrt_pipeline.contracts.evidence import Evidence, Method, Provenance, RecordedTable
from mrt_pipeline.network.entities import Network

TABLE = Path(__file__).with_name("statements.csv")
LAST_LOOKED_AT = datetime(2026, 11, 30, tzinfo=UTC)
_RECORD = "barrier-free"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that every station of some modes has a barrier-free route."""

    statement_id: str
    publisher: str
    stated_on: date
    modes: tuple[str, ...]
    """modes of the lines whose stations it covers: ``mrt``, ``lrt``"""
    title: str
    url: str

    def covers(self, station_code: str, network: Network) -> bool:
        """Return whether it covers the building of a code: it was open then, under any code."""
        entry = network.find_code(station_code)
        if entry is None:
            return False
        mode = next((line.mode for line in network.lines if line.line_code == entry.line_code), None)
        return mode in self.modes and any(day <= self.stated_on for day in network.opened_dates(station_code))

    def cite(self) -> Evidence:
        """Return evidence that cites it as a premise."""
        return self.provenance().cite(_RECORD, Method.DEDUCTION)

    def provenance(self) -> Provenance:
        """Return the provenance of the statement."""
        digest = _read_table()[1]
        return Provenance(
            document_id=self.statement_id,
            source_id=self.statement_id,
            title=self.title,
            publisher=self.publisher,
            url=self.url,
            content_date=self.stated_on,
            retrieved_at=LAST_LOOKED_AT,
            licence=OFFICIAL_STATEMENTS.licence_id,
            licence_url=OFFICIAL_STATEMENTS.url,
            attribution=OFFICIAL_STATEMENTS.attribution.format(
                dataset=self.title, source=self.publisher, date=self.stated_on, url=self.url
            ),
            sha256=digest,
            records=1,
            recorded_tables=(RecordedTable(path=f"network/{TABLE.name}", sha256=digest),),
        )


@cache
def load_statements() -> tuple[Statement, ...]:
    """Return the statements, earliest first."""
    return tuple(
        Statement(
            statement_id=row["statement"],
            publisher=row["publisher"],
            stated_on=date.fromisoformat(row["stated_on"]),
            modes=tuple(row["modes"].split()),
            title=row["title"],
            url=row["url"],
        )
        for row in csv.DictReader(io.StringIO(_read_table()[0], newline=""))
    )


def is_statement(document_id: str) -> bool:
    """Return whether a document is one of the statements."""
    return any(it.statement_id == document_id for it in load_statements())


@cache
def _read_table() -> tuple[str, str]:
    """Return the table's text and its sha256."""
    content = TABLE.read_bytes()
    return content.decode(), hashlib.sha256(content).hexdigest()
