"""Read the network's tables, which are beside this file.

``lines.csv``        one row per line, in the order that decides a station's first line
``stations.csv``     slug and name of every place
``codes.csv``        every code ever used, with its dates, successor and reference position
``documents.csv``    the documents that the dates come from, where known
``services.csv``     stopping patterns in travel order, and the destination on signs of a loop's trains
``known_exits.csv``  exits whose identity no rule can determine
``doubts.csv``       uncertain facts about exits (``doubts.py``)
``horizon.csv``      the last date for which they are known to be correct; update it after each review

Codes, names and positions: OneMap (Land Transport Authority and Urban Redevelopment Authority data,
Singapore Open Data Licence 1.0). Last looked at on 2026-11-23.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from mrt_pipeline.contracts.evidence import RecordedTable
from mrt_pipeline.contracts.rows import from_row
from mrt_pipeline.errors import InternalError
from mrt_pipeline.network.doubts import find_ineffective_doubts
from mrt_pipeline.network.entities import CodeEntry, DateSource, KnownExit, Line, Network, Service

RecordT = TypeVar("RecordT")

TABLES = (
    "lines.csv",
    "stations.csv",
    "codes.csv",
    "services.csv",
    "known_exits.csv",
    "doubts.csv",
    "documents.csv",
    "horizon.csv",
)


@lru_cache(maxsize=8)
def load_network(folder: Path = Path(__file__).parent) -> Network:
    """Return the network recorded in a folder of tables (default: the package's own).

    Raises:
        InternalError: if the tables contradict each other.
    """
    network = Network(
        lines=_records(Line, folder / "lines.csv"),
        names={row["slug"]: row["name"] for row in _rows(folder / "stations.csv")},
        codes=_records(CodeEntry, folder / "codes.csv"),
        services=tuple(_read_services(folder)),
        sha256=_sha256(folder),
        known_exits=_records(KnownExit, folder / "known_exits.csv"),
        documents={row["document"]: from_row(DateSource, row) for row in _rows(folder / "documents.csv")},
        tables=tuple(_tables(folder)),
        known_until=_read_horizon(folder),
    )
    doubts = find_ineffective_doubts(_rows(folder / "doubts.csv"), network.names)
    if faults := [*find_contradictions(network), *doubts]:
        raise InternalError(f"{folder}: " + "; ".join(faults))
    return network


def find_contradictions(network: Network) -> Iterator[str]:
    """Yield a sentence for each reference between the tables that leads nowhere."""
    lines = {line.line_code for line in network.lines}
    known = {entry.station_code for entry in network.codes}
    if len(known) != len(network.codes):
        yield "a station code occurs twice in codes.csv"
    for entry in network.codes:
        if entry.slug not in network.names:
            yield f"{entry.station_code} belongs to {entry.slug}, which is not in stations.csv"
        if entry.line_code not in lines:
            yield f"{entry.station_code} is on {entry.line_code}, which is not in lines.csv"
        if entry.renumbered_to and entry.renumbered_to not in known:
            yield f"{entry.station_code} became {entry.renumbered_to}, which is not in codes.csv"
        yield from _find_date_contradictions(network, entry)
    for service in network.services:
        for code in service.station_codes:
            if code not in known:
                yield f"{service.service_id} stops at {code}, which is not in codes.csv"
        yield from _find_loop_contradictions(network, service)
    yield from _find_exit_contradictions(network)


def _find_date_contradictions(network: Network, entry: CodeEntry) -> Iterator[str]:
    dates = (
        ("opened", entry.opened_date, entry.opened_document),
        ("closed", entry.closed_date, entry.closed_document),
    )
    for what, day, document in dates:
        if (day is None) != (document is None):
            yield f"{entry.station_code} needs {what}_date and {what}_document both or neither"
        if document is not None and document not in network.documents:
            yield f"{entry.station_code} {what} by {document}, which is not in documents.csv"


def _find_loop_contradictions(network: Network, service: Service) -> Iterator[str]:
    if service.returns_to is None:
        return
    entry = network.find_code(service.returns_to)
    if not service.is_loop:
        yield f"{service.service_id} returns to {service.returns_to}, but is not a loop"
    if entry is None or entry.line_code != service.line_code:
        yield f"{service.service_id} returns to {service.returns_to}, which is not on {service.line_code}"


def _find_exit_contradictions(network: Network) -> Iterator[str]:
    served = {(entry.slug, entry.line_code) for entry in network.codes}
    seen: set[str] = set()
    for known in network.known_exits:
        if (known.slug, known.line_code) not in served:
            yield f"{known.exit_id} is on {known.line_code}, which has no code at {known.slug} in codes.csv"
        if known.exit_id in seen:
            yield f"{known.exit_id} occurs twice in known_exits.csv"
        seen.add(known.exit_id)


def _read_services(folder: Path) -> Iterator[Service]:
    for row in _rows(folder / "services.csv"):
        yield Service(
            service_id=row["service_id"],
            line_code=row["line_code"],
            is_loop=row["shape"] == "loop",
            valid_from=_date(row["valid_from"]),
            valid_to=_date(row["valid_to"]),
            returns_to=row["returns_to"] or None,
            station_codes=tuple(row["station_codes"].split()),
        )


def _read_horizon(folder: Path) -> date:
    path = folder / "horizon.csv"
    days = [date.fromisoformat(row["known_until"]) for row in _rows(path)]
    if len(days) != 1:
        raise InternalError(f"{path} has {len(days)} rows; expected one.")
    return days[0]


def _records(record_type: type[RecordT], path: Path) -> tuple[RecordT, ...]:
    return tuple(from_row(record_type, row) for row in _rows(path))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _tables(folder: Path) -> Iterator[RecordedTable]:
    for name in TABLES:
        digest = hashlib.sha256((folder / name).read_bytes())
        yield RecordedTable(path=f"network/{name}", sha256=digest.hexdigest())


def _sha256(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in TABLES:
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()
