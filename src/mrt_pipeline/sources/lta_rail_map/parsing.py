"""Parse the pages of LTA's rail map into places by exit.

The index has ``<station name=…>`` elements, each with one or several ``<file>``; a page has the heading
``Exit Information`` (``h5``) followed by a table of exits and places, one place per line of a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.source import StationPageFact
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.extraction.exit_matching import read_exit_list
from mrt_pipeline.extraction.page_lines import (
    MAX_NAME_CHARS,
    is_landmark,
    is_takeback,
    lines_of,
    root_of,
    text_of,
)
from mrt_pipeline.extraction.place_names import plain_name
from mrt_pipeline.extraction.station_pages import LANDMARK, PageFacts, PageKey
from mrt_pipeline.runtime.records import show
from mrt_pipeline.sources.lta_rail_map import RAIL_MAP

if TYPE_CHECKING:
    from lxml.etree import _Element

RAIL_MAP_ID = RAIL_MAP.document_id
MAX_PAGES = 500
"""about 190 stations in 2026"""
HEADING = "exit information"
_FILE = re.compile(r"mrt/(?P<name>[A-Z]{2,6}/[A-Z0-9-]{2,30})\.html")
_HEADS = frozenset({"exit", "exits"})
"""first cells of header rows, in lower case"""


def parse_index(content: bytes) -> tuple[PageKey, ...]:
    """Return the pages in the order of the index, each identified by its file: ``EWL/EW12``.

    Raises:
        SourceFormatError: if the index is not XML, names no page, or names a file outside the map.
    """
    pages = dict.fromkeys(key for station in _stations_of(content) for key in _pages_of(station))
    if not 0 < len(pages) <= MAX_PAGES:
        raise SourceFormatError(
            RAIL_MAP_ID, f"the index names {len(pages)} pages; expected some, and at most {MAX_PAGES}."
        )
    return tuple(pages)


def parse_page(content: bytes, key: PageKey) -> PageFacts:
    """Return the places that a station's page lists by exit, in its order.

    Raises:
        SourceFormatError: if it is not a page of this station, or incomplete.
    """
    root = root_of(content, RAIL_MAP_ID)
    headings = (
        [] if root is None else [it for it in root.iter("h5") if text_of(it).lower().rstrip(" :") == HEADING]
    )
    if root is None or (not headings and plain_name(key.station_name) not in plain_name(text_of(root))):
        raise _no_page(key, "is not a page of this station")
    if not headings:
        return PageFacts((), ("no heading Exit Information",))
    table = _table_behind(headings[0], root)
    if table is None or b"</table" not in content[content.lower().find(HEADING.encode()) :].lower():
        raise _no_page(key, "is cut off, or has no table below its heading Exit Information")
    unread: list[str] = []
    own = (row for row in table.iter("tr") if next(row.iterancestors("table")) is table)
    facts = [fact for row in own for fact in _read_row(row, key, unread)]
    return PageFacts(tuple(dict.fromkeys(facts)), tuple(unread))


def _stations_of(content: bytes) -> Iterator[_Element]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        yield from etree.fromstring(content, parser).iter("station")
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceFormatError(
            RAIL_MAP_ID, f"the index is not XML, or is incomplete ({show(str(error))}). Run again later."
        ) from error


def _pages_of(station: _Element) -> Iterator[PageKey]:
    name = " ".join((station.get("name") or "").split())
    for file in station.iter("file"):
        path = text_of(file)
        found = _FILE.fullmatch(path)
        if found is None or not 0 < len(name) <= MAX_NAME_CHARS:
            raise SourceFormatError(
                RAIL_MAP_ID,
                f"the index has {show(path)} as the file of {show(name)}; expected one such as "
                "mrt/EWL/EW12.html, and a name. Run again later.",
            )
        yield PageKey("", found["name"], name)


def _table_behind(heading: _Element, root: _Element) -> _Element | None:
    """Return the first table between a heading and the next one, whatever boxes they are in."""
    is_behind = False
    for element in root.iter("h5", "table"):
        if is_behind:
            return element if element.tag == "table" else None
        is_behind = element is heading
    return None


def _read_row(row: _Element, key: PageKey, unread: list[str]) -> Iterator[StationPageFact]:
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    labels = _read_labels(cells[0]) if cells else ()
    if not labels or len(cells) != 2 or row.find(".//table") is not None:
        if not cells or text_of(cells[0]).lower() not in _HEADS:
            unread.append(text_of(row)[:MAX_NAME_CHARS])
        return
    lines = [line for _, line in lines_of([cells[1]])]
    unread.extend(f"{text_of(cells[0])}: {line}"[:MAX_NAME_CHARS] for line in lines if is_takeback(line))
    names = [line for line in lines if is_landmark(line)]
    for label in labels:
        for name in names:
            yield StationPageFact("", key.operator_code, key.station_name, label, LANDMARK, name)


def _read_labels(cell: _Element) -> tuple[str, ...]:
    """Return the exits that a cell names, one list per line; empty if any line is something else."""
    lines = list(lines_of([cell]))
    lists = [read_exit_list(line) or () for _, line in lines]
    is_split = len(lines) > 1 and any(is_bold for is_bold, _ in lines)  # part of a label may be bold
    return () if is_split or not all(lists) else tuple(dict.fromkeys(label for one in lists for label in one))


def _no_page(key: PageKey, what: str) -> SourceFormatError:
    return SourceFormatError(
        RAIL_MAP_ID,
        f"the page {key.operator_code} of {show(key.station_name)} {what}; expected a table of exits and "
        "places. Run again later.",
    )
