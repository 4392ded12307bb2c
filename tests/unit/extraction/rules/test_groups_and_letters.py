"""Exits below words that only say where in the station they are, and labels that only their list shows."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import published, said, table

EXITS = "<h2>Exits</h2>"
OF_A = "<li>Exit A<ul><li>to: Golden Mall</li><li>lift</li></ul></li>"
BELOW = f"<ul>{OF_A}<li>Exit B<ul><li>bus 59041</li></ul></li></ul>"


@pytest.mark.parametrize(
    "head",
    [
        "NSL concourse",
        "North South Line ticket hall",
        "NS13 concourse (Yishun Avenue 2 / Neil Road)",
        "Concourse (Yishun Avenue 2)",
        "North side",
        "NSL",
        "Yishun (NS13)",
    ],
)
def test_words_that_only_say_where_in_the_station_head_its_exits(head: str) -> None:
    expected = {"A Golden Mall", "A lift", "B 59041"}
    assert published(f"{EXITS}<ul><li>{head}{BELOW}</li></ul>") == expected
    assert published(f"{EXITS}<h3>{head}</h3>{BELOW}") == expected


@pytest.mark.parametrize(
    "head",
    [
        "CRL concourse",
        "TE5 concourse",
        "Circle Line side",
        "Khatib concourse",
        "Future concourse",
        "NSL concourse (planned)",
        "NSL concourse (Opening Soon)",
        "NSL wish list",
        "Hall of dreams",
    ],
)
def test_words_that_may_say_more_head_no_exits(head: str) -> None:
    assert published(f"{EXITS}<ul><li>{head}{BELOW}</li></ul>") == set()


def test_a_box_may_begin_with_the_station_s_codes_and_count_its_exits() -> None:
    rows = "<tr><th>Exits</th><td>2</td></tr><tr><th>Exit A</th><td>Golden Mall<br>Silver Hall</td></tr>"
    box = f"<table class='infobox'><tr><td colspan=2>{{}}</td></tr>{rows}</table>"
    places = {"A Golden Mall", "A Silver Hall"}
    assert said(box.format("NS13")) == places
    assert said(box.format("CC20")) == set()
    assert said(f"<table>{rows}</table>") == places
