"""A comparison in words, for the console, an alert or a report: one headline, and sections of lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from mrt_pipeline.contracts.comparison import (
    Comparison,
    ExitRelabelling,
    FindingChange,
    FutureStation,
    LineChange,
    Renumbering,
    StationPresence,
    ValueChange,
)
from mrt_pipeline.contracts.counting import counted, verb_of
from mrt_pipeline.contracts.evidence import METHODS_IN_WORDS, Evidence, Method
from mrt_pipeline.contracts.fields import PARTS
from mrt_pipeline.contracts.findings import Severity

MAX_SHOWN = 20
"""lines per section in text; the records have all"""

SAME = "No differences: same stations, exits, values and findings."


@dataclass(frozen=True, slots=True)
class Section:
    """A title and the lines below it."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of change to stations, codes or exits: its field in a comparison, and its wording."""

    field: str
    """field of ``Comparison``"""
    noun: str
    """what changed, in the singular"""
    word: str
    """what happened to it"""
    mark: str
    """mark on the report's map"""
    line: Callable[[Any], str]
    """returns the wording of one change"""
    advice: str = ""
    """what to do about it, if it needs confirmation"""

    back: str = ""
    """the word if the second dataset is for an earlier date, where ``word`` would be wrong"""

    def title_in(self, comparison: Comparison) -> str:
        """Return the title for several: ``Exits moved``."""
        return f"{self.noun.capitalize()}s {self._word_in(comparison)}"

    def count_in(self, comparison: Comparison, number: int) -> str:
        """Return the number of changes in words: ``2 exits moved``."""
        return f"{counted(number, self.noun)} {self._word_in(comparison)}"

    def _word_in(self, comparison: Comparison) -> str:
        goes_back = comparison.new.as_of < comparison.old.as_of
        return self.back if goes_back and self.back else self.word


_CODE, _EXIT = "{0.station_code}  {0.name}".format, "{0.exit_id} ({0.station_code})".format
_RENAMED = "{0.old_name} → {0.new_name}".format
_MOVED, _EXIT_MOVED = "{0.name} by {0.moved_m:.1f} m".format, "{0.exit_id} by {0.moved_m:.1f} m".format


def _presence(item: StationPresence) -> str:
    return f"{', '.join(item.codes)}  {item.name}{_exits_of(item.slug, item.exits)}"


def _future(item: FutureStation) -> str:
    return f"{', '.join(item.codes)}  {item.name}"


def _replaced(item: Renumbering) -> str:
    return f"{item.old_code} → {item.new_code}  {item.name}{_exits_of(item.slug, item.exits)}"


def _relabelled(item: ExitRelabelling) -> str:
    old = f"{item.old_exit_id} ({item.old_station_code})"
    new = f"{item.new_exit_id} ({item.new_station_code})"
    return f"{old} → {new}, {item.moved_m:.1f} m away"


_ANNOUNCED = "check against the announcement"
_BOARDING = "confirm that passengers can no longer board"
_CALLS, _CALLS_NOT = "confirm that trains of the line call there", "confirm that trains no longer call there"
_NEW_EXIT = "check on a map that none was already there under another label"
_LOST_EXIT = "confirm that none is still in use; a missing exit misleads people"
_MOVED_EXIT = "check on a map whether another exit is meant"
_MOVED_STATION = "check on a map where they are now"
KINDS = (
    Kind("stations_opened", "station", "opened", "opened", _presence, _ANNOUNCED, "not yet closed"),
    Kind("stations_closed", "station", "closed", "closed", _presence, _BOARDING, "not yet open"),
    Kind("stations_renamed", "station", "renamed", "renamed", _RENAMED, "confirm the name"),
    Kind("renumberings", "code", "renumbered", "renumbered", _replaced, _ANNOUNCED),
    Kind("codes_added", "code", "added", "code", _CODE, _CALLS),
    Kind("codes_removed", "code", "removed", "code", _CODE, _CALLS_NOT),
    Kind("exits_added", "exit", "added", "exit", _EXIT, _NEW_EXIT),
    Kind("exits_removed", "exit", "removed", "exit", _EXIT, _LOST_EXIT),
    Kind("exits_moved", "exit", "moved", "exit", _EXIT_MOVED, _MOVED_EXIT),
    Kind("exits_relabelled", "exit", "relabelled", "exit", _relabelled, "check against the signs"),
    Kind("stations_moved", "station position", "moved", "moved", _MOVED, _MOVED_STATION),
    Kind("future_added", "future station", "added", "future", _future),
    Kind("future_removed", "future station", "removed", "future", _future),
)
"""most important first"""


def headline(comparison: Comparison) -> str:
    """Return the numbers of changes in one sentence."""
    *kinds, added, removed = ((kind, len(getattr(comparison, kind.field))) for kind in KINDS)
    lines = comparison.lines_changed
    same_way = sum(item.is_same_way for item in lines)
    changes = (
        *((number, kind.count_in(comparison, number)) for kind, number in kinds),
        (len(lines) - same_way, f"services of {counted(len(lines) - same_way, 'line')} changed"),
        (same_way, f"destinations of {counted(same_way, 'line')} changed"),
        (len(comparison.values_changed), f"{counted(len(comparison.values_changed), 'value')} changed"),
        (added[1] + removed[1], f"{counted(added[1] + removed[1], 'future station')} changed"),
    )
    if parts := [text for number, text in changes if number]:
        return ", ".join(parts) + "."
    if comparison.is_same:
        return SAME
    return f"{counted(len(comparison.findings), 'finding')} changed; nothing else did."


def describe(comparison: Comparison, most: int = MAX_SHOWN) -> Iterator[Section]:
    """Yield every kind of change that occurred, most important first.

    Args:
        comparison: the comparison.
        most: maximum number of lines per section; the last one gives the number of the others.
    """
    *kinds, added, removed = (
        (kind.title_in(comparison), list(map(kind.line, getattr(comparison, kind.field)))) for kind in KINDS
    )
    for title, lines in (
        *kinds,
        ("Lines", list(map(_line, comparison.lines_changed))),
        ("Values changed", list(_values(comparison.values_changed))),
        *(added, removed),
        ("Coverage", list(describe_coverage(comparison))),
        ("Findings", list(_findings(comparison.findings))),
        ("Documents re-read", [item.document_id for item in comparison.documents]),
    ):
        if lines:
            yield Section(title, tuple(_shorten(lines, most)))


def show_value(value: Any) -> str:
    """Return a value as people read it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
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
    """Return a reason in short: its place, licence, and method if it is not just a record."""
    said = f"“{evidence.quote}”" if evidence.quote else f"record {evidence.record_id}"
    how = "" if evidence.method is Method.RECORD else f"{METHODS_IN_WORDS[evidence.method]}, "
    return f"{evidence.document_id}: {said} ({how}{evidence.licence})"


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
    how = f": {before or 'none'} → {after or 'none'}" if before or after else ""
    return f"{item.line_code}: {what} at {counted(len(item.slugs), 'station')}{how}"


def describe_same_way(item: LineChange, where: str) -> str:
    """Return that only the destination on signs differs, e.g. ``SKL: destination changed at …``."""
    return f"{item.line_code}: destination (towards_code) changed at {where}; train services are unchanged"


def _values(changes: Iterable[ValueChange]) -> Iterator[str]:
    """Yield each change once with all exits concerned, and the reasons on both sides."""
    for same in group_alike(changes, {"exit_id", "slug"}):
        yield f"{describe_value(same)}{''.join(_reasons(same[0]))}"


def group_alike(changes: Iterable[ValueChange], but_for: set[str]) -> Iterable[list[ValueChange]]:
    """Return the changes grouped by all their fields except the given ones."""
    grouped: dict[str, list[ValueChange]] = {}
    for change in changes:
        grouped.setdefault(change.model_dump_json(exclude=but_for), []).append(change)
    return grouped.values()


def describe_value(same: Sequence[ValueChange], show: Callable[[str], str] = str) -> str:
    """Return a change that several exits share, without the reasons; ``show`` formats values."""
    first = same[0]
    whose = ", ".join(dict.fromkeys(change.exit_id or change.slug for change in same))
    what = first.field
    if first.item is not None:
        record = f"{_noun_of(first.field)} {first.item}"
        what = ", ".join(part for part in (record, first.attribute) if part)
    elif first.attribute is not None:
        what = f"{first.field}.{first.attribute}"
    return f"{whose}, {what}: {show(show_value(first.old))} → {show(show_value(first.new))}"


def _noun_of(field: str) -> str:
    """Return what one record of a field is called."""
    return PARTS[field].claimed_as if field in PARTS else field


def _reasons(change: ValueChange) -> Iterator[str]:
    old, new = ("; ".join(map(cite, evidence)) for evidence in (change.old_evidence, change.new_evidence))
    if old == new:
        yield f"\n  source: {new}"
        return
    for side, reasons in (("old", old), ("new", new)):
        if reasons:
            yield f"\n  {side} source: {reasons}"


def describe_coverage(comparison: Comparison) -> Iterator[str]:
    """Yield the fields whose coverage differs visibly."""
    for item in comparison.coverage:
        before, after = (f"{side.share:.1%}" for side in (item.old, item.new))
        if before != after:
            yield (
                f"{item.field}: {before} → {after} of exits "
                f"({item.old.filled} of {item.old.total} → {item.new.filled} of {item.new.total})"
            )


def word_of(change: FindingChange) -> str:
    """Return what happened to a finding: ``resolved``, ``new`` or ``reworded``."""
    return "resolved" if change.new is None else "new" if change.old is None else "reworded"


def _findings(changes: Sequence[FindingChange]) -> Iterator[str]:
    """Yield the findings that a person should look at, and the number of others."""
    others = 0
    for change in changes:
        present = change.new or change.old
        if present is None or present.severity is Severity.INFO:
            others += 1
            continue
        yield f"{word_of(change)} {present.severity.value} {present.check}: {present.message}"
    if others:
        yield f"{counted(others, 'finding')} of severity info {verb_of(others)} new, resolved or reworded"


def _shorten(lines: Sequence[str], most: int) -> Iterator[str]:
    yield from lines[:most]
    if len(lines) > most:
        yield f"and {len(lines) - most} more"
