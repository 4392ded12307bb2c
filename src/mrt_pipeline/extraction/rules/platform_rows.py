"""Read table rows about platforms: the nearest sign, and the direction of its trains."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mrt_pipeline.extraction.access_words import is_not_now
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.page_model import Cell
from mrt_pipeline.extraction.rules.page import RulePage
from mrt_pipeline.extraction.rules.parts import split_bounds
from mrt_pipeline.extraction.rules.platforms import (
    TO,
    claim_platform,
    goals_in,
    is_way_named,
    led_sign,
    line_of,
    lone_goal,
    names_other_platform,
    names_platforms,
    read_signed,
    sign_in,
    sign_of_key,
)
from mrt_pipeline.extraction.rules.sections import Section
from mrt_pipeline.extraction.rules.table_heads import TableRow, is_copy
from mrt_pipeline.extraction.rules.table_parts import Part
from mrt_pipeline.extraction.rules.words import VIA_WORDS, Meaning

_ENTRY_END = re.compile(r"[;¦]")
"""separates the entries of a cell, each about its own platform"""
_GOALS = (Meaning.TOWARDS, Meaning.LANDMARK)


def read_platform_rows(page: RulePage, row: TableRow, part: Part, section: Section) -> Iterator[Candidate]:
    """Yield the directions of trains from the platforms named in a row or above it."""
    entries = [
        bounds
        for number, cell in enumerate(row.cells)
        for bounds in split_bounds(_ENTRY_END, page.text, cell.piece.start, cell.piece.end)
        if not is_copy(row, number) and led_sign(page.text, *bounds)
    ]
    named = _cells_of_platforms(page, row, part, section)
    signed = [(cell, sign) for cell in named if (sign := sign_of_key(page, page.words(cell.piece)))]
    if len(entries) > 1:
        for entry in entries:
            yield from read_signed(page, *entry, section.headings)
    elif section.sign or any(column.sign for column in part.columns):
        yield from _read_below_signs(page, row, part, section)
    elif len(signed) == 1:
        [(cell, sign)] = signed
        goals = _goals_of_row(page, row, cell, sign, part)
        yield from claim_platform(page, sign, goals, _line(page, row, part, section), row.bounds)
    else:
        leads = (page.words(row.cells[0].piece), *section.headings)
        for cell in named:
            yield from read_signed(page, cell.piece.start, cell.piece.end, leads, row.bounds)


def _cells_of_platforms(page: RulePage, row: TableRow, part: Part, section: Section) -> list[Cell]:
    """Return the cells that name platforms, by their own words, their head, their key or the section."""
    named: list[Cell] = []
    for number, cell in enumerate(row.cells):
        key = page.words(row.cells[number - 1].piece) if number else ""
        is_headed = part.columns[number].what.meaning is Meaning.PLATFORM
        is_keyed = names_platforms(page, key)
        is_bare = section.topic is Meaning.PLATFORM and len(page.words(cell.piece)) == 1
        is_led = led_sign(page.text, cell.piece.start, cell.piece.end) is not None
        is_said = not part.exit_places and (is_headed or is_keyed or is_bare)
        if (is_said or is_led) and not is_copy(row, number) and page.words(cell.piece):
            named.append(cell)
    return named


def _goals_of_row(page: RulePage, row: TableRow, but: Cell, sign: str, part: Part) -> list[str]:
    """Return the destinations in a row: below a head for them, after `towards`, or alone in a cell.

    A cell such as `Northbound` is passed over, as the next one may name the station.

    Args:
        page: the page.
        row: the row.
        but: the cell that names the platform.
        sign: the platform's sign.
        part: the part of the table.
    """
    others = [
        (cell.piece, column.meaning, column.head)
        for cell, column in zip(row.cells, part.columns, strict=True)
        if cell.origin != but.origin
    ]
    headed = [
        (piece, VIA_WORDS.search(head) is not None)
        for piece, meaning, head in others
        if meaning in _GOALS and not is_way_named(page.words(piece))
    ]
    for piece, is_next in sorted(headed, key=lambda it: it[1]):  # `Terminus` before `Next station`
        words = page.words(piece)
        is_other = sign_in(words) is not None or names_other_platform(words, sign)
        beside = [page.words(one) for one, meaning, _ in others if is_next and meaning is None]
        is_unsure = any(map(page.names_other_station, beside))  # below a head such as `Loops round to`
        return [] if is_other or is_unsure else goals_in(page, piece.start, piece.end, None)
    words = page.text[slice(*row.bounds)]
    if is_not_now(words) or names_other_platform(words, sign):
        return []
    own = led_sign(page.text, but.piece.start, but.piece.end)
    stretches = [(own[1], but.piece.end)] if own else []
    stretches += [(piece.start, piece.end) for piece, *_ in others]
    said = [goal for bounds in stretches for goal in goals_in(page, *bounds, TO)]
    alone = [(piece.start, piece.end) for piece, meaning, _ in others if meaning is not Meaning.OTHER]
    return said or [goal for bounds in alone for goal in lone_goal(page, *bounds)]


def _read_below_signs(page: RulePage, row: TableRow, part: Part, section: Section) -> Iterator[Candidate]:
    """Yield the directions of trains from platforms named in the heads of columns or in a heading."""
    key = page.vocabulary.meaning_of_key(page.words(row.cells[0].piece))
    for number, (cell, column) in enumerate(zip(row.cells, part.columns, strict=True)):
        sign = column.sign or section.sign
        if sign is None or not page.words(cell.piece):
            continue
        bounds = cell.piece.start, cell.piece.end
        goals = goals_in(page, *bounds, TO)
        if key in _GOALS and number > 0:
            goals = goals_in(page, *bounds, None)
        elif column.sign and key in (None, Meaning.LINE):
            goals = goals or lone_goal(page, *bounds)
        line = line_of(
            page,
            page.words(row.cells[0].piece),
            page.words(cell.piece),
            _line_below(page, part, number),
            *section.headings,
        )
        yield from claim_platform(
            page,
            sign[0],
            goals,
            line,
            (min(sign[1], cell.piece.start), max(sign[1] + len(sign[0]), cell.piece.end)),
        )


def _line_below(page: RulePage, part: Part, number: int) -> str:
    """Return the cell of a column in the part's row of lines; empty if there is no such row."""
    rows = (
        row
        for row in part.rows
        if page.vocabulary.meaning_of_key(page.words(row.cells[0].piece)) is Meaning.LINE
    )
    return next((page.words(row.cells[number].piece) for row in rows), "")


def _line(page: RulePage, row: TableRow, part: Part, section: Section) -> str | None:
    """Return the line that a row names, in a column of lines or elsewhere, or else the headings."""
    own = [
        page.words(cell.piece)
        for cell, column in zip(row.cells, part.columns, strict=True)
        if column.meaning is Meaning.LINE
    ]
    return line_of(page, *own, page.text[slice(*row.bounds)], *section.headings)
