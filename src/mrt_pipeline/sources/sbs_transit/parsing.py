"""Parse SBS Transit's pages into what they list for each exit.

A page has headings (``h4``), below them names in bold, and below each name lines separated by breaks. Under
``Exits`` the names are exits and the lines are places; under ``Common Facilities`` or ``Facilities Found …``
the names are facilities and the lines are exits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.source import StationPageFact
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.extraction.exit_matching import LABEL, read_exit_list
from mrt_pipeline.extraction.page_lines import (
    MAX_NAME_CHARS,
    is_landmark,
    is_takeback,
    lines_of,
    root_of,
    text_of,
)
from mrt_pipeline.extraction.station_pages import LANDMARK, LIFT, TOILET, PageFacts, PageKey
from mrt_pipeline.runtime.records import is_list, is_object, parse_json, show
from mrt_pipeline.sources.sbs_transit import STATION_PAGES

if TYPE_CHECKING:
    from lxml.etree import _Element

PAGES_ID = STATION_PAGES.document_id
FACILITIES: Mapping[str, str] = {"lift": LIFT, "lifts": LIFT, "toilet": TOILET, "toilets": TOILET}
"""facility headings that say something about exits, in lower case"""
FACILITY_HEADS = ("facilities found", "common facilities")
_SPEAKS_OF_THEM = re.compile("lift|toilet", re.IGNORECASE)
_CODE = re.compile(r"[A-Z0-9]{2,5}")
_CELLS = {
    "line": re.compile(r"[A-Z]{3}"),
    "operator_code": _CODE,
    "station": re.compile(r"\S.{0,99}"),
    "exit": re.compile(LABEL),
}
_NAMED_EXIT = re.compile(rf"\b(?i:exits?)\s*:?\s*({LABEL})\b")
_ENDS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "footer"})
"""elements that end a section"""


@dataclass(slots=True)
class _Section:
    """The content of one heading: names in bold, each with its lines."""

    heading: str
    groups: list[tuple[str, list[str]]] = field(default_factory=lambda: [("", [])])
    """in page order; the first has no name and holds what precedes the first name"""


def parse_stations(content: bytes, line_code: str) -> tuple[PageKey, ...]:
    """Return the stations of a line for which SBS Transit has pages.

    Raises:
        SourceFormatError: if the answer lists none.
    """
    root = root_of(content, PAGES_ID)
    options = [] if root is None else list(root.iter("option"))
    keys = [
        PageKey(line_code, code, text_of(option))
        for option in options
        if _CODE.fullmatch(code := (option.get("value") or "").strip())
    ]
    if not keys or not all(key.station_name for key in keys):
        raise SourceFormatError(
            PAGES_ID, f"the list of {line_code} stations names none; expected an <option> for each station."
        )
    return tuple(dict.fromkeys(keys))


def parse_page(content: bytes, key: PageKey) -> PageFacts:
    """Return what a station page lists for each exit, in page order.

    Raises:
        SourceFormatError: if it is not a station page, or incomplete.
    """
    name = f"the page of {key.station_name} ({key.line_code} {key.operator_code})"
    if b"</html>" not in content[-2048:].lower():
        raise SourceFormatError(
            PAGES_ID, f"{name} is cut off, or is not a page; expected it to end with </html>."
        )
    root = root_of(content, PAGES_ID)
    sections = [] if root is None else list(_read_sections(root))
    exits = [section for section in sections if section.heading.lower() == "exits"]
    facilities = [section for section in sections if section.heading.lower().startswith(FACILITY_HEADS)]
    if not exits or not facilities:
        missing = "Exits" if not exits else "Common Facilities, or Facilities Found"
        raise SourceFormatError(PAGES_ID, f"{name} has no heading {missing!r}; expected a station page.")
    unread = list(_unread_headings(facilities))
    facts = [
        *(fact for section in exits for fact in _landmarks(section, key, unread)),
        *(fact for section in facilities for fact in _facilities(section, key, unread)),
    ]
    return PageFacts(tuple(dict.fromkeys(facts)), tuple(unread))


def parse_facts(content: bytes) -> tuple[StationPageFact, ...]:
    """Return the lifts of a list made by others from the pages: ``rows`` of line, code, station and exit.

    Raises:
        SourceFormatError: if it holds no rows, or one is unreadable.
    """
    document = parse_json(content, PAGES_ID, "rows")
    rows = document.get("rows") if is_object(document) else None
    if not is_list(rows) or not rows:
        raise SourceFormatError(PAGES_ID, f"the file has {show(rows)} as rows; expected a list of lifts.")
    return tuple(dict.fromkeys(_read_row(number, row) for number, row in enumerate(rows)))


def _read_row(number: int, row: object) -> StationPageFact:
    fields = row if is_object(row) else {}
    cells = {name: str(fields.get(name, "")) for name in _CELLS}
    for name, pattern in _CELLS.items():
        if not pattern.fullmatch(cells[name]):
            raise SourceFormatError(
                PAGES_ID, f"rows[{number}] has {show(cells[name])} as {name}; expected {pattern.pattern}."
            )
    return StationPageFact(cells["line"], cells["operator_code"], cells["station"], cells["exit"], LIFT, "")


def _landmarks(section: _Section, key: PageKey, unread: list[str]) -> Iterator[StationPageFact]:
    for name, lines in section.groups:
        unread.extend(_told(name, [line]) for line in lines if is_takeback(line))
        for label in read_exit_list(name) or ():
            for line in lines:
                if is_landmark(line):
                    yield StationPageFact(
                        key.line_code, key.operator_code, key.station_name, label, LANDMARK, line
                    )


def _facilities(section: _Section, key: PageKey, unread: list[str]) -> Iterator[StationPageFact]:
    for name, lines in section.groups:
        kind = _kind_of(name)
        if kind is None:
            continue
        remarks = [line for line in lines if read_exit_list(line) is None]
        unread.extend(_told(name, [line]) for line in remarks)
        for label in _unqualified(lines, remarks):
            yield StationPageFact(key.line_code, key.operator_code, key.station_name, label, kind, "")


def _unqualified(lines: Sequence[str], remarks: Sequence[str]) -> Iterator[str]:
    """Yield the listed exits that no remark mentions; a remark without an exit may apply to all."""
    named = [set(_NAMED_EXIT.findall(remark)) for remark in remarks]
    if all(named):
        doubtful = set[str]().union(*named)
        listed = (label for line in lines for label in read_exit_list(line) or ())
        yield from (label for label in listed if label not in doubtful)


def _unread_headings(sections: Sequence[_Section]) -> Iterator[str]:
    """Yield what may concern lifts or toilets under unknown headings; everything if none is known."""
    groups = [group for section in sections for group in section.groups]
    others = [(name, lines) for name, lines in groups if _kind_of(name) is None]
    told = [_told(name, lines) for name, lines in others if _SPEAKS_OF_THEM.search(name or " ".join(lines))]
    yield from told
    if not told and len(others) == len(groups):
        yield _told(sections[0].heading, [name for name, _ in others if name])


def _kind_of(name: str) -> str | None:
    return FACILITIES.get(name.lower().rstrip(" :"))


def _told(name: str, lines: Sequence[str]) -> str:
    """Return a heading and its content in readable form."""
    parts = (name.rstrip(" :")[:MAX_NAME_CHARS], ", ".join(lines)[:MAX_NAME_CHARS])
    return ": ".join(part for part in parts if part)


def _read_sections(root: _Element) -> Iterator[_Section]:
    """Yield the section below each ``h4``."""
    for heading in root.iter("h4"):
        section = _Section(text_of(heading))
        for is_bold, text in lines_of(_content_below(heading)):
            if not is_bold or is_takeback(text):
                section.groups[-1][1].append(text)
            if is_bold:
                section.groups.append((text, []))
        yield section


def _content_below(heading: _Element) -> Iterator[_Element | str]:
    """Yield texts and elements after a heading, up to the next heading or the end of their box.

    A heading may be alone in its own box; then its content follows that box.
    """
    anchor = heading
    while anchor.getnext() is None and not (anchor.tail or "").strip():
        parent = anchor.getparent()
        if parent is None:
            return
        anchor = parent
    yield anchor.tail or ""
    for element in anchor.itersiblings():
        if any(str(inner.tag) in _ENDS for inner in element.iter()):
            return
        yield element
        yield element.tail or ""
