"""Read lines and list items: each belongs to the exits that it begins or ends with, or is below."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mrt_pipeline.extraction.access_words import is_denying, is_elsewhere, is_not_now, years_in
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import EXIT, labels_in, labels_named, upper_labels
from mrt_pipeline.extraction.page_model import Line, Piece
from mrt_pipeline.extraction.qualifiers import is_understood
from mrt_pipeline.extraction.rules.cells import (
    BUS_STOP_CODE,
    read_exits_of,
    read_stop_head,
    without_stop_names,
)
from mrt_pipeline.extraction.rules.contexts import What, exits_named, what_is
from mrt_pipeline.extraction.rules.entries import Entry, Placed, is_about_trains
from mrt_pipeline.extraction.rules.headers import MAX_HEADER_CHARS, is_noted
from mrt_pipeline.extraction.rules.labels import LabelText, has_doubtful_bracket, pieces_behind, read_labels
from mrt_pipeline.extraction.rules.page import Bounds, RulePage, Said, claim
from mrt_pipeline.extraction.rules.parts import part_of, strip_bounds
from mrt_pipeline.extraction.rules.place_mentions import Need
from mrt_pipeline.extraction.rules.platform_entries import read_platforms
from mrt_pipeline.extraction.rules.sections import Section, has_key, topic_of_values
from mrt_pipeline.extraction.rules.values import VALUES, exits_behind, labelled_lines, read_told, read_value
from mrt_pipeline.extraction.rules.words import FEATURES, Meaning

_BEFORE_DETAILS = (":", "：", "–", "—", "- ")
_STOP_SERVED = re.compile(
    r"\d{5}\b(?! ?[:：])[^():：;]{1,60}\((?:exits?|entrances?) [^()]{1,20}\)\s*(?:[:：]|\s[–—-]\s)"
    r"\s*\d{1,3}[A-Z]?(?:\s*[,/]\s*\d{1,3}[A-Z]?)*\.?",
    re.IGNORECASE,
)
"""a stop's code and name with its exit and services, which says by itself what it is"""
_KEY = re.compile(r"(?P<key>[^:：]+?)(?:[:：]|\.(?=\s+(?i:exits?)\s[A-Z0-9]{1,2}\s?(?:[:：]|[–—-]\s)))")
"""a key with a colon, or with a full stop where an exit with a colon or dash follows"""
_FIRST_END = re.compile(r"(?<=\s[A-Z0-9])(?P<closer>\)?)\.\s+(?=[A-Z])")
_BY_ROAD = re.compile(
    r"\b(?:by|take) (?:the |an? )?(?:bus|taxi|car|cab|shuttle|train)\b|\bkm\b", re.IGNORECASE
)
_EXITS_IN_BRACKETS = re.compile(r"\((?P<exits>Exits? [^()]*)\)\s*\Z")
"""the exits of a bus stop that is named after another exit: `92041 Stn Exit 2 (Exit 3)`"""


def read_entry(page: RulePage, entry: Entry, placed: Placed, section: Section) -> Iterator[Candidate]:
    """Yield the statements of an entry that follow from its form.

    Of sentences, only those about the entry's own exits are read here; ``prose`` reads the rest.
    """
    yield from read_platforms(page, entry, section)
    yield from _read_keyed_exits(page, entry, section)
    if is_about_trains(page, entry, section):
        return
    words, own = page.words(entry.line.piece), placed.own
    yield from _read_exits_of_stop(page, words, entry, placed, section)
    if own is not None:
        if not has_doubtful_bracket(words, own) and words[own.rest_start :].lstrip()[:1] not in (",", ";"):
            yield from _read_labelled(page, entry, own, placed, section)
    elif not placed.owners and (
        things := exits_behind(page, listed := _listing(page, entry.line), placed.what)
    ):
        for name, labels, what in things:
            for item in read_value(page, name, labels, what, entry.bounds, topic=section.topic):
                if item.field != "access" or listed == entry.line.piece:  # else it may be taken back behind
                    yield item
    elif entry.line.kind == "item" and not placed.owners and _is_of_stops(section, words):
        yield from _read_stop_entry(page, entry.line.piece, entry.bounds)
    else:
        yield from _read_owned(page, entry, placed, section)


def read_head(page: RulePage, section: Section) -> Iterator[Candidate]:
    """Yield the places that a heading names behind its exits: `Exit A – Golden Mall`."""
    if section.head is None:
        return
    words = page.words(section.head)
    found = read_labels(page, words)
    if found is None or found.labels != section.labels or has_doubtful_bracket(words, found):
        return
    for part in pieces_behind(page, section.head, found):
        for item in read_value(page, part, found.labels, What(), (section.head.start, section.head.end)):
            if item.field == "landmark":
                yield item


def _read_labelled(
    page: RulePage, entry: Entry, own: LabelText, placed: Placed, section: Section
) -> Iterator[Candidate]:
    """Yield the statements of an entry that begins with exits, by the words after them or the line above."""
    piece, topic = entry.line.piece, topic_of_values(section)
    rest = [part for part in pieces_behind(page, piece, own) if part.start < part.end]
    may_be_any = entry.line.is_caption or entry.line in entry.lettered  # a picture, or `A Block`
    need: Need = "sign" if may_be_any else "nothing"
    for part in rest:
        yield from read_value(page, part, own.labels, placed.what, entry.bounds, topic=topic, need=need)
    if not rest:
        yield from read_exits_of(page, piece, placed.what.meaning or topic, entry.bounds)
    if not entry.above or not all(is_understood(page.words(part)) for part in rest):
        return
    subject, *outer = (line.piece for line in entry.above)
    words = page.words(subject).rstrip(" :：")
    meaning = page.vocabulary.meaning_of_key(words)
    is_head = len(words) <= MAX_HEADER_CHARS and not words.endswith(".")
    if meaning is None and is_head and _names_no_exit(page, words) and not placed.owners:
        what = what_is(page, map(page.words, outer))
        yield from read_value(page, subject, own.labels, what, None, topic=topic)


def _names_no_exit(page: RulePage, words: str) -> bool:
    """Return whether words name no exit, except in a bus stop's name: `59049 Stn Exit A`."""
    is_stop = BUS_STOP_CODE.search(words) is not None and not labels_named(without_stop_names(words))
    return exits_named(page, words) is None or (is_stop and not is_noted(words))


def _read_owned(page: RulePage, entry: Entry, placed: Placed, section: Section) -> Iterator[Candidate]:
    """Yield the statements of an entry that is below exits, or is a sentence that begins with them."""
    piece, owners = entry.line.piece, placed.owners
    words = page.words(piece)
    named = labels_named(words)
    if entry.line.kind == "paragraph" and owners and not named:
        yield from read_told(page, piece, owners)
    elif mention := EXIT.pattern.match(words):
        labels = labels_in(upper_labels(next(filter(None, mention.groups()))))
        if named == labels:
            yield from read_told(page, piece, tuple(sorted(labels)))
    if owners and (_is_entry(entry.line, words) or has_key(page, words)):
        topic = topic_of_values(section)
        yield from read_value(page, piece, owners, placed.what, entry.bounds, topic=topic)


def _read_exits_of_stop(
    page: RulePage, words: str, entry: Entry, placed: Placed, section: Section
) -> Iterator[Candidate]:
    """Yield the bus stop above an entry that consists only of exits: `Nearest exit: A`."""
    found = placed.own
    key, _, rest = words.replace("：", ":").partition(":")
    if found is None and page.vocabulary.meaning_of_key(key) is Meaning.EXIT:
        words, found = rest.strip(), read_labels(page, rest.strip())
    head = entry.above[0].piece if entry.above else section.head
    if found and head and not placed.owners and not words[found.rest_start :].strip(" ."):
        yield from read_stop_head(page, head, found.labels)


def _is_entry(line: Line, words: str) -> bool:
    """Return whether a line is a list item, or as short as one."""
    return line.kind == "item" or (len(words) <= MAX_HEADER_CHARS and not words.endswith(":"))


def _read_keyed_exits(page: RulePage, entry: Entry, section: Section) -> Iterator[Candidate]:
    """Yield the statements of an entry with a key and exits behind it, with or without what each has.

    For example `Lifts: A, C`, or `By bus. Exit A: 59049.`; or, where exits are listed, `Facilities: A – lift;
    B – escalator`.
    """
    piece = entry.line.piece
    led = _KEY.match(page.words(piece))
    if led is None:
        return
    rest, meaning = _behind(page, piece, led.end()), page.vocabulary.meaning_of_key(led["key"])
    yield from read_exits_of(page, rest, meaning, entry.bounds, section.topic)
    what, words = What(meaning, led["key"]), page.words(rest)
    if meaning not in VALUES:
        return
    is_of_exits = section.topic in (Meaning.EXIT, Meaning.ACCESS) and meaning not in FEATURES
    if is_of_exits and (lines := labelled_lines(page, rest, what, may_be_one=False)):
        for labels, part in lines:
            yield from read_value(page, part, labels, what, entry.bounds)
        return
    found = read_labels(page, words)
    if found and found.has_word and words[found.rest_start :].lstrip().startswith(_BEFORE_DETAILS):
        yield from read_value(page, rest, (), what, entry.bounds)


def _listing(page: RulePage, line: Line) -> Piece:
    """Return the first sentence of an item, `Golden Court, Exit B.`, if those behind take back no place."""
    end = _FIRST_END.search(page.text, line.piece.start, line.piece.end)
    if end is None or line.kind != "item":
        return line.piece
    rest = page.text[end.end() : line.piece.end]
    is_other = bool(labels_named(rest)) or page.names_other_station(rest) or bool(years_in(rest))
    if is_other or is_not_now(rest) or is_denying(rest) or is_elsewhere(rest) or _BY_ROAD.search(rest):
        return line.piece
    return part_of(line.piece, line.piece.start, end.end("closer"))


def _behind(page: RulePage, piece: Piece, count: int) -> Piece:
    """Return a piece without its first characters, with the links in the rest."""
    return part_of(piece, *strip_bounds(page.text, piece.start + count, piece.end))


def _is_of_stops(section: Section, words: str) -> bool:
    """Return whether an entry is in a list of bus stops: `59041 – Opp Yishun Stn (Exit A): 39, 85`."""
    return section.topic in (Meaning.BUS_STOP, Meaning.BUS) or _STOP_SERVED.fullmatch(words) is not None


def _read_stop_entry(page: RulePage, piece: Piece, bounds: Bounds) -> Iterator[Candidate]:
    """Yield the exits of an entry in a list of bus stops: `59041 – Opp Yishun Stn (Exit A)`."""
    words = page.words(piece)
    behind = _EXITS_IN_BRACKETS.search(words)
    labels = labels_named(behind["exits"] if behind else words)
    codes = {match.group() for match in BUS_STOP_CODE.finditer(words)}
    if len(codes) != 1:
        return
    [code] = codes
    for label in sorted(labels):
        yield claim(page, "bus_stop", label, code, Said(bounds, bounds), is_tied=behind is not None)
