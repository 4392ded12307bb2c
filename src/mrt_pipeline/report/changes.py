"""The changes since an earlier run, in groups of items that name their station.

A group's ``kind`` determines how its stations are marked on the map; groups are sorted by importance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mrt_pipeline.compare.wording import (
    KINDS,
    cite,
    describe_coverage,
    describe_same_way,
    describe_value,
    group_alike,
    word_of,
)
from mrt_pipeline.contracts.comparison import Comparison, FindingChange, LineChange, ValueChange
from mrt_pipeline.contracts.evidence import Evidence
from mrt_pipeline.report.texts import show, show_message

MAX_ITEMS = 400
"""per group; ``mrt-pipeline diff --json`` lists them all"""

Item = dict[str, Any]


def list_changes(comparison: Comparison, numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the groups of changes that are not empty.

    Args:
        comparison: comparison of an earlier dataset with the current one.
        numbers: slug to position in the current list of stations.
    """
    groups = []
    for kind, title, items in _groups(comparison):
        if items:
            shown = [_place(item, numbers) for item in items[:MAX_ITEMS]]
            groups.append({"kind": kind, "title": title, "items": shown, "more": len(items) - len(shown)})
    return groups


def changed_slugs(comparison: Comparison) -> frozenset[str]:
    """Return the stations that any change is about but that of a finding, which speaks for itself."""
    items = [item for kind, _, items in _groups(comparison) if kind != "finding" for item in items]
    return frozenset(slug for item in items for slug in (item["slug"], *item.get("slugs", ())) if slug)


def _groups(found: Comparison) -> Iterator[tuple[str, str, list[Item]]]:
    *kinds, added, removed = (
        (
            kind.mark,
            kind.title_in(found),
            [_item(it.slug, kind.line(it), exit_of(it)) for it in getattr(found, kind.field)],
        )
        for kind in KINDS
    )
    yield from kinds
    yield "line", "Services changed", [_line(item) for item in found.lines_changed]
    yield "value", "Values changed", list(_values(found.values_changed))
    yield from (added, removed)
    yield "coverage", "Coverage", [_item(None, line) for line in describe_coverage(found)]
    yield "finding", "Findings", [item for change in found.findings for item in _finding(change)]
    yield "document", "Documents re-read", [_item(None, item.document_id) for item in found.documents]


def exit_of(change: Any) -> str | None:
    """Return the current id of the exit that a change is about; None if it is about a whole station."""
    return getattr(change, "exit_id", None) or getattr(change, "new_exit_id", None)


def _item(slug: str | None, text: str, exit_id: str | None = None) -> Item:
    return {"slug": slug, "text": show_message(text), "exit": exit_id}


def _place(item: Item, numbers: Mapping[str, int]) -> Item:
    """Return an item with its station's position in the list, not its slug; None for a closed station."""
    placed = {**item, "station": numbers.get(item["slug"] or "")}
    del placed["slug"]
    if "slugs" in placed:
        placed["stations"] = [numbers[slug] for slug in placed.pop("slugs") if slug in numbers]
    if placed["exit"] is not None:
        placed["exit"] = show(placed["exit"])
    return {name: value for name, value in placed.items() if value is not None and value != []}


def _line(item: LineChange) -> Item:
    ring = ", which is a ring now" if item.is_ring_opened else ""
    before, after = (", ".join(side) or "none" for side in (item.old_services, item.new_services))
    text = f"{item.line_code}{ring}: {before} → {after}; platform directions changed at {item.exits} exits"
    if item.is_same_way:
        text = describe_same_way(item, f"platforms of {item.exits} exits")
    return {**_item(None, text), "slugs": list(item.slugs), "line": show(item.line_code)}


def _values(changes: Iterable[ValueChange]) -> Iterator[Item]:
    """Yield each changed value once per station, with its exits and the reasons on both sides."""
    for same in group_alike(changes, {"exit_id"}):
        first = same[0]
        yield {
            **_item(first.slug, describe_value(same, show), first.exit_id if len(same) == 1 else None),
            "was": _cite(first.old_evidence),
            "now": _cite(first.new_evidence),
        }


def _cite(evidence: Iterable[Evidence]) -> list[str]:
    return [show_message(cite(reason)) for reason in evidence]


def _finding(change: FindingChange) -> Iterator[Item]:
    present = change.new or change.old
    if present is not None:
        text = f"{word_of(change)}: {present.severity.value}: {present.message}"
        yield _item(present.slug, text, present.exit_id)
