"""What a page says does not depend on how it is laid out.

Every page of the project's own wiki is laid out differently in one respect, as other authors would, and must
still say the same.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

import lxml.html
import pytest
from lxml.etree import _Element as Element
from lxml.html.builder import E

from mrt_pipeline.extraction.page_reading import read_html
from mrt_pipeline.extraction.place_names import PlaceNames
from mrt_pipeline.extraction.rules.headers import load_vocabulary
from mrt_pipeline.network import load_network
from tests.real.wiki.render import read_rendered

Change = Callable[[Element], None]
NAMES = PlaceNames.of(load_network())
VOCABULARY = load_vocabulary(None)
PAGES = read_rendered()


def _said(html: str, title: str) -> set[tuple[str, str | None, str]]:
    found = read_html(html, title, NAMES, VOCABULARY).candidates
    return {(item.field, item.exit_label, item.value) for item in found}


def _tables(page: Element) -> Iterator[Element]:
    for table in page.iter("table"):
        if "box" not in (table.get("class") or ""):
            yield table


def _rows(table: Element) -> list[Element]:
    return [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]


def _cells(row: Element) -> list[Element]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _is_headed(rows: list[Element]) -> bool:
    """Return whether the first of some rows is one of heads, and no cell spans others or contains a table."""
    cells = [cell for row in rows for cell in _cells(row)]
    is_plain = not any(cell.get("rowspan") or cell.get("colspan") for cell in cells)
    has_table = any(cell.find(".//table") is not None for cell in cells)
    return len(rows) > 2 and is_plain and not has_table and all(cell.tag == "th" for cell in _cells(rows[0]))


def _wrap_content(element: Element, wrapper: Element) -> None:
    wrapper.text, element.text = element.text, None
    wrapper.extend(list(element))
    element.append(wrapper)


def _cells_wrapped(tag: str) -> Change:
    def change(page: Element) -> None:
        for cell in page.iter("td", "th"):
            _wrap_content(cell, E(tag))

    return change


def _column_added(head: str, words: str, *, is_first: bool = False) -> Change:
    def change(page: Element) -> None:
        for table in _tables(page):
            rows = _rows(table)
            for number, row in enumerate(rows if _is_headed(rows) else ()):
                row.insert(0 if is_first else len(row), E.td(words) if number else E.th(head))

    return change


def _tables_wrapped(page: Element) -> None:
    for table in list(_tables(page)):
        wide = E.div(E.div(), **{"class": "table-wide"})
        wide.tail, table.tail = table.tail, None
        table.addprevious(wide)
        wide[0].append(table)


def _heads_in_capitals(page: Element) -> None:
    for head in page.iter("th"):
        for element in head.iter():
            element.text = element.text.upper() if element.text else element.text


def _heads_repeated(page: Element) -> None:
    for table in _tables(page):
        if _is_headed(rows := _rows(table)) and len(rows) > 3:
            rows[len(rows) // 2].addprevious(copy.deepcopy(rows[0]))


def _rows_reversed(page: Element) -> None:
    for table in _tables(page):
        if _is_headed(rows := _rows(table)):
            for row in rows[1:]:
                rows[0].addnext(row)


def _first_cells_as_heads(page: Element) -> None:
    for table in _tables(page):
        for row in _rows(table)[1:]:
            if len(cells := _cells(row)) > 1:
                cells[0].tag = "th"
                cells[0].set("scope", "row")


def _numbers_to_sort_by(page: Element) -> None:
    for table in _tables(page):
        for number, row in enumerate(_rows(table)[1:]):
            key = E.span(f"{number:02}", style="display:none")
            if cells := _cells(row):
                key.tail, cells[0].text = cells[0].text, None
                cells[0].insert(0, key)


def _lists_numbered(page: Element) -> None:
    for found in page.iter("ul"):
        found.tag = "ol"


def _items_in_paragraphs(page: Element) -> None:
    for item in list(page.iter("li")):
        if not any(below.tag in ("ul", "ol", "dl", "table") for below in item):
            _wrap_content(item, E.p())


def _headings_one_level_lower(page: Element) -> None:
    for level in (5, 4, 3, 2):
        for heading in list(page.iter(f"h{level}")):
            heading.tag = f"h{level + 1}"


def _icons_before_headings(page: Element) -> None:
    for heading in page.iter("h2", "h3", "h4"):
        icon = E.img(alt="", src="/icon.png")
        icon.tail, heading.text = heading.text, None
        heading.insert(0, icon)


def _spaced_hyphens(page: Element) -> None:
    for element in page.iter():
        for name in ("text", "tail"):
            if words := getattr(element, name):
                setattr(element, name, words.replace(" – ", " - "))


LAYOUTS: dict[str, Change] = {
    "cells with small words": _cells_wrapped("small"),
    "cells with paragraphs": _cells_wrapped("p"),
    "cells with boxes": _cells_wrapped("div"),
    "centred cells": _cells_wrapped("center"),
    "an empty first column": _column_added("", "", is_first=True),
    "a column of remarks without any": _column_added("Remarks", ""),
    "a column of notes with dashes": _column_added("Notes", "–"),
    "a column of photos": _column_added("Photo", ""),
    "tables in boxes": _tables_wrapped,
    "heads in capitals": _heads_in_capitals,
    "heads once more in the middle": _heads_repeated,
    "rows in reverse order": _rows_reversed,
    "first cells as heads": _first_cells_as_heads,
    "hidden numbers to sort by": _numbers_to_sort_by,
    "numbered lists": _lists_numbered,
    "items in paragraphs": _items_in_paragraphs,
    "headings one level lower": _headings_one_level_lower,
    "icons before headings": _icons_before_headings,
    "hyphens for dashes": _spaced_hyphens,
}


@pytest.mark.slow
@pytest.mark.parametrize("change", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_a_page_in_another_layout_says_the_same(change: Change) -> None:
    for title, html in PAGES.items():
        page = lxml.html.fragment_fromstring(html, create_parent="div")
        before = _said(lxml.html.tostring(page, encoding="unicode"), title)
        change(page)
        assert _said(lxml.html.tostring(page, encoding="unicode"), title) == before, title
