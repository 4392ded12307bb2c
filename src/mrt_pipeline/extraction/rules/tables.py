"""Read tables: a cell belongs to the nearest exits, in its row or above it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mrt_pipeline.extraction.access_words import is_denying, is_not_now
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import EXIT, labels_named
from mrt_pipeline.extraction.page_model import NOTE, Table
from mrt_pipeline.extraction.rules.cells import (
    is_bad_status,
    is_remark_on_exit,
    read_stop_head,
)
from mrt_pipeline.extraction.rules.contexts import Labels
from mrt_pipeline.extraction.rules.labels import (
    read_labels,
)
from mrt_pipeline.extraction.rules.owners import names_another_exit, owned_parts
from mrt_pipeline.extraction.rules.page import RulePage
from mrt_pipeline.extraction.rules.passages import has_unread_words
from mrt_pipeline.extraction.rules.place_mentions import without_location
from mrt_pipeline.extraction.rules.platform_rows import read_platform_rows
from mrt_pipeline.extraction.rules.platforms import led_sign, read_signed
from mrt_pipeline.extraction.rules.sections import (
    Section,
    has_key,
    is_untrusted_head,
    labels_below,
    may_head,
    may_turn,
    of_line,
)
from mrt_pipeline.extraction.rules.table_cells import Scope, read_row
from mrt_pipeline.extraction.rules.table_heads import TableRow, is_full_width
from mrt_pipeline.extraction.rules.table_parts import Part, are_letters, parts_of
from mrt_pipeline.extraction.rules.values import are_named_stops
from mrt_pipeline.extraction.rules.words import Meaning

_SERVICE_REMARK = re.compile(r"\b(?:\d{1,3}[A-Za-z]?|NR\d)\s*\([^()]*\)")
"""a remark on one bus service, not on the stop: `27, 371 (planned)`"""
_SETTLED = frozenset(
    {
        *(Meaning.EXIT, Meaning.BUS, Meaning.OTHER, Meaning.TIME, Meaning.STATUS, Meaning.STATION),
        Meaning.LINE,
    }
)
"""columns that need no further reading, even if nothing was read in them"""


@dataclass(slots=True)
class TableReading:
    """What the rules read in a table."""

    candidates: list[Candidate] = field(default_factory=list)
    is_unread: bool = False
    """whether it may contain something that was not read"""


def read_table(page: RulePage, table: Table, section: Section) -> TableReading:
    """Return what a table says about exits and platforms.

    A row whose words are omitted except for its exits may deny what other rows say, so the statements about
    these exits are dropped. If the exits are omitted too, the whole table is dropped.
    """
    reading, caption = TableReading(), page.words(table.caption) if table.caption else ""
    if caption and (_is_untrusted(page, caption, section.labels) or not may_head(page, caption)):
        return reading
    outer = section.below(page, table.caption) if table.caption else section
    own = labels_below(page, caption, section.labels)
    doubtful: set[str] = set()
    topic = Meaning.EXIT if _lists_exits(page, table, outer) else outer.topic
    for part in parts_of(page, table, topic):
        scope = Scope(outer, own, (caption,))
        if part.lead is not None:
            words = page.words(part.lead)
            scope = Scope(outer.below(page, part.lead), labels_below(page, words, own), (words, caption))
            if _is_untrusted(page, words, own):
                continue
            stops = list(read_stop_head(page, part.lead, own))
            reading.candidates += of_line(page, stops, scope.section.headings)
            if stops:  # the rows below are its bus services
                continue
        if not part.is_noted:
            _read_part(page, part, scope, reading, doubtful)
    if NOTE in doubtful:
        return TableReading()
    reading.candidates += _read_wide_platforms(page, table, outer)
    reading.candidates = [item for item in reading.candidates if item.exit_label not in doubtful]
    return reading


def _read_wide_platforms(page: RulePage, table: Table, section: Section) -> Iterator[Candidate]:
    """Yield the platforms of full-width rows, if no other such row heads them: `Platform A: Jurong East`."""
    rows = [TableRow(row.cells, (row.start, row.end)) for row in table.rows]
    pieces = [row.cells[0].piece for row in rows if len(row.cells) > 1 and is_full_width(page, row)]
    if all(led_sign(page.text, piece.start, piece.end) for piece in pieces):
        for piece in pieces:
            yield from read_signed(page, piece.start, piece.end, section.headings)


def _lists_exits(page: RulePage, table: Table, section: Section) -> bool:
    """Return whether each row has a label and a named stop, below nothing but the station's own name."""
    beside = without_location(page, " ".join(section.headings)).strip(" ()")
    if beside or section.topic not in (None, Meaning.STATION):
        return False
    rows = [TableRow(row.cells, (row.start, row.end)) for row in table.rows]
    narrow = [[cell.piece for cell in row.cells] for row in rows if not is_full_width(page, row)]
    columns = list(zip(*narrow, strict=True))
    has_letters = any(are_letters(page, column) for column in columns)
    return has_letters and any(are_named_stops(page, column) for column in columns)


def _is_untrusted(page: RulePage, words: str, labels: Labels) -> bool:
    """Return whether a caption or full-width row retracts what is below it, or may change its meaning."""
    return is_untrusted_head(page, words) or (bool(labels) and may_turn(page, words))


def _read_part(page: RulePage, part: Part, scope: Scope, reading: TableReading, doubtful: set[str]) -> None:
    """Add the statements of a part to ``reading``, and the exits whose rows are hidden to ``doubtful``."""
    unused = _unused_columns(page, part)
    for row in part.rows:
        if names_another_exit(first_words(page, row), scope.labels):
            scope.labels = ()
        doubtful.update(_doubtful_labels(page, row, part))
        if not part.is_below_exits and _is_of_no_use(page, row, part):
            _withdraw(page, row, part, scope.labels)
            continue
        trains = read_platform_rows(page, row, part, scope.section)
        found = list(of_line(page, trains, scope.section.headings))
        if not part.is_about_trains:
            for number, candidates in read_row(page, row, part, scope):
                if number not in unused:
                    found += of_line(page, candidates, _leads_of(page, row, number, part, scope))
        reading.candidates += found
        reading.is_unread = reading.is_unread or _is_unread(page, row, found, part, scope)


def first_words(page: RulePage, row: TableRow) -> str:
    """Return the first cell of a row, `Exit C`, or the first two joined if the first is a key: `Exit | C`."""
    first, *others = (page.words(cell.piece) for cell in row.cells)
    is_key = page.vocabulary.meaning_of_key(first) is Meaning.EXIT
    return " ".join([first, *others[:1]]) if is_key else first


def _doubtful_labels(page: RulePage, row: TableRow, part: Part) -> Labels:
    """Return the exits of a row whose other words are omitted; ``NOTE`` if its exits are omitted too."""
    place = next(iter(part.exit_places), 0)
    label = page.words(row.cells[place].piece)
    others = {page.words(cell.piece) for number, cell in enumerate(row.cells) if number != place} - {""}
    if label == NOTE and (part.exit_places or others == {NOTE}):
        is_of_itself = place > 0 and page.words(row.cells[0].piece) == NOTE  # a stop that is gone, at an exit
        said = others - {NOTE}
        return () if is_of_itself and said and all(map(is_not_now, said)) else (NOTE,)
    found = read_labels(page, label) if others == {NOTE} else None
    return found.labels if found else ()


def _leads_of(page: RulePage, row: TableRow, number: int, part: Part, scope: Scope) -> tuple[str, ...]:
    """Return what may name the line or date of a cell: the row's line or station, its head, the headings."""
    own = (
        page.words(cell.piece)
        for cell, column in zip(row.cells, part.columns, strict=True)
        if column.meaning in (Meaning.LINE, Meaning.STATION)
    )
    heads = (part.columns[number].head,) if part.is_below_exits else ()
    return (*own, *heads, *scope.section.headings)


def _is_of_no_use(page: RulePage, row: TableRow, part: Part) -> bool:
    """Return whether a row is about another station, or about something that may not exist now."""
    return any(
        takes_back(page, page.words(cell.piece), column.meaning)
        and len(list(owned_parts(page, cell.piece, ()))) < 3  # with more exits, a remark is about one of them
        for cell, column in zip(row.cells, part.columns, strict=True)
    )


def _unused_columns(page: RulePage, part: Part) -> set[int]:
    """Return the columns whose exits are not in use, according to a row."""
    if not part.is_below_exits:
        return set()
    keys = [page.vocabulary.meaning_of_key(page.words(row.cells[0].piece)) for row in part.rows]
    return {
        number
        for row, key in zip(part.rows, keys, strict=True)
        for number, cell in enumerate(row.cells)
        if number > 0 and takes_back(page, page.words(cell.piece), key)
    }


def _withdraw(page: RulePage, row: TableRow, part: Part, labels: Labels) -> None:
    """Note the exits that a row of status says are not in use: `A | Status | closed`."""
    keys = [
        cell
        for cell, column in zip(row.cells, part.columns, strict=True)
        if column.is_key or not part.is_headed
    ]
    if any(page.vocabulary.meaning_of_key(page.words(cell.piece)) is Meaning.STATUS for cell in keys):
        found = read_labels(page, page.words(row.cells[0].piece))
        page.withdrawn.update(found.labels if found else labels)


def takes_back(page: RulePage, words: str, meaning: Meaning | None) -> bool:
    """Return whether a cell, in a column of some meaning, retracts its whole row."""
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


def _is_unread(
    page: RulePage, row: TableRow, candidates: Sequence[Candidate], part: Part, scope: Scope
) -> bool:
    """Return whether a row about exits or platforms has a cell in which nothing was read."""
    names_exit = any(labels_named(page.words(cell.piece)) for cell in row.cells)
    is_about_exits = bool(part.exit_places) or part.is_below_exits or bool(scope.labels) or names_exit
    if not is_about_exits:
        return part.is_about_trains and not candidates
    return any(
        column.meaning not in _SETTLED and has_unread_words(page, cell.piece, candidates)
        for cell, column in zip(row.cells, part.columns, strict=True)
    )
