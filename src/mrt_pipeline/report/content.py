"""Everything that the page shows, as plain data; read by ``assets/model.js``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from mrt_pipeline.compare.wording import headline
from mrt_pipeline.contracts.comparison import Comparison
from mrt_pipeline.contracts.fields import FIELDS, measure_coverage
from mrt_pipeline.contracts.findings import Finding, count_by_severity
from mrt_pipeline.contracts.names import FINAL_STAGE
from mrt_pipeline.contracts.network import Station, StationCode, count_stations
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import Manifest, RunStatus, StageStatus
from mrt_pipeline.network import Network
from mrt_pipeline.report.changes import list_changes
from mrt_pipeline.report.checklist import make_checklist
from mrt_pipeline.report.compact_rows import Condenser, describe_parts, locate
from mrt_pipeline.report.selection import select
from mrt_pipeline.report.texts import show, show_message
from mrt_pipeline.report.tracks import Track, find_tracks


def make_content(
    dataset: Stage3Output, manifest: Manifest, comparison: Comparison | None, network: Network
) -> dict[str, Any]:
    """Return the page's content for a run, its dataset, and the changes since an earlier one."""
    shown = select(dataset, comparison)
    places = locate(_located((*shown.stations, *dataset.future_stations)))
    condenser = Condenser(shown.documents, places)
    numbers = {station.slug: number for number, station in enumerate(shown.stations)}
    as_of = dataset.metadata.as_of
    former = _former_codes(network, as_of)
    here = {number: condenser.place(station) for number, station in enumerate(shown.stations)}
    return {
        "run": _run(dataset, manifest),
        "counts": _counts(dataset),
        "lines": _lines(dataset, network),
        "stations": [
            _station(station, condenser, former.get(station.slug, [])) for station in shown.stations
        ],
        "future": [_future(station, condenser) for station in dataset.future_stations],
        "tracks": [_track(track) for track in find_tracks(shown.stations, here, network, as_of)],
        "coverage": _coverage(dataset, network),
        "findings": list(_findings(shown.findings, comparison, numbers)),
        "left_out": {
            "stations": len(dataset.stations) - len(shown.stations),
            "findings": len(dataset.findings) - len(shown.findings),
        },
        "changes": _changes(comparison, numbers),
        "checklist": make_checklist(dataset, manifest, comparison, numbers),
        "stops": condenser.bus_stops.rows,
        "platforms": condenser.platforms.rows,
        "parts": describe_parts(),
        "reasons": condenser.reasons.rows,
        "whys": condenser.reason_sets.rows,
        "documents": condenser.documents.rows,
    }


def _located(stations: Iterable[Station]) -> Iterator[Any]:
    for station in stations:
        yield station
        for found in station.exits:
            yield found
            yield from found.bus_stops


def _run(dataset: Stage3Output, manifest: Manifest) -> dict[str, Any]:
    usage = manifest.usage
    return {
        "id": show(manifest.run_id),
        "dataset": _sha256_of_dataset(manifest),
        "pipeline": show(dataset.metadata.pipeline_name),
        "description": show(dataset.metadata.description),
        "as_of": dataset.metadata.as_of.isoformat(),
        "made": dataset.metadata.generated_at.isoformat(timespec="seconds"),
        "status": _status(manifest),
        "mode": show(manifest.mode),
        "software": show(manifest.software_version),
        "code": show(manifest.code_version),
        "config": show(manifest.config_path),
        "attempts": [
            [attempt.number, attempt.started_at.isoformat(timespec="seconds"), show(attempt.command)]
            for attempt in manifest.attempts
        ],
        "stages": [
            {
                "name": name,
                "status": record.status.value,
                "seconds": round(record.seconds, 2),
                "reused": record.reused,
                "attempt": record.attempt,
                "reason": show_message(record.reason),
            }
            for name, record in manifest.stages.items()
        ],
        "passed_over": [[show(source), show_message(why)] for source, why in manifest.passed_over.items()],
        "rejected": [[show(why), number] for why, number in manifest.rejected_claims.items()],
        "model": [
            usage.calls,
            usage.cached_calls,
            usage.prompt_tokens,
            usage.completion_tokens,
            usage.cost_usd,
        ],
    }


def _sha256_of_dataset(manifest: Manifest) -> str | None:
    """Return the checksum that identifies the dataset in a ticked checklist."""
    final = manifest.stages.get(FINAL_STAGE)
    return final.checkpoint.sha256 if final is not None and final.checkpoint is not None else None


def _status(manifest: Manifest) -> str:
    """Return the status of the run once this page is written, since the run ends after that."""
    final = manifest.stages.get(FINAL_STAGE)
    is_whole = final is not None and final.status is StageStatus.COMPLETED
    if manifest.status is RunStatus.RUNNING and is_whole:
        return RunStatus.COMPLETED.value
    return manifest.status.value


def _counts(dataset: Stage3Output) -> dict[str, int]:
    return {
        **count_stations(dataset.stations),
        "stops": sum(len(found.bus_stops) for station in dataset.stations for found in station.exits),
        "future": len(dataset.future_stations),
        **count_by_severity(dataset.findings),
    }


def _lines(dataset: Stage3Output, network: Network) -> list[dict[str, Any]]:
    """Return the lines in use, those in operation first."""
    known = {line.line_code: line for line in network.lines}
    used: dict[str, bool] = {}
    for stations, is_open in ((dataset.stations, True), (dataset.future_stations, False)):
        for line_code in (line for station in stations for line in station.lines):
            used.setdefault(line_code, is_open)
    order = sorted(used, key=lambda code: (not used[code], network.line_order.get(code, len(known)), code))
    return [
        {
            "code": show(code),
            "name": known[code].name if code in known else show(code),
            "mode": known[code].mode if code in known else "mrt",
            "colour": known[code].colour if code in known else "#666666",
            "open": used[code],
        }
        for code in order
    ]


def _station(station: Station, condenser: Condenser, former: list[Any]) -> dict[str, Any]:
    return {
        **_future(station, condenser),
        "id": show(station.station_id),
        "wiki": show(station.wiki_title),
        "lat": station.lat,
        "lng": station.lng,
        "why": condenser.why(station),
        **({"names": condenser.names(station.names)} if station.names else {}),
        "former": former,
        "exits": condenser.exits(station),
        "trains": condenser.trains(station),
    }


def _future(station: Station, condenser: Condenser) -> dict[str, Any]:
    return {
        "slug": show(station.slug),
        "name": show(station.name),
        "type": station.station_type.value,
        "codes": [_code(code, condenser) for code in station.codes],
        "at": condenser.place(station),
    }


def _code(code: StationCode, condenser: Condenser) -> list[Any]:
    opened = code.opened_date.isoformat() if code.opened_date else None
    return [show(code.station_code), show(code.line_code), opened, condenser.why(code)]


def _former_codes(network: Network, as_of: date) -> dict[str, list[list[str | None]]]:
    """Return each place's former codes by slug: code, first day without it, its successor."""
    former: dict[str, list[list[str | None]]] = {}
    for entry in network.codes:
        if entry.closed_date is not None and entry.closed_date <= as_of:
            row = [entry.station_code, entry.closed_date.isoformat(), entry.renumbered_to]
            former.setdefault(entry.slug, []).append(row)
    return former


def _track(track: Track) -> dict[str, Any]:
    points = [
        [station, *(shift if shift != (0, 0) else ())]
        for station, shift in zip(track.stations, track.shifts, strict=True)
    ]
    return {"line": track.line_code, "loop": track.is_loop, "points": points}


def _coverage(dataset: Stage3Output, network: Network) -> dict[str, Any]:
    """Return how many exits have each field and how many do not, in total and by the buildings' line."""
    measured = measure_coverage(dataset.stations)
    unknown = [[FIELDS[name].title, it.unknown, it.total, it.is_thin] for name, it in measured.items()]
    rows: list[list[Any]] = [[None, *([value.filled, value.total] for value in measured.values())]]
    used = {line for station in dataset.stations for line in station.lines}
    for line_code in sorted(used, key=lambda code: (network.line_order.get(code, len(used)), code)):
        of_line = measure_coverage(_exits_of(dataset.stations, line_code))
        rows.append([show(line_code), *([value.filled, value.total] for value in of_line.values())])
    return {"fields": [FIELDS[name].title for name in measured], "rows": rows, "unknown": unknown}


def _exits_of(stations: Iterable[Station], line_code: str) -> Iterator[Station]:
    """Yield the stations of a line with only the exits of its buildings."""
    for station in stations:
        if line_code in station.lines:
            own = tuple(found for found in station.exits if found.line_code == line_code)
            yield station.model_copy(update={"exits": own})


def _findings(
    findings: Iterable[Finding], comparison: Comparison | None, numbers: dict[str, int]
) -> Iterator[dict[str, Any]]:
    """Yield the findings; those that an earlier run did not have are marked as new."""
    changed = comparison.findings if comparison else ()
    new = {change.new.model_dump_json() for change in changed if change.new and not change.old}
    for finding in findings:
        row: dict[str, Any] = {
            "check": show(finding.check),
            "severity": finding.severity.value,
            "message": show_message(finding.message),
            "station": numbers.get(finding.slug or ""),
            "exit": show(finding.exit_id) if finding.exit_id else None,
            "record": show(finding.record_id) if finding.record_id else None,
            "new": bool(new) and finding.model_dump_json() in new,
        }
        yield {name: value for name, value in row.items() if value is not None and value is not False}


def _changes(comparison: Comparison | None, numbers: dict[str, int]) -> dict[str, Any] | None:
    if comparison is None:
        return None
    old = comparison.old
    return {
        "headline": headline(comparison),
        "as_of": old.as_of.isoformat(),
        "made": old.generated_at.isoformat(timespec="seconds"),
        "stations": old.stations,
        "exits": old.exits,
        "groups": list_changes(comparison, numbers),
    }
