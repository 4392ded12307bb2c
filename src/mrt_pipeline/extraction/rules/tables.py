"""Tables about exits: what each row says, by the meaning of its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mrt_pipeline.extraction.access_words import is_denying, is_not_now
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import EXIT, labels_named
from mrt_pipeline.extraction.page_model import NOTE, Cell, Piece, Table
from mrt_pipeline.extraction.rules.cells import (
    is_bad_status,
    is_remark_on_exit,
    read_answered,
    read_cell,
    read_exits_of,
    read_stop_head,
)
from mrt_pipeline.extraction.rules.columns import (
    Column,
    TableState,
    is_header,
    key_meaning,
    meaning_by_form,
    take_divider,
    take_header,
    take_headless,
    take_turned_header,
)
from mrt_pipeline.extraction.rules.grids import TableRow, grid_of, is_copy, is_divider, rows_of_exits
from mrt_pipeline.extraction.rules.labels import (
    LabelText,
    has_doubtful_bracket,
    is_answered_no,
    pieces_behind,
    read_labelled_key,
    read_labels,
)
from mrt_pipeline.extraction.rules.owners import names_another_exit, owned_parts
from mrt_pipeline.extraction.rules.page import RulePage
from mrt_pipeline.extraction.rules.passages import has_unread_words
from mrt_pipeline.extraction.rules.place_mentions import Need
from mrt_pipeline.extraction.rules.platform_rows import (
    read_keyed_platform,
    read_layout_row,
    read_platform_row,
)
from mrt_pipeline.extraction.rules.platforms import led_sign
from mrt_pipeline.extraction.rules.sections import (
    Section,
    has_key,
    is_untrusted_head,
    labels_below,
    may_turn,
    topic_of_values,
)
from mrt_pipeline.extraction.rules.words import FEATURES, Meaning

_SERVICE_REMARK = re.compile(r"\b(?:\d{1,3}[A-Za-z]?|NR\d)\s*\([^()]*\)")
"""Concerns one bus service and not the stop: `27, 371 (planned)`."""
_SETTLED = frozenset(
    {
        *(Meaning.EXIT, Meaning.BUS, Meaning.OTHER, Meaning.TIME, Meaning.STATUS, Meaning.STATION),
        Meaning.LINE,
    }
)
"""Columns of which nothing is wanted beyond what was read."""


@dataclass(frozen=True, slots=True)
class RowReading:
    """What the rules made of a row."""

    row: TableRow
    candidates: tuple[Candidate, ...]
    is_unread: bool
    """it may hold something that was not read"""
    leads: tuple[str, ...] = ()
    """words that may say which line's building it is about, nearest first"""


def read_table(page: RulePage, table: Table, section: Section) -> Iterator[RowReading]:
    """Yield what the rules made of each row that names no columns.

    A row of which no more is known than whose it is, or not even that, may deny what the others say.
    """
    doubtful: set[str] = set()
    readings = list(_read_rows(page, table, section, doubtful))
    if NOTE in doubtful:
        return
    for reading in readings:
        kept = tuple(item for item in reading.candidates if item.exit_label not in doubtful)
        yield replace(reading, candidates=kept)


def _read_rows(page: RulePage, table: Table, section: Section, doubtful: set[str]) -> Iterator[RowReading]:
    """Yield the rows of a table, and note the exits whose rows may not be seen, or that it may be any."""
    caption = page.words(table.caption) if table.caption else ""
    if caption and (is_untrusted_head(page, caption) or (section.labels and may_turn(page, caption))):
        return
    labels = labels_below(page, caption, section.labels)
    grid = grid_of(page, table)
    state = TableState(section.below(page, table.caption) if table.caption else section, labels=labels)
    if grid.corner is None:
        take_headless(page, grid.rows, state)
    for number, row in enumerate(grid.rows):
        below = grid.rows[number + 1 :]
        if is_divider(row):
            take_divider(page, row, state, labels)
            stops = tuple(read_stop_head(page, row.cells[0].piece, labels))
            state.is_unread = state.is_unread or bool(stops)  # its services are below
            yield RowReading(row, stops, is_unread=False)
        elif grid.corner is not None and not state.columns:
            if grid.heads == 2 and not state.header:  # it groups the heads below
                state.header, state.is_after_header = [page.words(cell.piece) for cell in row.cells], True
            else:
                take_turned_header(page, row, grid, below, state)
        elif grid.corner is None and is_header(page, row, below, state):
            take_header(page, row, below, state)
        else:
            state.is_after_header, state.has_data = False, True
            if names_another_exit(first_words(page, row), state.labels):
                state.labels = ()
            doubtful.update(_doubtful_labels(page, row, state))
            if not state.is_unread:
                candidates = tuple(dict.fromkeys(_read_row(page, row, state)))
                is_row_unread = _is_unread(page, row, candidates, state)
                yield RowReading(row, candidates, is_row_unread, _leads_of(page, row, state))


def first_words(page: RulePage, row: TableRow) -> str:
    """Return what a row begins with: `Exit C`, or its key with what stands behind that: `Exit | C`."""
    first, *others = (page.words(cell.piece) for cell in row.cells)
    is_key = page.vocabulary.meaning_of_key(first) is Meaning.EXIT
    return " ".join([first, *others[:1]]) if is_key else first


def _doubtful_labels(page: RulePage, row: TableRow, state: TableState) -> tuple[str, ...]:
    """Return whose row may not be seen; ``NOTE`` if that may not be seen either."""
    places = [number for number, column in enumerate(state.columns) if column.meaning is Meaning.EXIT]
    place = places[0] if places and places[0] < len(row.cells) else 0
    label = page.words(row.cells[place].piece)
    others = {page.words(cell.piece) for number, cell in enumerate(row.cells) if number != place} - {""}
    if label == NOTE and (places or others == {NOTE}):
        return (NOTE,)
    found = read_labels(page, label) if others == {NOTE} else None
    return found.labels if found else ()


def _leads_of(page: RulePage, row: TableRow, state: TableState) -> tuple[str, ...]:
    """Return what may say which building a row is about: its cells of lines and stations, then headings."""
    own = (
        page.words(cell.piece)
        for cell, column in zip(row.cells, state.columns, strict=False)
        if column.meaning in (Meaning.LINE, Meaning.STATION)
    )
    return (*own, *state.section.headings)


def _read_row(page: RulePage, row: TableRow, state: TableState) -> Iterator[Candidate]:
    columns = state.columns or tuple(Column() for _ in row.cells)
    if len(columns) != len(row.cells):
        return
    if _is_of_no_use(page, row, columns):
        _withdraw(page, row, columns, state)
        return
    meanings = {column.meaning for column in columns}
    if Meaning.PLATFORM in meanings and Meaning.EXIT not in meanings:
        yield from read_platform_row(page, row, columns, state)
        return
    for group in _groups(columns):
        places = [number for number in group if columns[number].meaning is Meaning.EXIT]
        for one in rows_of_exits(page, row, places[0]) if places else [row]:
            yield from _read_group(page, one, columns, group, state)
    yield from read_layout_row(page, row, columns, state)


def _withdraw(page: RulePage, row: TableRow, columns: Sequence[Column], state: TableState) -> None:
    """Note the exits that a row of their own says are not in use: `A | Status | closed`."""
    keys = [
        cell for cell, column in zip(row.cells, columns, strict=True) if column.is_key or not state.columns
    ]
    if any(page.vocabulary.meaning_of_key(page.words(cell.piece)) is Meaning.STATUS for cell in keys):
        found = read_labels(page, page.words(row.cells[0].piece))
        page.withdrawn.update(found.labels if found else state.labels)


def _is_unread(page: RulePage, row: TableRow, candidates: Sequence[Candidate], state: TableState) -> bool:
    """Return whether a row about exits or platforms has a cell of which nothing was read."""
    columns = state.columns or tuple(Column() for _ in row.cells)
    if len(columns) != len(row.cells) or _is_of_no_use(page, row, columns):
        return False
    meanings = {column.meaning for column in columns}
    names_exit = any(labels_named(page.words(cell.piece)) for cell in row.cells)
    if Meaning.EXIT not in meanings and not state.labels and not names_exit:
        has_sign = any(led_sign(page.text, cell.piece.start, cell.piece.end) for cell in row.cells)
        return (has_sign or Meaning.PLATFORM in meanings) and not candidates
    return any(
        column.meaning not in _SETTLED and has_unread_words(page, cell.piece, candidates)
        for column, cell in zip(columns, row.cells, strict=True)
    )


def _is_of_no_use(page: RulePage, row: TableRow, columns: Sequence[Column]) -> bool:
    """Return whether a row is another station's, or about something that may not be there now."""
    return any(
        takes_back(page, page.words(cell.piece), column.meaning)
        and len(list(owned_parts(page, cell.piece, ()))) < 3  # else a remark is about one of its exits
        for cell, column in zip(row.cells, columns, strict=True)
    )


def takes_back(page: RulePage, words: str, meaning: Meaning | None) -> bool:
    """Return whether a cell says that its whole row is of no use."""
    match meaning:
        case Meaning.STATUS:
            return is_bad_status(words)
        case Meaning.OTHER | Meaning.TIME | Meaning.BUS:  # a stop's name: `Opp Blk 1 (removed)`
            return is_not_now(_SERVICE_REMARK.sub(" ", words)) and not has_key(page, words)
        case None:
            is_of_exits = EXIT.pattern.match(words) is not None  # `Exit 1; Exit 2 (proposed)`
            return is_not_now(words) and is_remark_on_exit(words) and not is_of_exits
        case Meaning.LINE:
            return is_not_now(words) or is_denying(words)
        case Meaning.STATION:
            return page.names_other_station(words)
        case _:
            return False


def _groups(columns: Sequence[Column]) -> list[range]:
    """Return the stretches of columns that belong together: two tables may stand side by side."""
    exits = [number for number, column in enumerate(columns) if column.meaning is Meaning.EXIT]
    if len(exits) < 2 or exits[0] != 0:
        return [range(len(columns))] if len(exits) < 2 else []
    ends = [*exits[1:], len(columns)]
    return [range(start, end) for start, end in zip(exits, ends, strict=True)]


def _read_group(
    page: RulePage, row: TableRow, columns: Sequence[Column], group: range, state: TableState
) -> Iterator[Candidate]:
    place = next((number for number in group if columns[number].meaning is Meaning.EXIT), None)
    labels, others = state.labels, list(group)
    if place is None and not state.columns and len(group) == 2:
        first, second = (cell.piece for cell in row.cells)
        if keyed := read_labelled_key(page, page.words(first)):
            yield from read_cell(page, second, keyed[1], keyed[0], row.bounds)
            return
    if place is None:
        place, found = _find_labels(page, row, group, state)
    else:
        found = read_labels(page, page.words(row.cells[place].piece))
        if found is None:
            return
    if place is not None and found is not None:
        if _has_lines_of_exits(page, row.cells[place].piece):
            yield from read_cell(page, row.cells[place].piece, columns[place].behind_label, (), row.bounds)
            return
        if _is_doubtful_exit(page, row.cells[place].piece, found, is_first=place == 0):
            return
        labels = found.labels
        others = [number for number in group if number != place and (state.columns or number > place)]
        meaning = columns[place].behind_label
        if meaning is not None or not state.columns:
            for piece in pieces_behind(page, row.cells[place].piece, found):
                yield from read_cell(page, piece, meaning, labels, row.bounds)
    yield from _read_others(page, row, columns, others, labels, state, is_labelled=place is not None)


def _is_doubtful_exit(page: RulePage, piece: Piece, found: LabelText, *, is_first: bool) -> bool:
    """Return whether what stands behind the exits of a row may take them back, or answers no."""
    return has_doubtful_bracket(page, piece, found) or (
        not is_first and is_answered_no(page.words(piece), found)
    )


def _has_lines_of_exits(page: RulePage, piece: Piece) -> bool:
    """Return whether a cell says below each of several exits what it has."""
    return sum(bool(own) and part.start < part.end for own, part in owned_parts(page, piece, ())) > 1


def _read_others(
    page: RulePage,
    row: TableRow,
    columns: Sequence[Column],
    others: Sequence[int],
    labels: tuple[str, ...],
    state: TableState,
    *,
    is_labelled: bool,
) -> Iterator[Candidate]:
    """Yield what the cells of a row say beside the one that names its exits."""
    is_keyed = not is_labelled and not state.columns and len(others) > 1
    for cell, column in _entries(page, row, columns, others, labels, is_keyed=is_keyed):
        if column.head is not None:
            yield from read_answered(page, page.words(cell.piece), column.head, column.meaning, labels)
        elif column.meaning in (Meaning.PLATFORM, Meaning.TOWARDS):
            yield from read_keyed_platform(page, row, cell.piece, column.meaning, state)
        elif labels:
            need: Need = "sign" if state.columns and column.meaning is None else "nothing"
            meaning = column.meaning if state.columns else column.meaning or topic_of_values(state.section)
            yield from read_cell(page, cell.piece, meaning, labels, row.bounds, need=need)
        else:
            yield from read_exits_of(page, cell.piece, column.meaning, row.bounds)
            yield from read_cell(page, cell.piece, column.meaning, (), row.bounds)


def _find_labels(
    page: RulePage, row: TableRow, group: range, state: TableState
) -> tuple[int | None, LabelText | None]:
    """Return where a row names its exits, although no head says so: `Exit A`, or `A` below a blank head."""
    first = page.words(row.cells[group[0]].piece)
    if not state.columns and page.vocabulary.meaning_of_key(first):  # `Lifts | Exits A and C`
        return None, None
    for number in group:
        found = read_labels(page, page.words(row.cells[number].piece))
        is_below_blank = number == 0 and bool(state.header) and not state.header[0]
        words = page.words(row.cells[number].piece)
        if found is not None and not state.columns and words[found.rest_start :].lstrip().startswith(","):
            return None, None  # `Exit A, taxi stand, lift`: what is on a floor
        if found is not None and (is_below_blank or (found.has_word and (number == 0 or not state.columns))):
            return number, found
        if state.columns:
            break
    return None, None


def _entries(
    page: RulePage,
    row: TableRow,
    columns: Sequence[Column],
    numbers: Sequence[int],
    labels: tuple[str, ...],
    *,
    is_keyed: bool,
) -> Iterator[tuple[Cell, Column]]:
    """Yield the cells that say something, each with what it holds; behind a key, that is what the key says.

    Args:
        page: the page.
        row: a row.
        columns: what its columns hold.
        numbers: the columns that belong together, that of the exits left out.
        labels: the exits that the row is about.
        is_keyed: whether the first cell must be a key, since nothing else says what the others hold.
    """
    key, head = None, ""
    is_behind_key = False
    for number in numbers:
        cell, column = row.cells[number], columns[number]
        words = page.words(cell.piece)
        if not words or (is_copy(row, number) and (column.meaning not in FEATURES)):
            continue
        if column.unknown is not None:
            page.note_unknown(column.unknown, labels, cell.piece.start, cell.piece.end)
            continue
        if is_behind_key:
            is_behind_key = is_keyed
            if key in (None, Meaning.EXIT):  # `Ways in | Lift`
                key = meaning_by_form(page, head, [cell.piece]) or key
            if key is not None:
                yield cell, Column(key)
            else:
                page.note_unknown(head, labels, cell.piece.start, cell.piece.end)
            continue
        is_open = column.meaning is None and column.head is None
        known = page.vocabulary.meaning_of_key(words) if is_open else None
        known = key_meaning(page, words) if column.is_key else known
        is_first_of_keyed = is_keyed and number == numbers[0]
        if column.is_key or is_first_of_keyed or (known and number != numbers[-1]):
            key, head, is_behind_key = known, words, True
        else:
            yield cell, column
