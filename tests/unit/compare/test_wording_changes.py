from __future__ import annotations

import pytest

from mrt_pipeline.compare.wording import MAX_SHOWN, SAME, describe, headline, show_value
from mrt_pipeline.contracts.comparison import Comparison, ExitMove, FindingChange
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.network import StepFree
from tests.fakes.network_builder import make_bus_stop
from tests.unit.compare.comparison_scene import (
    AFTER,
    BEFORE,
    changed_kinds,
    compare,
    get_exit,
    network_dataset,
    replace_exit,
    replace_station,
)

NOW = network_dataset()
EXIT = "promenade-ccl-A"
RING = compare(network_dataset(BEFORE), network_dataset(AFTER))


def _sections(comparison: Comparison) -> dict[str, tuple[str, ...]]:
    return {section.title: section.lines for section in describe(comparison)}


def test_the_headline_counts_what_changed() -> None:
    assert headline(RING) == "1 station opened, 2 codes renumbered, services of 1 line changed."


def test_a_station_missing_from_a_dataset_for_an_earlier_date_is_not_yet_open() -> None:
    back = compare(network_dataset(AFTER), network_dataset(BEFORE))
    assert headline(back).startswith("1 station not yet open, ")
    assert "Stations not yet open" in _sections(back)
    assert "Stations closed" not in _sections(back)


def test_a_station_missing_from_a_later_dataset_is_closed() -> None:
    after = network_dataset(AFTER)
    metadata = after.metadata.model_copy(update={"as_of": BEFORE})
    closed = compare(after.model_copy(update={"metadata": metadata}), network_dataset(BEFORE))
    assert headline(closed).startswith("1 station closed, ")
    assert "Stations closed" in _sections(closed)


def test_the_headline_of_equal_datasets_says_so() -> None:
    assert headline(compare(NOW, NOW)) == SAME
    assert list(describe(compare(NOW, NOW))) == []


def test_the_headline_of_changed_findings_alone_says_so() -> None:
    finding = Finding(check="far", severity=Severity.WARNING, message="It is far.")
    comparison = compare(NOW, NOW.model_copy(update={"findings": (finding,)}))
    assert headline(comparison) == "1 finding changed; nothing else did."
    assert _sections(comparison)["Findings"] == ("new warning far: It is far.",)


def test_a_renumbering_is_one_line() -> None:
    assert _sections(RING)["Codes renumbered"] == (
        "CE2 → CC33  Marina Bay: exit ccl-A",
        "CE1 → CC34  Bayfront: exit ccl-A",
    )


def test_a_line_that_became_a_ring_is_one_line() -> None:
    [line] = _sections(RING)["Lines"]
    what, _, how = line.partition(" at 2 stations: ")
    assert what == "CCL: services changed (ring opened)"
    assert how == "ccl-branch (CC4 – CE2) → ccl-ring (ring CC4 – CC34)"


def test_a_changed_value_is_shown_once_for_all_its_exits_with_old_and_new_reasons() -> None:
    stop = make_bus_stop(get_exit(NOW, EXIT))
    both = ("bayfront-ccl-A", EXIT)
    old, new = NOW, NOW
    for exit_id in both:
        old = replace_exit(old, exit_id, bus_stops=(stop,))
        new = replace_exit(new, exit_id, bus_stops=(stop.model_copy(update={"services": ("85",)}),))
    assert _sections(compare(old, new))["Values changed"] == (
        f"{EXIT}, bayfront-ccl-A, bus_stop 59069, services: 85, 85A → 85\n"
        "  source: lta-station-exits: record 59069 (SODL-1.0)",
    )


def test_findings_of_severity_info_are_counted_only() -> None:
    info = Finding(check="x", severity=Severity.INFO, message=".")
    comparison = RING.model_copy(update={"findings": (FindingChange(new=info), FindingChange(old=info))})
    assert _sections(comparison)["Findings"] == ("2 findings of severity info are new, resolved or reworded",)


def test_a_long_list_is_cut_and_says_how_much_is_left() -> None:
    moves = tuple(ExitMove(slug="x", exit_id=f"x-{number}", moved_m=1) for number in range(MAX_SHOWN + 7))
    lines = _sections(RING.model_copy(update={"exits_moved": moves}))["Exits moved"]
    assert len(lines) == MAX_SHOWN + 1
    assert lines[-1] == "and 7 more"


def test_every_kind_of_change_has_a_section_and_a_place_in_the_headline() -> None:
    for name, changed in (
        ("stations_renamed", replace_station(NOW, "promenade", name="Other")),
        ("stations_moved", replace_station(NOW, "promenade", lat=1.5)),
        ("exits_moved", replace_exit(NOW, EXIT, lat=1.5)),
        ("exits_removed", replace_station(NOW, "promenade", exits=())),
        ("future_removed", NOW.model_copy(update={"future_stations": ()})),
        ("documents", NOW.model_copy(update={"provenance": {}})),
    ):
        comparison = compare(NOW, changed)
        assert name in changed_kinds(comparison)
        assert len(_sections(comparison)) >= 1
        assert (headline(comparison) == SAME) == (name == "documents")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "none"),
        ((), "none"),
        (("85", "85A"), "85, 85A"),
        (StepFree.YES, "yes"),
        (40.5, "40.5"),
        ({"name": "Suntec", "lat": 1.0}, "name Suntec"),
    ],
)
def test_values_are_shown_as_a_person_reads_them(value: object, shown: str) -> None:
    assert show_value(value) == shown
