"""Lists and lines by their form: an entry is of the exits it begins or ends with, or stands under."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import EXIT, labels_in, labels_named, upper_labels
from mrt_pipeline.extraction.page_model import Line, PageText, Piece
from mrt_pipeline.extraction.qualifiers import is_understood
from mrt_pipeline.extraction.rules.cells import BUS_STOP_CODE, read_exits_of
from mrt_pipeline.extraction.rules.contexts import ABOUT_TRAINS, Labels, exits_named, listed_exits, what_is
from mrt_pipeline.extraction.rules.headers import MAX_HEADER_CHARS
from mrt_pipeline.extraction.rules.labels import LabelText, has_doubtful_bracket, pieces_behind, read_labels
from mrt_pipeline.extraction.rules.lists import EXITS_BEHIND
from mrt_pipeline.extraction.rules.owners import names_another_exit
from mrt_pipeline.extraction.rules.page import Bounds, RulePage
from mrt_pipeline.extraction.rules.parts import part_of
from mrt_pipeline.extraction.rules.platforms import TO, claim_platform, goals_in, line_of, lone_goal
from mrt_pipeline.extraction.rules.sections import Section, is_untrusted_head
from mrt_pipeline.extraction.rules.values import read_told, read_value
from mrt_pipeline.extraction.rules.words import FEATURES, PLATFORM_WORDS

_PLATFORM_BEHIND = re.compile(
    rf"(?P<goal>[^.;()]+?)\s*[:：(–—-]\s*(?i:{'|'.join(PLATFORM_WORDS)})\s+(?P<sign>[A-Z]|[0-9])\)?\.?"
)
"""`Downtown Line to Expo: Platform B`, `Bayshore (Platform A)`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line, and where it stands."""

    line: Line
    above: tuple[Piece, ...]
    """the entries it stands in, and the term or line above them, nearest first"""
    may_be_bare: bool = False
    """whether all entries beside it begin with labels"""
    is_mixed: bool = False
    """whether one of them begins with an exit, whose those behind it may be"""

    @property
    def bounds(self) -> Bounds:
        """Return where it stands in the text."""
        return self.line.piece.start, self.line.piece.end


def entries_of(page: RulePage) -> dict[Line, Entry]:
    """Return the lines of a page, each with what it stands under."""
    entries: dict[Line, Entry] = {}
    for group in _groups_of(page.page):
        found = [(page.words(entry.line.piece), entry) for entry in group]
        labels = [(words, read_labels(page, words)) for words, _ in found]
        are_labelled = len(group) > 1 and all(one and _is_set_off(words, one) for words, one in labels)
        is_mixed = any(names_another_exit(words, ("",)) for words, _ in found)
        for entry in group:
            entries[entry.line] = Entry(entry.line, entry.above, are_labelled, is_mixed)
    return entries


def read_entry(page: RulePage, entry: Entry, section: Section) -> Iterator[Candidate]:
    """Yield what an entry says of exits, or of a platform that it ends with."""
    if any(is_untrusted_head(page, page.words(piece)) for piece in entry.above):
        return
    yield from _read_platform_behind(page, entry, section)
    about = {section.topic, *(page.vocabulary.meaning_of(page.words(piece)) for piece in entry.above)}
    if ABOUT_TRAINS & about:
        return
    words, piece = page.words(entry.line.piece), entry.line.piece
    found = read_labels(page, words)
    if found and (found.has_word or (entry.may_be_bare and _is_set_off(words, found))):
        if not has_doubtful_bracket(words, found):
            yield from _read_labelled(page, entry, found, section)
    elif behind := _exits_behind(page, piece):
        name, labels = behind
        yield from read_value(
            page, name, labels, what_is(page, map(page.words, entry.above)), entry.bounds, topic=section.topic
        )
    else:
        yield from _read_owned(page, entry, section)


def _read_labelled(page: RulePage, entry: Entry, found: LabelText, section: Section) -> Iterator[Candidate]:
    """Yield what stands behind the exits that an entry begins with, or else above them."""
    piece = entry.line.piece
    if not labels_named(page.words(piece)) <= set(found.labels):
        return
    what = what_is(page, map(page.words, entry.above))
    rest = [part for part in pieces_behind(page, piece, found) if part.start < part.end]
    for part in rest:
        yield from read_value(page, part, found.labels, what, entry.bounds, topic=section.topic)
    if not entry.above or not all(is_understood(page.words(part)) for part in rest):
        return
    subject, *outer = entry.above
    words = page.words(subject).rstrip(" :：")
    meaning = page.vocabulary.meaning_of_key(words)
    is_head = len(words) <= MAX_HEADER_CHARS and not words.endswith(".")
    if meaning in FEATURES and not rest:
        yield from read_exits_of(page, piece, meaning, entry.bounds)
    elif meaning is None and is_head and exits_named(page, words) is None:
        yield from read_value(page, subject, found.labels, what_is(page, map(page.words, outer)), None)


def _read_owned(page: RulePage, entry: Entry, section: Section) -> Iterator[Candidate]:
    """Yield what an entry says that is a sentence about exits, or stands under them."""
    piece = entry.line.piece
    words = page.words(piece)
    named = labels_named(words)
    if entry.line.kind == "paragraph":
        if section.labels and not named:
            yield from read_told(page, piece, section.labels)
    elif mention := EXIT.pattern.match(words):
        labels = labels_in(upper_labels(next(filter(None, mention.groups()))))
        if named == labels:
            yield from read_told(page, piece, tuple(sorted(labels)))
    elif not entry.is_mixed:
        above = (exits_named(page, page.words(one)) for one in entry.above)
        owners = next((labels for labels in above if labels is not None), section.labels)
        if owners and not named and not names_another_exit(words, owners):
            what = what_is(page, map(page.words, entry.above))
            yield from read_value(page, piece, owners, what, entry.bounds, topic=section.topic)


def _read_platform_behind(page: RulePage, entry: Entry, section: Section) -> Iterator[Candidate]:
    behind = _PLATFORM_BEHIND.fullmatch(page.text, *entry.bounds)
    if behind is not None:
        start, end = behind.span("goal")
        goals = goals_in(page, start, end, TO) or lone_goal(page, start, end)
        line = line_of(page, behind["goal"], *section.headings)
        yield from claim_platform(page, behind["sign"], goals, line, entry.bounds)


def _groups_of(page: PageText) -> Iterator[list[Entry]]:
    """Yield the entries that stand beside each other, and each other line by itself."""
    stack: list[tuple[int, Piece]] = []
    beside: dict[tuple[Piece, ...], list[Entry]] = {}
    for block in page.blocks:
        if not isinstance(block, Line) or block.kind == "paragraph":
            yield from beside.values()
            stack, beside = [], {}
        if isinstance(block, Line):
            depth = block.depth if block.kind == "item" else 0
            stack = [item for item in stack if item[0] < depth]
            entry = Entry(block, tuple(piece for _, piece in reversed(stack)))
            stack.append((depth, block.piece))
            if block.kind == "item":
                beside.setdefault(entry.above, []).append(entry)
            else:
                yield [entry]
    yield from beside.values()


def _is_set_off(words: str, found: LabelText) -> bool:
    rest = words[found.rest_start :].lstrip()
    return found.has_word or not rest or rest[0] in ":：–—-"


def _exits_behind(page: RulePage, piece: Piece) -> tuple[Piece, Labels] | None:
    """Return what an entry names before its exits, and them: `Lift (Exits 2 and 4)`."""
    match = EXITS_BEHIND.fullmatch(page.text, piece.start, piece.end)
    if match is None or len(BUS_STOP_CODE.findall(match["name"])) > 1:  # which one is meant?
        return None
    labels = listed_exits(page, match["exits"], may_be_bare=False)
    return (part_of(piece, *match.span("name")), labels) if labels else None
