from __future__ import annotations

from typing import Any

import pytest

from mrt_pipeline.contracts.comparison import Comparison
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.report.checklist import FAR_M, MAX_LINKS, make_checklist
from tests.fakes.manifests import make_manifest
from tests.fakes.network_builder import make_dataset
from tests.unit.compare.comparison_scene import (
    AFTER,
    BEFORE,
    compare,
    get_exit,
    network_dataset,
    replace_exit,
)
from tests.unit.report.page_scenes import enriched_dataset


def checklist_of(
    dataset: Stage3Output, comparison: Comparison | None = None, **manifest: Any
) -> list[dict[str, Any]]:
    """Return the checklist of a dataset."""
    numbers = {station.slug: number for number, station in enumerate(dataset.stations)}
    return make_checklist(dataset, make_manifest(**manifest), comparison, numbers)


def texts_of(*given: Any, **manifest: Any) -> list[str]:
    return [item["text"] for item in checklist_of(*given, **manifest)]


def warning(check: str, slug: str | None = "bishan", exit_id: str | None = None) -> Finding:
    return Finding(check=check, severity=Severity.WARNING, message="m", slug=slug, exit_id=exit_id)


def test_findings_of_one_check_are_one_item_that_leads_to_each() -> None:
    findings = (
        warning("bus-stop-exit-ambiguous", "bishan", "bishan-nsl-A"),
        warning("bus-stop-exit-ambiguous", "yishun", "yishun-nsl-A"),
    )
    item = checklist_of(make_dataset(findings=findings))[0]
    assert item["text"] == "2 bus stops whose exits are ambiguous: check on the map which exit is meant."
    assert item["links"] == [[1, "bishan-nsl-A", "A"], [0, "yishun-nsl-A", "A"]]


def test_one_finding_is_reported_in_the_singular() -> None:
    [text, *_] = texts_of(make_dataset(findings=(warning("bus-stop-exit-ambiguous"),)))
    assert text.startswith("1 bus stop whose exit is ambiguous")


def test_a_check_without_words_of_its_own_is_named() -> None:
    [text, *_] = texts_of(make_dataset(findings=(warning("never-seen-before"),)))
    assert text == "1 case of never seen before: review each."


def test_errors_come_first_and_what_is_for_the_record_is_left_out() -> None:
    findings = (
        Finding(check="c", severity=Severity.INFO, message="m"),
        warning("b"),
        Finding(check="a", severity=Severity.ERROR, message="m"),
    )
    items = checklist_of(make_dataset(findings=findings))
    assert [item["kind"] for item in items[:2]] == ["error", "warning"]
    assert not any("case of c" in item["text"] for item in items)


def test_a_finding_about_no_station_in_operation_leads_nowhere() -> None:
    [item, *_] = checklist_of(make_dataset(findings=(warning("a", slug=None), warning("a", slug="atlantis"))))
    assert item["links"] == []


def test_a_finding_about_an_unknown_exit_leads_to_its_station() -> None:
    [item, *_] = checklist_of(make_dataset(findings=(warning("a", "bishan", "bishan-nsl-Z"),)))
    assert item["links"] == [[1]]


def test_links_have_an_end() -> None:
    findings = tuple(warning("a", "bishan", f"bishan-nsl-{number}") for number in range(MAX_LINKS + 1))
    [item, *_] = checklist_of(make_dataset(findings=findings))
    assert len(item["links"]) == MAX_LINKS
    assert item["text"].startswith(f"{MAX_LINKS + 1} cases")


def test_changes_of_the_network_are_to_be_confirmed() -> None:
    old, new = network_dataset(BEFORE), network_dataset(AFTER)
    texts = texts_of(new, compare(old, new))
    assert texts[0] == "1 station opened: check against the announcement."
    assert texts[1] == "2 codes renumbered: check against the announcement."


def test_a_lost_exit_is_to_be_confirmed() -> None:
    old, new = network_dataset(AFTER), network_dataset(AFTER)
    stations = tuple(station.model_copy(update={"exits": station.exits[1:]}) for station in new.stations)
    new = new.model_copy(update={"stations": stations})
    assert any(
        text.endswith("exits removed: confirm that none is still in use; a missing exit misleads people.")
        for text in texts_of(new, compare(old, new))
    )


@pytest.mark.parametrize(("north_m", "is_asked"), [(FAR_M - 1, False), (FAR_M + 1, True)])
def test_an_exit_is_looked_at_when_it_moved_far(north_m: float, is_asked: bool) -> None:
    old = network_dataset()
    new = replace_exit(old, "bayfront-ccl-A", lat=get_exit(old, "bayfront-ccl-A").lat + north_m / 110_575)
    told = [text for text in texts_of(new, compare(old, new)) if "moved by more than" in text]
    assert bool(told) is is_asked


def test_without_an_earlier_run_the_counts_are_to_be_looked_at() -> None:
    assert any(text.startswith("No earlier run to compare with") for text in texts_of(make_dataset()))


def test_what_no_source_says_is_not_to_be_shown_as_no() -> None:
    assert any(
        text.startswith("4 of 6 exits have no step-free information") for text in texts_of(enriched_dataset())
    )


def test_a_source_skipped_is_reported_with_its_reason() -> None:
    texts = texts_of(make_dataset(), passed_over={"fandom_wiki": "no recorded copy"})
    assert "fandom_wiki was skipped: no recorded copy." in texts


def test_values_under_a_share_alike_licence_are_counted() -> None:
    assert any(
        text.startswith("7 values come from text under CC BY-SA") for text in texts_of(enriched_dataset())
    )
    assert not any("CC BY-SA" in text for text in texts_of(make_dataset()))
