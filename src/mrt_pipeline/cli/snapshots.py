"""``mrt-pipeline snapshot refresh``: record the facts in the package anew.

The same code reads a payload here and in a live run, so that a run on the recorded tables gives what a live
run on the same answers gives. Nothing is written unless every given payload could be read without losing a
record.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mrt_pipeline.cli.findings import list_findings
from mrt_pipeline.cli.printing import note, say
from mrt_pipeline.config import Mode, PipelineConfig, Settings, find_config
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.findings import Severity, count_records
from mrt_pipeline.contracts.source import BusService, BusStop, ExitFeature, SourceTable, StationLocation
from mrt_pipeline.errors import SourceFormatError, UsageError
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.clock import singapore_date, utc_now
from mrt_pipeline.runtime.documents import Payload
from mrt_pipeline.runtime.files import read_bytes
from mrt_pipeline.runtime.recordings import RECORDED, save_recording
from mrt_pipeline.sources import datagov, datamall, onemap

if TYPE_CHECKING:
    from mrt_pipeline.runtime.source_access import SourceAccess

Files = Mapping[str, Path | Sequence[Path] | None]
"""``exits``, ``bus_stops`` and ``bus_services``: a file or none; ``onemap``: any number of files"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A table to be recorded, and the type of its records."""

    table: SourceTable[Any]
    record_type: type


def refresh(
    config: Path | None,
    files: Files,
    retrieved_at: datetime | None,
    output_dir: Path | None,
    *,
    shows_all: bool = False,
) -> None:
    """Record the documents whose files are given, or without any file all that the live services give.

    Args:
        config: the configuration; the addresses of the services and the expected number of exits are its.
        files: payload files by document.
        retrieved_at: the day on which the files were downloaded.
        output_dir: where to write the tables; default: the package's own.
        shows_all: whether every finding is shown, not only the first ones of each kind.

    Raises:
        SourceError: if a payload cannot be had or read, or one of its records; nothing is then written.
    """
    configuration = PipelineConfig(find_config(config))
    if any(files.values()):
        recorded = _from_files(files, _moment(retrieved_at), configuration.settings)
    else:
        recorded = _from_services(configuration)
    _report(recorded, shows_all=shows_all)
    for item in recorded:
        path = _save(item, output_dir or RECORDED)
        say(f"{path}: {counted(len(item.table.records), 'record')}.")


def _from_files(files: Files, retrieved_at: datetime, settings: Settings) -> list[Recorded]:
    def payloads(name: str) -> list[Payload]:
        given = files.get(name) or []
        paths = [given] if isinstance(given, Path) else given
        return [Payload(_read(path), retrieved_at) for path in paths]

    found = [Recorded(datagov.exits_table(payload, settings), ExitFeature) for payload in payloads("exits")]
    if searches := payloads("onemap"):
        found.append(Recorded(onemap.stations_table(*searches), StationLocation))
    found.extend(Recorded(datamall.bus_stops_table(payload), BusStop) for payload in payloads("bus_stops"))
    found.extend(
        Recorded(datamall.bus_services_table(payload), BusService) for payload in payloads("bus_services")
    )
    return found


def _from_services(configuration: PipelineConfig) -> list[Recorded]:
    """Ask every service whose secret is there; the documents of the others stay as they are."""
    from mrt_pipeline.runtime.context import cache_folder
    from mrt_pipeline.runtime.source_access import SourceAccess, missing_credentials

    settings, secrets = _live(configuration.settings), configuration.secrets()
    access = SourceAccess(settings, secrets=secrets, cache_dir=cache_folder(), now=utc_now, tell=note)
    found: list[Recorded] = []
    with contextlib.closing(access):
        for api, read in _SERVICES.items():
            if missing := missing_credentials(settings, secrets, [api]):
                say(f"Left as it is: {missing[0]}")
            else:
                found.extend(read(access))
    return found


def _read_exits(access: SourceAccess) -> Iterator[Recorded]:
    yield Recorded(datagov.read_exits(access, ttl_days=0), ExitFeature)


def _read_stations(access: SourceAccess) -> Iterator[Recorded]:
    """Look for every code in use or to come."""
    network, today = load_network(), singapore_date(access.now())
    wanted = [
        (entry.station_code, network.names[entry.slug])
        for entry in network.codes
        if entry.is_open(today) or entry.is_future(today)
    ]
    yield Recorded(onemap.read_stations(access, 0, wanted), StationLocation)


def _read_buses(access: SourceAccess) -> Iterator[Recorded]:
    yield Recorded(datamall.read_bus_stops(access, ttl_days=0), BusStop)
    yield Recorded(datamall.read_bus_services(access, ttl_days=0), BusService)


_SERVICES: dict[str, Callable[[SourceAccess], Iterator[Recorded]]] = {
    "datagov": _read_exits,
    "onemap": _read_stations,
    "datamall": _read_buses,
}


def _live(settings: Settings) -> Settings:
    """Return the settings with every service live."""
    apis = {name: section.model_copy(update={"mode": None}) for name, section in settings.apis}
    return settings.model_copy(update={"mode": Mode.LIVE, "apis": settings.apis.model_copy(update=apis)})


def _moment(retrieved_at: datetime | None) -> datetime:
    if retrieved_at is None:
        raise UsageError("--retrieved-at is not given; expected the day on which the files were downloaded.")
    return retrieved_at.replace(tzinfo=UTC)


def _read(path: Path) -> bytes:
    try:
        return read_bytes(path)
    except FileNotFoundError:
        raise UsageError(f"{path} is not there; give the path of a downloaded file.") from None


def _report(recorded: Sequence[Recorded], *, shows_all: bool) -> None:
    """Show every finding, and refuse to go on if a record was lost."""
    findings = [finding for item in recorded for finding in item.table.findings]
    by_type = {item.record_type: item.table.records for item in recorded}
    if BusStop in by_type and BusService in by_type:
        findings.extend(datamall.find_unknown_stops(by_type[BusService], by_type[BusStop]))
    say(*list_findings(findings, None if shows_all else "the same command with --all"))
    lost = [finding for finding in findings if finding.severity is Severity.ERROR]
    if lost:
        source = (lost[0].record_id or "").partition(":")[0]
        raise SourceFormatError(
            source,
            f"{counted(count_records(lost), 'record')} could not be read; expected all of them. Nothing was "
            "recorded; correct the files, or get them again.",
        )


def _save(item: Recorded, folder: Path) -> Path:
    columns = [field.name for field in fields(item.record_type)]
    rows = ({name: _cell(getattr(record, name)) for name in columns} for record in item.table.records)
    return save_recording(folder, item.table.provenance.document_id, columns, rows, item.table.provenance)


def _cell(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)
