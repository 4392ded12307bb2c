"""Which exit a label means, above all where two have it."""

from __future__ import annotations

from typing import Any

import pytest

from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.extraction.exit_matching import Naming, match_exit, read_exit_list
from tests.fakes.real_stations import real_station

HARBOURFRONT = real_station("harbourfront", NE1="A B", CC29="A")
BUKIT_PANJANG = real_station("bukit-panjang", BP6="B", DT1="B")
BEDOK_NORTH = real_station("bedok-north", DT29="A B B C")
STEVENS = real_station("stevens", DT10="1 4", TE11="2 3")


def meant(about: Station, label: str, line_code: str, **changes: Any) -> str:
    """Return the exit that is meant, or the check of the finding."""
    found = match_exit(about, Naming(label, line_code, "a-list:1", "A list", **changes))
    return found.check if isinstance(found, Finding) else found.exit_id


def test_a_label_that_one_exit_has_is_that_exit_whatever_building_it_is_of() -> None:
    assert meant(HARBOURFRONT, "B", "CCL") == "harbourfront-nel-B"


def test_a_label_that_two_buildings_share_is_settled_by_the_line() -> None:
    assert meant(BUKIT_PANJANG, "B", "DTL") == "bukit-panjang-dtl-B"
    assert meant(BUKIT_PANJANG, "B", "BPL") == "bukit-panjang-bpl-B"


@pytest.mark.parametrize("is_line_stated", [False, True])
def test_a_line_settles_nothing_where_it_is_a_guess_whose_building_it_is(is_line_stated: bool) -> None:
    for line_code in ("NEL", "CCL"):
        found = meant(HARBOURFRONT, "A", line_code, is_line_stated=is_line_stated)
        assert found == "access-exit-ambiguous"


def test_a_label_that_the_line_does_not_settle_is_ambiguous() -> None:
    assert meant(HARBOURFRONT, "A", "DTL") == "access-exit-ambiguous"
    assert meant(BEDOK_NORTH, "B", "DTL") == "access-exit-ambiguous"


def test_a_label_that_no_exit_has_is_unknown_and_the_finding_says_which_there_are() -> None:
    found = match_exit(STEVENS, Naming("A", "TEL", "a-list:1", "A list", is_line_stated=True))
    assert isinstance(found, Finding)
    assert (found.check, found.slug, found.record_id) == ("access-exit-unknown", "stevens", "a-list:1")
    assert "1, 2, 3, 4" in found.message


def test_where_a_building_is_named_another_ones_exit_is_not_meant() -> None:
    assert meant(STEVENS, "1", "TEL", is_line_stated=True) == "access-exit-unknown"
    assert meant(STEVENS, "2", "TEL", is_line_stated=True) == "stevens-tel-2"


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("A", ("A",)),
        ("Exit A", ("A",)),
        ("Exits A, B & C", ("A", "B", "C")),
        ("Exit 1 and Exit 2", ("1", "2")),
        ("A1/A", ("A1", "A")),
        ("  exit  A. ", ("A",)),
        ("A, A", ("A",)),
    ],
)
def test_a_list_of_exits_is_read(text: str, labels: tuple[str, ...]) -> None:
    assert read_exit_list(text) == labels


@pytest.mark.parametrize(
    "text", ["", "near Exit A", "Exit", "Concourse", "A (not in use)", "a", "No lift", "AB"]
)
def test_anything_else_is_no_list_of_exits(text: str) -> None:
    assert read_exit_list(text) is None
