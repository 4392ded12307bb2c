"""A comparison in words, for the console, an alert or a report: one headline, and sections of lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from mrt_pipeline.contracts.comparison import (
    Comparison,
    FindingChange,
    LineChange,
    StationPresence,
    ValueChange,
)
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.evidence import Evidence
from mrt_pipeline.contracts.findings import Severity

MAX_SHOWN = 20
"""lines per section in text; the records have them all"""

SAME = "No differences: same stations, exits, values and findings."


@dataclass(frozen=True, slots=True)
class Section:
    """A title and what stands below it."""

    title: str
    lines: tuple[str, ...]


def headline(comparison: Comparison) -> str:
    """Return what changed in one sentence of numbers."""
    changes = (
        (len(comparison.stations_opened), "{} opened", "station"),
        (len(comparison.stations_closed), "{} closed", "station"),
        (len(comparison.stations_renamed), "{} renamed", "station"),
        (len(comparison.renumberings), "{} renumbered", "code"),
        (len(comparison.codes_added), "{} added", "code"),
        (len(comparison.codes_removed), "{} removed", "code"),
        (len(comparison.exits_added), "{} added", "exit"),
        (len(comparison.exits_removed), "{} removed", "exit"),
        (len(comparison.exits_moved), "{} moved", "exit"),
        (len(comparison.exits_relabelled), "{} relabelled", "exit"),
        (len(comparison.stations_moved), "{} moved", "station position"),
        (sum(not item.is_same_way for item in comparison.lines_changed), "services of {} changed", "line"),
        (sum(item.is_same_way for item in comparison.lines_changed), "destinations of {} changed", "line"),
        (len(comparison.values_changed), "{} changed", "value"),
        (len(comparison.future_added) + len(comparison.future_removed), "{} changed", "future station"),
    )
    parts = [words.format(counted(number, noun)) for number, words, noun in changes if number]
    if parts:
        return ", ".join(parts) + "."
    return (
        SAME
        if comparison.is_same
        else f"{counted(len(comparison.findings), 'finding')} changed; nothing else did."
    )


def describe(comparison: Comparison, most: int = MAX_SHOWN) -> Iterator[Section]:
    """Yield every kind of change that there is, the most important first.

    Args:
        comparison: what changed.
        most: lines of a section; the last one tells how many more there are.
    """
    found = comparison
    for title, lines in (
        ("Stations opened", [_presence(item) for item in found.stations_opened]),
        ("Stations closed", [_presence(item) for item in found.stations_closed]),
        ("Stations renamed", [f"{item.old_name} → {item.new_name}" for item in found.stations_renamed]),
        (
            "Renumbered",
            [
                f"{item.old_code} → {item.new_code}  {item.name}{_exits_of(item.slug, item.exits)}"
                for item in found.renumberings
            ],
        ),
        ("Codes added", [f"{item.station_code}  {item.name}" for item in found.codes_added]),
        ("Codes removed", [f"{item.station_code}  {item.name}" for item in found.codes_removed]),
        ("Exits added", [f"{item.exit_id} ({item.station_code})" for item in found.exits_added]),
        ("Exits removed", [f"{item.exit_id} ({item.station_code})" for item in found.exits_removed]),
        ("Exits moved", [f"{item.exit_id} by {item.moved_m:.1f} m" for item in found.exits_moved]),
        (
            "Exits relabelled",
            [
                f"{item.old_exit_id} ({item.old_station_code}) → {item.new_exit_id} "
                f"({item.new_station_code}), {item.moved_m:.1f} m away"
                for item in found.exits_relabelled
            ],
        ),
        (
            "Station positions moved",
            [f"{item.name} by {item.moved_m:.1f} m" for item in found.stations_moved],
        ),
        ("Lines", [_line(item) for item in found.lines_changed]),
        ("Values changed", list(_values(found.values_changed))),
        ("Future stations added", [f"{', '.join(item.codes)}  {item.name}" for item in found.future_added]),
        (
            "Future stations removed",
            [f"{', '.join(item.codes)}  {item.name}" for item in found.future_removed],
        ),
        ("Coverage", list(_coverage(found))),
        ("Findings", list(_findings(found.findings))),
        ("Documents re-read", [item.document_id for item in found.documents]),
    ):
        if lines:
            yield Section(title, tuple(_shorten(lines, most)))


def show_value(value: Any) -> str:
    """Return a value as a person reads it."""
    if value is None:
        return "nothing"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, list | tuple):
        return ", ".join(map(show_value, value)) or "none"
    if isinstance(value, dict):
        return "; ".join(
            f"{name} {show_value(item)}" for name, item in value.items() if name not in ("lat", "lng")
        )
    return str(value)


def cite(evidence: Evidence) -> str:
    """Return a reason in short: where it stands, and how it was read."""
    said = f"“{evidence.quote}”" if evidence.quote else f"record {evidence.record_id}"
    return f"{evidence.document_id}: {said} ({evidence.method.value}, {evidence.licence})"


def _presence(item: StationPresence) -> str:
    return f"{', '.join(item.codes)}  {item.name}{_exits_of(item.slug, item.exits)}"


def _exits_of(slug: str, exit_ids: Sequence[str]) -> str:
    """Return the exits of one station without repeating its slug."""
    if not exit_ids:
        return ""
    word = "exit" if len(exit_ids) == 1 else "exits"
    return f": {word} {', '.join(exit_id.removeprefix(f'{slug}-') for exit_id in exit_ids)}"


def _line(item: LineChange) -> str:
    """Return what happened to a line, e.g. ``CCL: services changed (ring opened) at 29 stations: …``."""
    if not item.old_services and not item.slugs:
        return f"{item.line_code}: opened; {', '.join(item.new_services)}"
    if item.is_same_way:
        return describe_same_way(item, counted(len(item.slugs), "station"))
    what = "services changed (ring opened)" if item.is_ring_opened else "services changed"
    before, after = (", ".join(services) for services in (item.old_services, item.new_services))
    how = f": {before or 'nothing'} → {after or 'nothing'}" if before or after else ""
    return f"{item.line_code}: {what} at {counted(len(item.slugs), 'station')}{how}"


def describe_same_way(item: LineChange, where: str) -> str:
    """Return that only the destination on signs differs, e.g. ``SKL: destination changed at …``."""
    return f"{item.line_code}: destination (towards_code) changed at {where}; train services are unchanged"


def _values(changes: Iterable[ValueChange]) -> Iterator[str]:
    """Yield each change once with all exits that it concerns, and the reasons for both sides."""
    grouped: dict[str, list[ValueChange]] = {}
    for change in changes:
        content = change.model_dump_json(exclude={"exit_id", "slug"})
        grouped.setdefault(content, []).append(change)
    for same in grouped.values():
        first = same[0]
        whose = ", ".join(dict.fromkeys(change.exit_id or change.slug for change in same))
        what = " ".join(part for part in (first.field, first.item, first.attribute) if part)
        reasons = "".join(_reasons(first))
        yield f"{whose}: {what}: {show_value(first.old)} → {show_value(first.new)}{reasons}"


def _reasons(change: ValueChange) -> Iterator[str]:
    old, new = ("; ".join(map(cite, evidence)) for evidence in (change.old_evidence, change.new_evidence))
    if old == new:
        yield f"\n  by {new}"
        return
    for word, reasons in (("was", old), ("is", new)):
        if reasons:
            yield f"\n  {word} by {reasons}"


def _coverage(comparison: Comparison) -> Iterator[str]:
    """Yield the fields whose share differs by as much as can be shown."""
    for item in comparison.coverage:
        before, after = (f"{side.share:.1%}" for side in (item.old, item.new))
        if before != after:
            yield (
                f"{item.field}: {before} → {after} of exits "
                f"({item.old.filled} of {item.old.total} → {item.new.filled} of {item.new.total})"
            )


def _findings(changes: Sequence[FindingChange]) -> Iterator[str]:
    """Yield the findings that a person should look at, and how many others there are."""
    others = 0
    for change in changes:
        present = change.new or change.old
        if present is None or present.severity is Severity.INFO:
            others += 1
            continue
        word = "gone" if change.new is None else "new" if change.old is None else "now"
        yield f"{word} {present.severity.value} {present.check}: {present.message}"
    if others:
        yield f"{others} of severity info are new, resolved or reworded"


def _shorten(lines: Sequence[str], most: int) -> Iterator[str]:
    yield from lines[:most]
    if len(lines) > most:
        yield f"and {len(lines) - most} more"
