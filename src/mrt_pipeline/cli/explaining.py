"""``mrt-pipeline explain``: why a value is published, with everything it is based on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from mrt_pipeline.cli.outputs import load_named
from mrt_pipeline.cli.printing import align, say, say_json, section, warn
from mrt_pipeline.compare.wording import show_value
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.explanation import ExplainedValue, Explanation, Reason
from mrt_pipeline.contracts.fields import PARTS
from mrt_pipeline.contracts.names import LATEST, REJECTED_NAME
from mrt_pipeline.explain.coverage_page import coverage_object, render_coverage, render_readme
from mrt_pipeline.explain.explanation import RunFacts, explain
from mrt_pipeline.explain.stations import get_station
from mrt_pipeline.history.altered_files import describe_altered
from mrt_pipeline.history.datasets import LoadedDataset
from mrt_pipeline.history.details import read_rejected
from mrt_pipeline.runtime.files import to_json
from mrt_pipeline.runtime.integrity import check_file, recorded_files


def show_explanation(
    station: str,
    exit_label: str | None,
    field: str | None,
    run: str | None,
    config: Path | None,
    *,
    as_json: bool,
    show_all: bool = False,
) -> None:
    """Print why a station, an exit or a field is published as it is in a run (default: the latest).

    A whole station is summarised, unless everything is requested.
    """
    loaded = load_named(LATEST if run is None else run, config)
    found = explain(
        loaded.dataset,
        get_station(loaded.dataset, station),
        exit_label=exit_label,
        field_name=field,
        facts=_facts_of(loaded),
    )
    if as_json:
        say_json(found.model_dump_json(indent=1).encode())
    else:
        is_short = exit_label is None and field is None and not show_all
        say(*_describe(found, loaded.name, is_short=is_short))


def _facts_of(loaded: LoadedDataset) -> RunFacts:
    if loaded.run is None:
        return RunFacts()
    manifest = loaded.run.manifest
    if REJECTED_NAME in recorded_files(manifest):
        altered = check_file(loaded.run.folder, manifest, REJECTED_NAME)
        if altered is not None:
            warn(f"{describe_altered(altered)}.")
    model = manifest.config.get("apis", {}).get("openrouter", {}).get("model")
    return RunFacts(read_rejected(loaded.run.folder), manifest.passed_over, model)


def _describe(found: Explanation, run: str, *, is_short: bool) -> Iterator[str]:
    yield f"{found.name} ({found.station_id}, {found.slug}) as of {found.as_of}, run {run}"
    if is_short:
        yield from summarise(found)
        yield from _section("Findings", _findings(found))
        if number := len(found.rejected):
            yield from ("", f"{counted(number, 'claim')} not published")
        yield ""
        has_exits = any(value.exit_id is not None for value in found.values)
        of_exit = "--exit LABEL for one exit, " if has_exits else ""
        yield f"For the evidence behind each value, add {of_exit}--field FIELD for one field, or --all."
        return
    documents = _number_documents(found.values)
    for exit_id, values in groupby(found.values, key=lambda value: value.exit_id):
        yield ""
        yield "Station" if exit_id is None else f"Exit {exit_id}"
        yield from _values(values, documents)
    yield from _section("Unknown", (f"{item.exit_id}: {item.field}: {item.why}" for item in found.silent))
    yield from _section("Findings", _findings(found))
    yield from _section(
        "Claimed and not published",
        (
            f"{item.source}: {item.field} {item.value!r}"
            f"{f' of exit {item.exit_label}' if item.exit_label else ''}: {item.reason}"
            for item in found.rejected
        ),
    )
    yield from _section("Documents", _documents(found.values, documents))


def _findings(found: Explanation) -> Iterator[str]:
    return (f"{item.severity.value} {item.check}: {item.message}" for item in found.findings)


def _values(values: Iterable[ExplainedValue], documents: dict[str, int]) -> Iterator[str]:
    """Yield each record under its name, grouping its values that have the same reasons."""
    for name, of_record in groupby(values, key=_name):
        grouped: dict[tuple[str | None, tuple[Reason, ...]], list[ExplainedValue]] = {}
        for value in of_record:
            grouped.setdefault((value.rule, value.reasons), []).append(value)
        is_alone = name is None
        if name is not None:
            yield f"  {name}"
        for (rule, reasons), same in grouped.items():
            yield "  " * (1 if is_alone else 2) + "; ".join(
                f"{it.attribute or it.field} {show_value(it.value)}" for it in same
            )
            yield from (f"        {line}" for line in ([rule] if rule else []))
            yield from (f"        {_reason(reason, documents)}" for reason in reasons)


def _name(value: ExplainedValue) -> str | None:
    """Return the name of the record that a value is part of; None for the station's or exit's own values."""
    if value.attribute is None:
        return None
    return value.field if value.item is None else f"{value.field} {value.item}"


def _reason(reason: Reason, documents: dict[str, int]) -> str:
    number = documents[reason.document_id]
    if reason.quote is None:
        source = f", from {reason.stated_in}" if reason.stated_in else ""
        return f"[{number}] record {reason.record_id}: {reason.how}{source}"
    where = "" if reason.char_start is None else f", characters {reason.char_start} to {reason.char_end}"
    alignment = f", {reason.alignment.value}" if reason.alignment else ""
    return f"[{number}] “{reason.quote}”{where}{alignment}, {reason.how}"


def _number_documents(values: Iterable[ExplainedValue]) -> dict[str, int]:
    cited = dict.fromkeys(reason.document_id for value in values for reason in value.reasons)
    return {document_id: number for number, document_id in enumerate(cited, 1)}


def _documents(values: Iterable[ExplainedValue], documents: dict[str, int]) -> Iterator[str]:
    reasons = {reason.document_id: reason for value in values for reason in value.reasons}
    for document_id, number in documents.items():
        reason = reasons[document_id]
        revision = f", revision {reason.revision}" if reason.revision else ""
        yield (
            f"[{number}] {document_id}: “{reason.title}”, {reason.publisher}{revision}, "
            f"read {reason.retrieved_at:%Y-%m-%d %H:%M} UTC, {reason.licence}, {reason.url}"
        )
        for table in reason.recorded_tables:
            yield f"    {table.path} in this package, sha256 {table.sha256}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    if shown := list(section(title, lines)):
        yield from ("", *shown)


_PLACE = ("exit_id", "exit_code", "station_code", "line_code", "lat", "lng")
"""an exit's own fields, which its heading shows"""
_PARTS = {name: rank for rank, name in enumerate(PARTS)}


def summarise(found: Explanation) -> Iterator[str]:
    """Yield the values of a station and its exits, one field per line, with their documents."""
    silent: dict[str | None, list[str]] = {}
    for item in found.silent:
        silent.setdefault(item.exit_id, []).append(item.field)
    for exit_id, of_exit in groupby(found.values, key=lambda value: value.exit_id):
        values = list(of_exit)
        yield ""
        yield "Station" if exit_id is None else _heading(exit_id, values)
        rows = list(_rows(values, is_exit=exit_id is not None))
        rows.extend((field, "unknown", "") for field in silent.get(exit_id, ()))
        rows.sort(key=lambda row: _PARTS.get(row[0], -1))
        yield from (f"  {line}" for line in align(rows))


def _heading(exit_id: str, values: Iterable[ExplainedValue]) -> str:
    own = {value.field: show_value(value.value) for value in values if value.field in _PLACE}
    return f"Exit {exit_id}, {own['station_code']}, {own['lat']}, {own['lng']}"


def _rows(values: Iterable[ExplainedValue], *, is_exit: bool) -> Iterator[tuple[str, str, str]]:
    """Yield each field with its abbreviated values and their documents."""
    for field, of_field in groupby(values, key=lambda value: value.field):
        if is_exit and field in _PLACE:
            continue
        same = list(of_field)
        documents = dict.fromkeys(reason.document_id for value in same for reason in value.reasons)
        yield field, _short(same), f"[{', '.join(documents)}]"


def _short(values: list[ExplainedValue]) -> str:
    if values[0].attribute is None:
        return show_value(values[0].value)
    named = dict.fromkeys(value.item for value in values)
    if values[0].field == "trains":
        return f"first and last trains, {counted(len(named), 'row')}"
    if None in named:
        return "; ".join(f"{value.attribute} {show_value(value.value)}" for value in values)
    return "; ".join(str(item) for item in named)


def show_coverage(run: str, config: Path | None, *, is_short: bool, as_json: bool) -> None:
    """Print the figures of a dataset.

    Args:
        run: name or path of a run, ``latest``, or path of a dataset's file.
        config: configuration with the folder of runs.
        is_short: whether to print only the figures that the README shows.
        as_json: whether to print one JSON object instead of Markdown.
    """
    loaded = load_named(run, config)
    if as_json:
        say_json(to_json(coverage_object(loaded.dataset, is_short=is_short)))
        return
    page = render_readme(loaded.dataset) if is_short else render_coverage(loaded.dataset)
    say(*page.splitlines())
