"""What the columns of a table hold, and which of its rows say so: whichever way round it stands.

The form decides first, the words second: a column of labels names exits and a column of stops' codes holds
bus stops, whatever their heads say; a column of keys says row by row what the cell behind it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mrt_pipeline.extraction.page_model import Cell, Piece
from mrt_pipeline.extraction.qualifiers import is_understood
from mrt_pipeline.extraction.rules.cells import BUS_STOP_CODE, access_in, denied_in
from mrt_pipeline.extraction.rules.grids import Grid, TableRow, has_label, is_copy, is_divider
from mrt_pipeline.extraction.rules.headers import is_harmless_head, is_noted, is_taken_back, without_notes
from mrt_pipeline.extraction.rules.labels import read_labels
from mrt_pipeline.extraction.rules.page import RulePage
from mrt_pipeline.extraction.rules.parts import split_list
from mrt_pipeline.extraction.rules.place_mentions import is_generic, is_name
from mrt_pipeline.extraction.rules.platforms import led_sign
from mrt_pipeline.extraction.rules.sections import Section, is_untrusted_head, labels_below, may_turn
from mrt_pipeline.extraction.rules.words import ANSWERS, FEATURES, FILLERS, Meaning, folded

MAX_HEAD_WORDS = 4
"""A cell that is not marked as a head and has more words is none."""
_BLANK = frozenset({"", "-", "–", "—"})
_ABOUT_TRAINS = frozenset({Meaning.PLATFORM, Meaning.TOWARDS})
_OF_ONE_COLUMN = (Meaning.ACCESS, Meaning.BUS_STOP, Meaning.LANDMARK, Meaning.OTHER)
_SILENT = frozenset({None, Meaning.OTHER})
"""Meanings of a head that say nothing of exits."""
_NOT_BEHIND_LABEL = frozenset({None, Meaning.EXIT, Meaning.STATION, Meaning.OTHER})


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds."""

    meaning: Meaning | None = None
    behind_label: Meaning | None = None
    """what follows the label in a column of exits: `Exit / Landmarks`"""
    head: Piece | None = None
    """the value itself, where cells only answer whether an exit has it"""
    is_key: bool = False
    """its cells say what those behind them hold"""
    unknown: str | None = None
    """its head, if neither that nor its cells say what it holds"""


@dataclass(slots=True)
class TableState:
    """What the rows so far say about those that follow."""

    section: Section
    columns: tuple[Column, ...] = ()
    header: list[str] = field(default_factory=list)
    is_after_header: bool = False
    has_data: bool = False
    """a row since the last heading was no head"""
    labels: tuple[str, ...] = ()
    is_unread: bool = False


def take_divider(page: RulePage, row: TableRow, state: TableState, labels: tuple[str, ...]) -> None:
    """Take that the rows below belong to a heading inside the table."""
    words = page.words(row.cells[0].piece)
    state.labels = labels_below(page, words, labels)
    state.is_unread = is_untrusted_head(page, words) or (bool(labels) and may_turn(page, words))
    state.section = state.section.below(page, row.cells[0].piece)
    state.has_data = False


def is_header(page: RulePage, row: TableRow, below: Sequence[TableRow], state: TableState) -> bool:
    """Return whether a row names columns: all its cells are heads, or its words mean something.

    A row of which some cells are heads is one of keys and values.
    """
    filled = [cell for cell in row.cells if page.words(cell.piece)]
    heads = {cell.is_header for cell in filled}
    if not filled or len(heads) > 1 or any(_is_about_one(page, cell) for cell in filled):
        return False
    words = [page.words(cell.piece) for cell in filled]
    if heads == {True} and not state.has_data:
        return len(filled) > 1 or page.vocabulary.meaning_of(words[0]) is not None
    if heads == {True}:
        return any(map(page.vocabulary.meaning_of, words))
    known = sum(page.vocabulary.meaning_of_key(head) is not None for head in words)
    if state.has_data or any(folded(head) in ANSWERS or len(head.split()) > MAX_HEAD_WORDS for head in words):
        return False
    body = [row for row in below if not is_divider(row)]
    firsts = [page.words(row.cells[0].piece) for row in body]
    if firsts and all(key_meaning(page, first) for first in firsts):  # it is a key, as those below it are
        return False
    heads_exits = len(below) > 1 and all(has_label(page, row, 0) for row in body)
    return known > 0 and (heads_exits or (known >= 2 and 2 * known >= len(filled)))


def take_header(page: RulePage, row: TableRow, below: Sequence[TableRow], state: TableState) -> None:
    """Take the names of columns; a head in two rows is read as one."""
    own = words = [page.words(cell.piece) for cell in row.cells]
    if state.is_after_header and len(own) == len(state.header):
        pairs = zip(state.header, own, strict=True)
        words = [above if above == lowest else f"{above} {lowest}" for above, lowest in pairs]
    meanings = [page.vocabulary.meaning_below(*pair) for pair in zip(words, own, strict=True)]
    body = [row for row in below if not is_divider(row) and len(row.cells) == len(own)]
    if not state.is_after_header:  # one head across several columns is about none of them in particular
        spans = [is_copy(row, number) for number in range(len(own))]
        meanings = [
            None if is_spanned and meaning is Meaning.LANDMARK else meaning
            for is_spanned, meaning in zip(spans, meanings, strict=True)
        ]
    state.columns = tuple(_columns_of(page, words, meanings, body))
    state.header, state.is_after_header = words, True
    if any(is_noted(head) and _says_whose(page, head) for head in own):
        state.is_unread = True


def take_turned_header(
    page: RulePage, row: TableRow, grid: Grid, body: Sequence[TableRow], state: TableState
) -> None:
    """Take the first column of a table that was turned round: what the rows hold, or what exits may have."""
    take_header(page, row, body, state)
    about = page.vocabulary.meaning_of(grid.corner or "")
    is_platforms = about in _ABOUT_TRAINS or not has_label(page, body[0], grid.place)
    columns = [Column(Meaning.LINE)] * grid.place
    columns.append(Column(Meaning.PLATFORM if is_platforms else Meaning.EXIT))
    for number, column in enumerate(state.columns[grid.place + 1 :], grid.place + 1):
        words = [folded(cell) for cell in _cells_of(page, body, number)]
        is_asked = all(word in ANSWERS or word in _BLANK for word in words)
        if is_asked and about in (Meaning.LANDMARK, Meaning.BUS_STOP):
            column = Column(about, head=row.cells[number].piece)
        columns.append(column)
    state.columns = tuple(columns)


def take_headless(page: RulePage, rows: Sequence[TableRow], state: TableState) -> None:
    """Take columns without heads, if the first one names an exit in every row below a heading about exits."""
    body = [row for row in rows if not is_divider(row)]
    is_about_exits = state.section.topic is Meaning.EXIT and not state.section.labels
    if is_about_exits and len(body) > 1 and all(has_label(page, row, 0) for row in body):
        blank = [""] * len(body[0].cells)
        state.columns = tuple(_columns_of(page, blank, [None] * len(blank), body))


def key_meaning(page: RulePage, words: str) -> Meaning | None:
    """Return what a key means in a row of one fact; a kind of place heads the name of one: `Temple`."""
    found = page.vocabulary.meaning_of_key(words)
    return found or (Meaning.LANDMARK if words and is_generic(words) else None)


def meaning_by_form(page: RulePage, head: str, pieces: Sequence[Piece]) -> Meaning | None:
    """Return what the cells are whose head or key is not known, if it cannot turn them round."""
    return _meaning_of_cells(page, pieces) if is_harmless_head(head) else None


def is_filler(words: str) -> bool:
    """Return whether a head says nothing: it is blank, or `Details`."""
    return all(word in FILLERS for word in folded(words).split())


def _says_whose(page: RulePage, head: str) -> bool:
    """Return whether a head with a note may be what tells whose the rows are, or whether they count."""
    return page.vocabulary.meaning_of(without_notes(head)) not in (*FEATURES, *_OF_ONE_COLUMN)


def _is_about_one(page: RulePage, cell: Cell) -> bool:
    """Return whether a cell names one exit, platform or station, as heads of columns do not."""
    words = page.words(cell.piece)
    return bool(words) and (
        read_labels(page, words) is not None
        or led_sign(page.text, cell.piece.start, cell.piece.end) is not None
        or page.names_other_station(words)
    )


def _columns_of(
    page: RulePage, header: Sequence[str], meanings: Sequence[Meaning | None], body: Sequence[TableRow]
) -> Iterator[Column]:
    """Yield what each column holds, by its head, else by its cells."""
    place = _place_of_exits(page, header, meanings, body)
    is_behind_key = False
    for number, meaning in enumerate(meanings):
        if number == place:
            yield Column(Meaning.EXIT, None if meaning in _NOT_BEHIND_LABEL else meaning)
        elif is_behind_key:
            is_behind_key = False
            yield Column(unknown=header[number] if is_taken_back(header[number]) else None)
        elif _is_key_column(page, meanings, body, number):
            is_behind_key = True
            yield Column(meaning, is_key=True)
        else:
            pieces = [row.cells[number].piece for row in body]
            is_open = meaning in (*_SILENT, Meaning.BUS) and page.vocabulary.is_harmless(header[number])
            if is_open and _are_stops(page, pieces):
                meaning = Meaning.BUS_STOP  # `Code and name`, `Transfer to bus`
            elif meaning is None:
                meaning = meaning_by_form(page, header[number], pieces)
            elif meaning is Meaning.STATUS and _are_about_access(list(map(page.words, pieces))):
                meaning = Meaning.ACCESS
            is_unknown = meaning is None and not is_filler(header[number])
            yield Column(meaning, unknown=header[number] if is_unknown else None)


def _place_of_exits(
    page: RulePage, header: Sequence[str], meanings: Sequence[Meaning | None], body: Sequence[TableRow]
) -> int | None:
    """Return which column names the exits: by its head, or because nothing but labels stands in it."""
    if Meaning.EXIT in meanings:
        return None if meanings.count(Meaning.EXIT) > 1 else meanings.index(Meaning.EXIT)
    for number, (words, meaning) in enumerate(zip(header, meanings, strict=True)):
        if meaning not in (None, Meaning.OTHER) and Meaning.EXIT in page.vocabulary.meanings_in(words):
            return number
    is_open = meanings[0] in _SILENT and not is_taken_back(header[0])
    if _ABOUT_TRAINS & set(meanings) or not is_open or len(body) < 2:
        return None
    places = [number for number in range(len(header)) if all(has_label(page, row, number) for row in body)]
    return 0 if places == [0] else None


def _is_key_column(
    page: RulePage, meanings: Sequence[Meaning | None], body: Sequence[TableRow], number: int
) -> bool:
    """Return whether a column's cells say what those behind them hold, whose head says nothing of its own."""
    is_open = meanings[number] in (None, Meaning.OTHER, Meaning.ACCESS, Meaning.LANDMARK)
    if not is_open or number + 1 == len(meanings) or not body:
        return False
    behind = meanings[number + 1]
    if behind in (*_SILENT, Meaning.STATUS):
        answers = _cells_of(page, body, number + 1)
        if any(folded(cell) in ANSWERS or cell in ANSWERS for cell in answers):
            return True
    cells = _cells_of(page, body, number)
    keys = sum(key_meaning(page, cell) is not None and not read_labels(page, cell) for cell in cells)
    is_answer = _are_about_access(cells) and not any(has_label(page, row, number + 1) for row in body)
    return behind in _SILENT and keys > 0 and 2 * keys >= len(cells) and not is_answer


def _meaning_of_cells(page: RulePage, pieces: Sequence[Piece]) -> Meaning | None:
    """Return what a column's cells are, if all of them are the same sort of thing."""
    filled = [piece for piece in pieces if page.words(piece) not in _BLANK]
    words = [page.words(piece) for piece in filled]
    if not filled:
        return None
    if _are_about_access(words):
        return Meaning.ACCESS
    named = sum(bool(piece.links) or any(map(is_name, split_list(page.words(piece)))) for piece in filled)
    return Meaning.LANDMARK if 2 * named > len(filled) else None


def _are_stops(page: RulePage, pieces: Sequence[Piece]) -> bool:
    """Return whether a code of a bus stop stands in each cell, but for those that are blank."""
    filled = [words for piece in pieces if (words := page.words(piece)) not in _BLANK]
    return bool(filled) and all(map(BUS_STOP_CODE.search, filled))


def _are_about_access(cells: Sequence[str]) -> bool:
    """Return whether most cells say something about access and nothing else."""
    are = [is_understood(cell, may_deny=True) and (access_in(cell) or denied_in(cell)) for cell in cells]
    return 2 * sum(map(bool, are)) > len(are)


def _cells_of(page: RulePage, body: Sequence[TableRow], number: int) -> list[str]:
    """Return the words of a column, blank cells left out."""
    words = (page.words(row.cells[number].piece) for row in body)
    return [cell for cell in words if cell]
