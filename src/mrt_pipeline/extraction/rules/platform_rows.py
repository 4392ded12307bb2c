"""Rows about platforms: of a table of platforms, or of a plan of the station."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mrt_pipeline.extraction.access_words import is_not_now
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.page_model import Cell, Piece
from mrt_pipeline.extraction.rules.columns import Column, TableState
from mrt_pipeline.extraction.rules.grids import TableRow, is_copy
from mrt_pipeline.extraction.rules.page import Bounds, RulePage
from mrt_pipeline.extraction.rules.parts import split_bounds
from mrt_pipeline.extraction.rules.platforms import (
    TO,
    claim_platform,
    goals_in,
    led_sign,
    line_of,
    lone_goal,
    read_signed,
    sign_in,
)
from mrt_pipeline.extraction.rules.words import Meaning

_ENTRY_END = re.compile(r"[;¦]")
"""Divides a cell's entries, each about a platform of its own."""


def read_platform_row(
    page: RulePage, row: TableRow, columns: Sequence[Column], state: TableState
) -> Iterator[Candidate]:
    """Yield what a row of a table of platforms says."""
    signed = [
        cell
        for number, (cell, column) in enumerate(zip(row.cells, columns, strict=True))
        if column.meaning is Meaning.PLATFORM and not is_copy(row, number)
    ]
    leads = (*map(page.words, (item.piece for item in row.cells[:1])), *state.section.headings)
    each = [
        list(read_signed(page, cell.piece.start, cell.piece.end, leads, _spanning(row, cell, cell)))
        for cell in signed
    ]
    if len(each) > 1 and all(each):  # `A – HarbourFront | B – Dhoby Ghaut`
        yield from (found for listed in each for found in listed)
        return
    by_meaning = {
        column.meaning: cell for column, cell in zip(reversed(columns), reversed(row.cells), strict=True)
    }
    cell = by_meaning[Meaning.PLATFORM]
    sign = sign_in(page.words(cell.piece))
    goal_cell = by_meaning.get(Meaning.TOWARDS) or by_meaning.get(Meaning.LANDMARK)
    if sign is None and goal_cell is None:
        headings = state.section.headings
        yield from read_signed(page, cell.piece.start, cell.piece.end, headings, _spanning(row, cell, None))
    if sign is not None and goal_cell is not None and sign_in(page.words(goal_cell.piece)):
        return  # it is about a platform of its own
    if sign is None:
        yield from read_layout_row(page, row, columns, state)
        return
    if goal_cell is None:
        goals = _goals_of_row(page, row, cell, columns)
    else:
        goals = goals_in(page, goal_cell.piece.start, goal_cell.piece.end, None)
    line_cell = by_meaning.get(Meaning.LINE)
    line = line_of(
        page,
        page.words(line_cell.piece) if line_cell else "",
        " ".join(page.words(item.piece) for item in row.cells),
        *state.section.headings,
    )
    yield from claim_platform(page, sign, goals, line, _spanning(row, cell, goal_cell))


def read_keyed_platform(
    page: RulePage, row: TableRow, piece: Piece, key: Meaning, state: TableState
) -> Iterator[Candidate]:
    """Yield what a cell says whose key is about platforms: a list of them, or where trains of one go."""
    headings = state.section.headings
    bounds = row.bounds or (piece.start, piece.end)
    if key is Meaning.PLATFORM:
        yield from read_signed(page, piece.start, piece.end, headings, bounds)
    elif state.section.sign is not None:
        sign, start = state.section.sign
        goals = goals_in(page, piece.start, piece.end, None)
        yield from claim_platform(page, sign, goals, line_of(page, *headings), (start, piece.end))


def _goals_of_row(page: RulePage, row: TableRow, but: Cell, columns: Sequence[Column]) -> list[str]:
    """Return where trains go by the other cells: behind `towards`, or alone in a cell."""
    others = [
        (cell.piece, column)
        for cell, column in zip(row.cells, columns, strict=True)
        if cell.origin != but.origin
    ]
    said = [goal for piece, _ in others for goal in goals_in(page, piece.start, piece.end, TO)]
    alone = (
        piece for piece, column in others if column.meaning is not Meaning.OTHER and column.unknown is None
    )
    return said or [goal for piece in alone for goal in lone_goal(page, piece.start, piece.end)]


def _spanning(row: TableRow, cell: Cell, other: Cell | None) -> Bounds:
    if row.bounds is not None:
        return row.bounds
    pieces = [cell.piece, (other or cell).piece, *(() if other else (item.piece for item in row.cells))]
    return min(piece.start for piece in pieces), max(piece.end for piece in pieces)


def read_layout_row(
    page: RulePage, row: TableRow, columns: Sequence[Column], state: TableState
) -> Iterator[Candidate]:
    """Yield what a row of a plan of the station says: `L2 | Platform A | towards Jurong East`."""
    if row.bounds is None:
        return
    entries = [
        bounds
        for cell in row.cells
        for bounds in split_bounds(_ENTRY_END, page.text, cell.piece.start, cell.piece.end)
        if led_sign(page.text, *bounds)
    ]
    if len(entries) > 1:
        for entry in entries:
            yield from read_signed(page, *entry, state.section.headings)
        return
    led = [
        (cell, found)
        for cell in row.cells
        if (found := led_sign(page.text, cell.piece.start, cell.piece.end))
    ]
    first = row.cells[0]
    if not led and state.section.topic is Meaning.PLATFORM and (bare := sign_in(page.words(first.piece))):
        led = [(first, (bare, first.piece.end))]
    signs = {found[0] for _, found in led}
    if len(signs) != 1 or is_not_now(page.text[slice(*row.bounds)]):
        return
    first, (sign, sign_end) = led[0]
    goals = goals_in(page, sign_end, row.bounds[1], TO)
    goals = goals or _goals_of_row(page, row, first, columns)
    line = line_of(page, page.text[first.piece.start : row.bounds[1]], *state.section.headings)
    yield from claim_platform(page, sign, goals, line, row.bounds)
