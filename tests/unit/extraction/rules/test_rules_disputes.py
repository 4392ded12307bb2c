"""What pages say of an exit with yes and with no is published by nobody, and a finding shows both sides."""

from __future__ import annotations

import pytest

from mrt_pipeline.contracts.network import AccessFeature
from mrt_pipeline.extraction.access_words import READ_FEATURES
from tests.unit.extraction.rules.rule_scene import disputed, published, table

HEADS = {
    AccessFeature.LIFT: "Lift",
    AccessFeature.ESCALATOR: "Escalator",
    AccessFeature.TACTILE_GUIDANCE: "Tactile paving",
    AccessFeature.ACCESSIBLE_TOILET: "Accessible toilet",
    AccessFeature.BARRIER_FREE: "Barrier-free",
    AccessFeature.WHEELCHAIR_ACCESSIBLE: "Wheelchair-accessible",
    AccessFeature.STAIRS_ONLY: "Stairs only",
}


@pytest.mark.parametrize("feature", READ_FEATURES)
def test_yes_and_no_about_any_feature_publish_neither(feature: AccessFeature) -> None:
    yes, no = (table(f"Exit | {HEADS[feature]}", f"A | {answer}") for answer in ("Yes", "No"))
    for pages in ((yes + no,), (no + yes,), (yes, no), (no, yes)):
        assert published(*pages) == set()
        assert f"A access.features.{feature.value}" in disputed(*pages)


@pytest.mark.parametrize(
    "denial",
    [
        table("Exit | Lift", "A | No"),
        table("Exit | Lift", "A | ✗"),
        table("Exit | 电梯", "A | 没有"),
        table("Exit | Facilities", "A | No lift"),
        table("Exit | Facilities", "A | Lift (not available)"),
        table("Exit | Facilities", "A | stairs only"),
        "<ul><li>Exit A: no lift</li></ul>",
        "<ul><li>Exit A<ul><li>Lift: no</li></ul></li></ul>",
        "<h3>Exit A</h3><p>Lift: none</p>",
        "<p>Exit A has no lift.</p>",
        "<p>There is no lift at Exit A.</p>",
    ],
)
def test_a_lift_that_another_part_of_the_page_denies_is_not_published(denial: str) -> None:
    html = table("Exit | Lift", "A | Yes", "B | Yes")
    assert published(html + denial) == {"B lift"}
    assert disputed(html + denial) >= {"A access.features.lift"}


@pytest.mark.parametrize(
    "html",
    [
        table("Exit | Lift", "A | Yes", "B | No"),
        table("Exit | Lift", "A | Yes") + "<p>Exit B has no lift. Exit A had no lift until 2012.</p>",
        table("Exit | Lift | Escalator", "A | Yes | No"),
        table("Exit | Lift", "A | Yes") + "<p>Khatib Exit A has no lift.</p>",
        table("Exit | Lift", "A | Yes") + "<p>Exit A is partially served by the lift.</p>",
    ],
)
def test_what_is_denied_of_another_exit_feature_or_time_disputes_nothing(html: str) -> None:
    assert published(html) == {"A lift"}
    assert disputed(html) == set()


def test_a_feature_that_means_step_free_goes_with_step_free_access() -> None:
    html = table("Exit | Barrier-free | Step-free", "A | Yes | No")
    assert published(html) == set()
    assert disputed(html) == {"A access.step_free"}


def test_stairs_only_and_a_lift_exclude_each_other() -> None:
    html = table("Exit | Facilities", "A | Lift") + "<p>Exit A has stairs only.</p>"
    assert published(html) == set()
    assert disputed(html) == {"A access.features.lift", "A access.features.stairs_only"}


@pytest.mark.parametrize(
    ("row", "left"),
    [
        ('<td>A</td><td style="color:var(--x)">No</td>', {"B lift"}),
        ('<td style="color:var(--x)">A</td><td>No</td>', set()),
        ('<td style="color:var(--x)">A</td><td style="color:var(--x)">No</td>', set()),
        ("<td>C</td><td>No</td>", {"A lift", "B lift"}),
    ],
)
def test_a_row_that_may_be_hidden_may_deny_what_its_table_says(row: str, left: set[str]) -> None:
    rows = table("Exit | Lift", "A | Yes", "B | Yes").replace("</table>", f"<tr>{row}</tr></table>")
    assert published(rows) == left
    assert published(
        rows.replace("<tr><td>A</td><td>Yes", '<tr style="color:var(--x)"><td>A</td><td>No')
    ) == (set())
