"""What the pages of LTA's rail map list by exit, and what is no page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.extraction.station_pages import PageFacts, PageKey
from mrt_pipeline.network import load_network
from mrt_pipeline.sources.lta_rail_map.claims import find_slug
from mrt_pipeline.sources.lta_rail_map.parsing import parse_index, parse_page
from tests.fakes.publishers import rail_map_index, rail_map_page

BUGIS = PageKey("", "EWL/EW12-DT14", "Bugis")


def facts(content: bytes) -> list[tuple[str, str]]:
    return [(fact.exit_code, fact.name) for fact in parse_page(content, BUGIS).facts]


def page(rows: str) -> bytes:
    return f"<h4>Bugis</h4><div><h5>Exit Information:</h5></div><div><table>{rows}</table></div>".encode()


def test_landmarks_are_read_by_exit_and_the_other_tables_are_not() -> None:
    content = rail_map_page(
        "Bugis", {"A": ["Bugis Junction", "-"], "Exit B": ["Nil"], "C, D": ["Natl Design Ctr"]}
    )
    assert facts(content) == [("A", "Bugis Junction"), ("C", "Natl Design Ctr"), ("D", "Natl Design Ctr")]


@pytest.mark.parametrize("cell", ["Mall<br>Park", "<p>Mall</p><p>Park</p>", "<ul><li>Mall<li>Park</ul>"])
def test_a_name_ends_where_its_line_does(cell: str) -> None:
    assert facts(page(f"<tr><td>A</td><td>{cell}</td></tr>")) == [("A", "Mall"), ("A", "Park")]


@pytest.mark.parametrize(
    ("row", "unread"),
    [
        ("<td>Near Exit A</td><td>Mall</td>", "Near Exit A Mall"),
        ("<td>A</td><td>Mall</td><td>Closed</td>", "A Mall Closed"),
        ("<td>Mall</td>", "Mall"),
        ("<td>A<sup>1</sup></td><td>Mall</td>", "A† Mall"),
        ("<td><b>A</b>1</td><td>Mall</td>", "A1 Mall"),
        ("<td>A</td><td>Mall<table><tr><td>B<td>Park</table></td>", "A Mall B Park"),
        ("<td>A</td><td>Closed from 1 Jan 2027</td>", "A: Closed from 1 Jan 2027"),
        ("<td>A</td><td>Under construction</td>", "A: Under construction"),
    ],
)
def test_a_row_in_another_form_is_kept_for_a_person(row: str, unread: str) -> None:
    assert parse_page(page(f"<tr>{row}</tr>"), BUGIS) == PageFacts((), (unread,))


@pytest.mark.parametrize("cell", ["1<br>2", "<p>1</p><p>2</p><p>1</p>", "1 <s>3</s><br>2<del>B</del>"])
def test_labels_on_lines_of_their_own_are_several(cell: str) -> None:
    content = page(f"<tr><td>{cell}</td><td>Mall<s>Park</s><i style='display:none'>Zoo</i></td></tr>")
    assert facts(content) == [("1", "Mall"), ("2", "Mall")]


def test_a_page_that_lists_no_exits_is_reported() -> None:
    assert parse_page(b"<h4>Bugis</h4><p>No trains today</p>", BUGIS).unread == (
        "no heading Exit Information",
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><h1>The page cannot be found</h1></html>",
        b"<h4>Bugis</h4><h5>Exit Information</h5>",
        b"<h4>Bugis</h4><h5>Exit Information</h5><h5>Map</h5><table><tr><td>A</td><td>Mall</td></tr></table>",
        page("<tr><td>A</td><td>Mall</td></tr>").removesuffix(b"</table></div>"),
    ],
)
def test_what_is_no_whole_page_of_the_station_is_refused(content: bytes) -> None:
    with pytest.raises(SourceFormatError, match="Bugis"):
        parse_page(content, BUGIS)


def test_an_index_names_a_page_for_each_file() -> None:
    content = rail_map_index({"EWL/EW12-DT14": " Bugis ", "NEL/NE14": "Hougang"})
    assert parse_index(content) == (BUGIS, PageKey("", "NEL/NE14", "Hougang"))


BOMB = b'<!DOCTYPE s [<!ENTITY a "%s">%s]><s><station name="&z;"><file>mrt/NEL/NE14.html</file></station></s>'
ENTITIES = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(25))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>busy",
        b"<stations/>",
        rail_map_index({"NEL/NE14": "Hougang"})[:-20],
        rail_map_index({"../../../etc/passwd": "Hougang"}),
        rail_map_index({"NEL/NE14.html?x=": "Hougang"}),
        rail_map_index({"NEL/NE14": ""}),
        rail_map_index({f"NEL/NE{number}": "Hougang" for number in range(501)}),
        BOMB % (b"x" * 100, ENTITIES),
    ],
)
def test_an_invalid_index_is_refused(content: bytes) -> None:
    with pytest.raises(SourceFormatError, match="index"):
        parse_index(content)


@pytest.mark.parametrize(
    ("file", "name", "slug"),
    [
        ("NSL/NS24-NE6-CC1", "Dhoby Ghaut", "dhoby-ghaut"),
        ("CCL/CE1", "Bayfront", "bayfront"),
        ("EWL/XX1", "Bugis", "bugis"),
        ("EWL/EW12", "Bugis (under works)", "bugis"),
        ("EWL/EW12", "Expo", None),
        ("EWL/XX1", "Nowhere", None),
    ],
)
def test_a_station_is_known_by_file_and_name_unless_they_contradict(
    file: str, name: str, slug: str | None
) -> None:
    assert find_slug(PageKey("", file, name), load_network()) == slug


@given(st.text(max_size=200))
def test_any_page_and_index_is_read_or_refused(text: str) -> None:
    for body in (text, f"<h4>Bugis</h4><h5>Exit Information</h5><table>{text}</table>"):
        for parse in (parse_index, lambda content: parse_page(content, BUGIS)):
            try:
                parse(body.encode())
            except SourceFormatError:
                continue
