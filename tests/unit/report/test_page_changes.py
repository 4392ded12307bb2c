from __future__ import annotations

from typing import Any

import pytest

from mrt_pipeline.contracts.comparison import Comparison
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.report import changes
from mrt_pipeline.report.changes import list_changes
from tests.fakes.network_builder import make_bus_stop
from tests.unit.compare.comparison_scene import (
    AFTER,
    BEFORE,
    compare,
    get_exit,
    network_dataset,
    replace_exit,
    replace_station,
)

EXIT = "bayfront-ccl-A"


def groups_of(old: Stage3Output, new: Stage3Output) -> dict[str, list[dict[str, Any]]]:
    """Return the items by the title of their group."""
    numbers = {station.slug: number for number, station in enumerate(new.stations)}
    return {group["title"]: group["items"] for group in list_changes(compare(old, new), numbers)}


def test_nothing_changed_gives_no_group() -> None:
    assert groups_of(network_dataset(), network_dataset()) == {}


def test_the_opening_of_a_ring_is_reported_as_what_it_is() -> None:
    old, new = network_dataset(BEFORE), network_dataset(AFTER)
    groups = groups_of(old, new)
    numbers = {station.slug: number for number, station in enumerate(new.stations)}
    [opened] = groups["Stations opened"]
    assert opened == {"text": "CC30  Keppel: exit ccl-A", "station": numbers["keppel"]}
    assert [item["text"].partition(":")[0] for item in groups["Codes renumbered"]] == [
        "CE2 → CC33  Marina Bay",
        "CE1 → CC34  Bayfront",
    ]
    [line] = groups["Services changed"]
    assert line["line"] == "CCL"
    assert "which is a ring now" in line["text"]
    assert numbers["marina-bay"] in line["stations"]


def test_a_station_that_is_not_in_the_dataset_has_no_place_on_the_map() -> None:
    [missing] = groups_of(network_dataset(AFTER), network_dataset(BEFORE))["Stations not yet open"]
    assert "station" not in missing


def test_an_exit_that_moved_is_reported_with_its_station_and_how_far() -> None:
    old = network_dataset()
    new = replace_exit(old, EXIT, lat=get_exit(old, EXIT).lat + 30 / 110_575)
    [moved] = groups_of(old, new)["Exits moved"]
    assert moved["text"] == f"{EXIT} by 30.0 m"
    assert moved["exit"] == EXIT


def test_an_exit_that_is_gone_leads_to_its_station() -> None:
    old = network_dataset()
    new = replace_station(old, "bayfront", exits=())
    removed = groups_of(old, new)["Exits removed"]
    assert f"{EXIT} (CC34)" in [item["text"] for item in removed]


def test_a_changed_value_is_reported_with_the_reasons_of_both_sides() -> None:
    old = network_dataset()
    stop = make_bus_stop(get_exit(old, EXIT))
    old = replace_exit(old, EXIT, bus_stops=(stop,))
    new = replace_exit(old, EXIT, bus_stops=(stop.model_copy(update={"road_name": "Elsewhere"}),))
    [changed] = groups_of(old, new)["Values changed"]
    assert changed["text"] == f"{EXIT}, bus_stop 59069, road_name: Yishun Ave 2 → Elsewhere"
    assert changed["was"] == changed["now"] == ["lta-station-exits: record 59069 (SODL-1.0)"]


def test_a_value_that_changed_at_all_exits_alike_is_reported_once() -> None:
    old = network_dataset()
    both = ("bayfront-ccl-A", "bayfront-dtl-A")
    assert {found.exit_id for station in old.stations for found in station.exits} >= set(both)
    stop = make_bus_stop(get_exit(old, EXIT))
    new = old
    for exit_id in both:
        new = replace_exit(new, exit_id, bus_stops=(stop,))
    [changed] = groups_of(old, new)["Values changed"]
    assert changed["text"].startswith(f"{both[0]}, {both[1]}, bus_stop 59069") or changed["text"].startswith(
        f"{both[1]}, {both[0]}, bus_stop 59069"
    )


def test_findings_that_came_and_went_are_reported() -> None:
    came, went = (Finding(check="a", severity=Severity.WARNING, message=text) for text in ("came", "went"))
    groups = groups_of(network_dataset(findings=(went,)), network_dataset(findings=(came, went)))
    assert [item["text"] for item in groups["Findings"]] == ["new: warning: came"]
    groups = groups_of(network_dataset(findings=(went,)), network_dataset())
    assert [item["text"] for item in groups["Findings"]] == ["resolved: warning: went"]


def test_a_share_that_stays_the_same_is_no_change_of_coverage() -> None:
    groups = groups_of(network_dataset(BEFORE), network_dataset(AFTER))
    assert "Coverage" not in groups


def test_more_changes_than_can_be_looked_at_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MAX_ITEMS", 1)
    comparison: Comparison = compare(network_dataset(BEFORE), network_dataset(AFTER))
    group = next(group for group in list_changes(comparison, {}) if group["kind"] == "renumbered")
    assert (len(group["items"]), group["more"]) == (1, 1)


def test_names_in_changes_are_made_fit_to_be_looked_at() -> None:
    old = network_dataset()
    new = replace_station(old, "bayfront", name="\u202eEVIL")
    [renamed] = groups_of(old, new)["Stations renamed"]
    assert renamed["text"] == "Bayfront → ⟨U+202E⟩EVIL"
