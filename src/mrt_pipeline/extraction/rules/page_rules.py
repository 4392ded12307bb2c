"""Read a station's page by fixed rules, and choose the passages that they cannot read.

A rule claims only what the page's form makes certain: the meaning of a column's head or of a key, and the
exit that a row, list item or sentence is about. Its statements still have to be grounded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mrt_pipeline.contracts.claims import HeadedValue
from mrt_pipeline.contracts.network import AccessFeature, StepFree
from mrt_pipeline.extraction.access_words import DENIALS, MEANING
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import labels_named
from mrt_pipeline.extraction.page_model import Heading, Line, PageText, Piece, Table, bounds_of
from mrt_pipeline.extraction.place_names import PlaceNames
from mrt_pipeline.extraction.rules.cells import BUS_STOP_CODE, without_stop_names
from mrt_pipeline.extraction.rules.closures import ALL, withdraw_closed
from mrt_pipeline.extraction.rules.contradictions import contradicted, gone_elsewhere, passage_numbers
from mrt_pipeline.extraction.rules.entries import Entry, Placed, entries_of, heads_of, place_of
from mrt_pipeline.extraction.rules.headers import Vocabulary, load_vocabulary
from mrt_pipeline.extraction.rules.labels import has_doubtful_bracket, names_two_exits
from mrt_pipeline.extraction.rules.lists import read_entry, read_head
from mrt_pipeline.extraction.rules.page import Bounds, RulePage
from mrt_pipeline.extraction.rules.passages import choose_passages, is_unread_line
from mrt_pipeline.extraction.rules.prose import read_prose
from mrt_pipeline.extraction.rules.sections import Section, of_line, sections_of
from mrt_pipeline.extraction.rules.tables import TableReading, read_table
from mrt_pipeline.extraction.rules.words import FEATURES, Meaning

MAX_CANDIDATES = 1000
"""the rest of a page with more statements is not read; no station needs as many"""

MAX_UNKNOWN_HEADS = 20
MAX_HEADED = 400


@dataclass(frozen=True, slots=True)
class RuleReading:
    """What the rules read in a page."""

    candidates: tuple[Candidate, ...]
    """each statement once, in page order"""
    passages: tuple[Bounds, ...]
    """bounds of the text that may contain something the rules could not read"""
    headed: tuple[HeadedValue, ...] = ()
    """values whose head or key is not in the vocabulary"""

    @property
    def unknown_heads(self) -> tuple[tuple[str, int], ...]:
        """Return heads and keys not in the vocabulary, each with the number of values that depend on it."""
        return tuple(Counter(value.head for value in self.headed).most_common(MAX_UNKNOWN_HEADS))


def read_page(page: PageText, names: PlaceNames, vocabulary: Vocabulary | None = None) -> RuleReading:
    """Return the statements that the rules read in a page, and the passages that they could not read.

    Args:
        page: the page.
        names: names of stations and lines.
        vocabulary: meanings of heads and keys; default: the package's own.
    """
    rule_page = RulePage.of(page, names, vocabulary or load_vocabulary())
    entries = entries_of(rule_page)
    found: dict[Candidate, int] = {}
    passage = passage_numbers(page)
    unread: list[tuple[int, Bounds]] = []
    heads: set[Piece] = set()
    for heading in (block for block in page.blocks if isinstance(block, Heading)):
        withdraw_closed(rule_page, heading, Section())
    for number, block, section in sections_of(rule_page):
        withdraw_closed(rule_page, block, section)
        if section.is_unread or len(found) >= MAX_CANDIDATES:
            continue
        if section.head is not None and section.head not in heads:
            heads.add(section.head)
            told = of_line(rule_page, read_head(rule_page, section), section.headings)
            found.update(dict.fromkeys(told, passage[number]))
        if isinstance(block, Table):
            inner = _section_in(rule_page, block, entries, section)
            reading = read_table(rule_page, block, inner) if inner else TableReading()
            found.update(dict.fromkeys(reading.candidates, passage[number]))
            stretch = bounds_of(block) if reading.is_unread else None
        elif isinstance(block, Line):
            candidates, stretch = _read_line(rule_page, entries[block], section)
            found.update(dict.fromkeys(candidates, passage[number]))
        else:
            continue
        if stretch is not None:
            unread.append((number, stretch))
    withdrawn = rule_page.withdrawn
    without_access = rule_page.without_access
    doubted = contradicted(rule_page, found) | gone_elsewhere(rule_page, found)
    kept = [
        item
        for item in ([] if ALL in withdrawn else found)
        if item.exit_label not in withdrawn
        and item not in doubted
        and not (item.exit_label in without_access and _is_access_there(item))
        and not (ALL in without_access and _is_without_steps(item))
    ]
    passages = tuple(
        (start, end)
        for start, end in choose_passages(rule_page, unread)
        if ALL not in withdrawn
        and (withdrawn | without_access).isdisjoint(labels_named(page.text[start:end]))
    )
    headed = () if ALL in withdrawn else tuple(rule_page.headed[:MAX_HEADED])
    return RuleReading(tuple(kept)[:MAX_CANDIDATES], passages, headed)


def _is_access_there(item: Candidate) -> bool:
    """Return whether a statement says that an exit has access, and not that it lacks any."""
    is_denial = item.value in DENIALS or MEANING.get(item.value) is StepFree.NO
    return item.field == "access" and not is_denial


def _is_without_steps(item: Candidate) -> bool:
    """Return whether a statement says that an exit has a lift, or is step-free."""
    return item.value == AccessFeature.LIFT.value or MEANING.get(item.value) is StepFree.YES


def _section_in(
    page: RulePage, table: Table, entries: Mapping[Line, Entry], section: Section
) -> Section | None:
    """Return the section of a table, including the list item that contains it.

    Returns:
        The section; None if the item may retract the table.
    """
    if table.item is None:
        return section
    placed = place_of(page, entries[table.item], section)
    words = page.words(table.item.piece)
    labels = placed.own.labels if placed.own else placed.owners
    if placed.is_unread or (placed.own and has_doubtful_bracket(words, placed.own)):
        return None
    return replace(section, labels=labels, headings=(words, *section.headings))


def _read_line(page: RulePage, entry: Entry, section: Section) -> tuple[Iterable[Candidate], Bounds | None]:
    """Read a line, first by its form, then its sentences.

    Returns:
        Its statements; and its bounds if a sentence was not read, else None.
    """
    placed = place_of(page, entry, section)
    if placed.is_unread or (entry.line.is_caption and placed.own is None):
        return (), None
    candidates = list(read_entry(page, entry, placed, section))
    known = {_statement(candidate) for candidate in candidates}
    if not _is_answer(page, page.words(entry.line.piece)):
        told = read_prose(page, entry.line, section)
        is_of_two = any(map(names_two_exits, (page.words(entry.line.piece), *section.headings[:1])))
        candidates += [
            item
            for item in told
            if _statement(item) not in known
            and (item.exit_label is None or not is_of_two)
            and _may_be_of(item, page, entry, placed)
        ]
    leads = (*heads_of(page, entry), *section.headings)
    is_unread = is_unread_line(page, entry.line, candidates, has_owner=bool(placed.owners or placed.own))
    return of_line(page, candidates, leads), entry.bounds if is_unread else None


def _may_be_of(item: Candidate, page: RulePage, entry: Entry, placed: Placed) -> bool:
    """Return whether a statement may be about its exit.

    A line that begins with an exit is not about others that it does not name. What names an exit only as part
    of a stop's name is about nothing but that stop: not `11131` in `11141 (Stn Exit A/D) and 11131`.
    """
    if item.exit_label is None:
        return True
    words = page.words(entry.line.piece)
    named = labels_named(without_stop_names(words))
    if item.exit_label in labels_named(words) - named:
        return item.field == "bus_stop" and len(BUS_STOP_CODE.findall(words)) == 1
    return placed.own is None or item.exit_label in {*placed.own.labels, *named}


def _is_answer(page: RulePage, words: str) -> bool:
    """Return whether a line is a feature's key with an answer, not a sentence: `Step-free: –`."""
    key, colon, _ = words.partition(":")
    is_key = page.vocabulary.meaning_of_key(key) in (*FEATURES, Meaning.ACCESS)
    return bool(colon) and is_key and not labels_named(words)


def _statement(candidate: Candidate) -> tuple[object, ...]:
    return candidate.field, candidate.exit_label, candidate.value, candidate.towards
