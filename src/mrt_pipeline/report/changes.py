"""What changed since an earlier run, as groups of items that name the station they are about.

A group's ``kind`` decides how its stations are marked on the map; groups come in the order of their weight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mrt_pipeline.compare.wording import cite, describe_same_way, show_value
from mrt_pipeline.contracts.comparison import (
    Comparison,
    FindingChange,
    LineChange,
    StationPresence,
    ValueChange,
)
from mrt_pipeline.contracts.evidence import Evidence
from mrt_pipeline.report.texts import NAME_LENGTH, show, show_message

MAX_ITEMS = 400
"""per group; ``mrt-pipeline diff --json`` lists them all"""

Item = dict[str, Any]


def list_changes(comparison: Comparison, numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the groups of changes that are not empty.

    Args:
        comparison: of an earlier dataset with the present one.
        numbers: slug to position in the present list of stations.
    """
    groups = []
    for kind, title, items in _groups(comparison):
        if items:
            shown = [_place(item, numbers) for item in items[:MAX_ITEMS]]
            groups.append({"kind": kind, "title": title, "items": shown, "more": len(items) - len(shown)})
    return groups


def _groups(found: Comparison) -> Iterator[tuple[str, str, list[Item]]]:
    yield "opened", "Stations opened", [_presence(item) for item in found.stations_opened]
    yield "closed", "Stations closed", [_presence(item) for item in found.stations_closed]
    yield (
        "renamed",
        "Stations renamed",
        [_item(item.slug, f"{item.old_name} → {item.new_name}") for item in found.stations_renamed],
    )
    yield (
        "renumbered",
        "Codes renumbered",
        [
            _item(item.slug, f"{item.name}: {item.old_code} → {item.new_code}, with {_exits(item.exits)}")
            for item in found.renumberings
        ],
    )
    yield "code", "Codes added", [_code(item) for item in found.codes_added]
    yield "code", "Codes removed", [_code(item) for item in found.codes_removed]
    yield "exit", "Exits added", [_exit(item, "added") for item in found.exits_added]
    yield "exit", "Exits removed", [_exit(item, "removed") for item in found.exits_removed]
    yield (
        "exit",
        "Exits moved",
        [
            _item(item.slug, f"{item.exit_id} moved by {item.moved_m:.1f} m", item.exit_id)
            for item in found.exits_moved
        ],
    )
    yield (
        "exit",
        "Exits relabelled",
        [
            _item(
                item.slug,
                f"{item.old_exit_id} ({item.old_station_code}) → {item.new_exit_id} "
                f"({item.new_station_code}), {item.moved_m:.1f} m away",
                item.new_exit_id,
            )
            for item in found.exits_relabelled
        ],
    )
    yield (
        "moved",
        "Station positions moved",
        [_item(item.slug, f"{item.name} moved by {item.moved_m:.1f} m") for item in found.stations_moved],
    )
    yield "line", "Services changed", [_line(item) for item in found.lines_changed]
    yield "value", "Values changed", list(_values(found.values_changed))
    future = [(item, "now expected") for item in found.future_added]
    future += [(item, "no longer expected") for item in found.future_removed]
    yield (
        "future",
        "Future stations",
        [_item(item.slug, f"{item.name} ({', '.join(item.codes)}) {what}") for item, what in future],
    )
    yield (
        "coverage",
        "Coverage",
        [
            _item(
                None,
                f"{item.field}: {item.old.filled} of {item.old.total} exits → "
                f"{item.new.filled} of {item.new.total}",
            )
            for item in found.coverage
            if item.old.share != item.new.share
        ],
    )
    yield "finding", "Findings", [item for change in found.findings for item in _finding(change)]
    yield "document", "Documents re-read", [_item(None, item.document_id) for item in found.documents]


def _item(slug: str | None, text: str, exit_id: str | None = None) -> Item:
    return {"slug": slug, "text": show_message(text), "exit": exit_id}


def _place(item: Item, numbers: Mapping[str, int]) -> Item:
    """Return an item with its station's position in the list instead of its slug; a closed one has none."""
    placed = {**item, "station": numbers.get(item["slug"] or "")}
    del placed["slug"]
    if "slugs" in placed:
        placed["stations"] = [numbers[slug] for slug in placed.pop("slugs") if slug in numbers]
    if placed["exit"] is not None:
        placed["exit"] = show(placed["exit"])
    return {name: value for name, value in placed.items() if value is not None and value != []}


def _presence(item: StationPresence) -> Item:
    return _item(item.slug, f"{item.name} ({', '.join(item.codes)}) with {_exits(item.exits)}")


def _code(item: Any) -> Item:
    return _item(item.slug, f"{item.station_code} on {item.line_code} at {item.name}")


def _exit(item: Any, what: str) -> Item:
    return _item(item.slug, f"{item.exit_id} ({item.station_code}) {what}", item.exit_id)


def _exits(exit_ids: Sequence[str]) -> str:
    if not exit_ids:
        return "no exits"
    return f"{len(exit_ids)} {'exit' if len(exit_ids) == 1 else 'exits'}: {', '.join(exit_ids)}"


def _line(item: LineChange) -> Item:
    if item.is_same_way:
        text = describe_same_way(item, f"platforms of {item.exits} exits")
        return {**_item(None, text), "slugs": list(item.slugs), "line": show(item.line_code)}
    ring = ", which is a ring now" if item.is_ring_opened else ""
    before, after = (", ".join(side) or "nothing" for side in (item.old_services, item.new_services))
    text = f"{item.line_code}{ring}: {before} → {after}; platform directions changed at {item.exits} exits"
    return {**_item(None, text), "slugs": list(item.slugs), "line": show(item.line_code)}


def _values(changes: Iterable[ValueChange]) -> Iterator[Item]:
    """Yield each changed value once per station, with its exits and the reasons of both sides."""
    grouped: dict[tuple[str, str], list[ValueChange]] = {}
    for change in changes:
        content = change.model_dump_json(exclude={"exit_id", "slug"})
        grouped.setdefault((change.slug, content), []).append(change)
    for (slug, _), same in grouped.items():
        first = same[0]
        what = " ".join(part for part in (first.field, first.item, first.attribute) if part)
        whose = ", ".join(dict.fromkeys(change.exit_id or change.slug for change in same))
        old, new = (show(show_value(value), NAME_LENGTH) for value in (first.old, first.new))
        yield {
            **_item(slug, f"{whose}: {what}: {old} → {new}", first.exit_id if len(same) == 1 else None),
            "was": _cite(first.old_evidence),
            "now": _cite(first.new_evidence),
        }


def _cite(evidence: Iterable[Evidence]) -> list[str]:
    return [show_message(cite(reason)) for reason in evidence]


def _finding(change: FindingChange) -> Iterator[Item]:
    present = change.new or change.old
    if present is not None:
        what = "gone" if change.new is None else "new" if change.old is None else "now worded"
        yield _item(present.slug, f"{what}: {present.severity.value}: {present.message}", present.exit_id)
