"""Place the lines of a page: what each is below, which exits it belongs to, and whether it can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mrt_pipeline.extraction.page_model import Line, PageText
from mrt_pipeline.extraction.qualifiers import is_bare_date
from mrt_pipeline.extraction.rules.access_cells import denies_what_follows, without_doubted_lift
from mrt_pipeline.extraction.rules.cells import is_remark_on_exit, without_stop_names
from mrt_pipeline.extraction.rules.contexts import ABOUT_TRAINS, Labels, What, exits_named, what_is
from mrt_pipeline.extraction.rules.headers import MAX_HEADER_CHARS
from mrt_pipeline.extraction.rules.labels import LabelText, are_lettered, has_doubtful_bracket, read_labels
from mrt_pipeline.extraction.rules.owners import names_another_exit
from mrt_pipeline.extraction.rules.page import Bounds, RulePage
from mrt_pipeline.extraction.rules.parts import BRACKETS
from mrt_pipeline.extraction.rules.place_mentions import (
    are_at_roads,
    is_location,
    is_sure_place,
    without_linked_stations,
    without_place_names,
)
from mrt_pipeline.extraction.rules.sections import (
    Section,
    has_key,
    is_untrusted,
    is_untrusted_head,
    may_lead,
    may_turn,
    sign_of_heading,
    topic_of_values,
)
from mrt_pipeline.extraction.rules.words import FEATURES, Meaning
from mrt_pipeline.extraction.word_lists import wording

_BEHIND_LABELS = tuple(":：–—-→⇒➔➜»·•=/|¦")
"""signs between a bare label and what is there"""
_SENTENCE_END = re.compile(r"(?<=[.!。])\s+")
OTHER_TIMES = wording("other_times")
"""an item that heads things of other times, such as the past; the exit above it is a present one"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line or list item, and its position among others."""

    line: Line
    above: tuple[Line, ...]
    """the items that contain it, and the term or line above them, nearest first"""
    lettered: frozenset[Line] = frozenset()
    """lines of the page in whose lists names may follow bare labels without a sign"""
    may_be_bare: bool = False
    """whether all items of its list begin with labels, so that a bare one counts"""
    exits_before: tuple[str, ...] = ()
    """earlier items of its list that begin with an exit, to which it may belong"""
    heads_others: bool = False
    """whether other items are nested in it or explain it"""
    is_denied: bool = False
    """whether an earlier item of its list denies this one: `No`, then `Lift`, or `Planned:`, then `Lift`"""

    @property
    def bounds(self) -> Bounds:
        """Return its bounds in the page's text."""
        return self.line.piece.start, self.line.piece.end


@dataclass(frozen=True, slots=True)
class Placed:
    """What an entry's position says about it."""

    own: LabelText | None
    """the exits that it begins with"""
    owners: Labels
    """the exits that it is below"""
    what: What
    """what the entries above say that it is"""
    is_unread: bool
    """whether it, or an entry above, is about the past, plans or another station"""


def entries_of(page: RulePage) -> dict[Line, Entry]:
    """Return the entry of each line of a page."""
    entries: dict[Line, Entry] = {}
    groups = list(_groups_of(page, page.page))
    lettered = frozenset(
        one.line
        for group in groups
        for one in group
        if are_lettered(page, [page.words(it.line.piece) for it in group])
    )
    for group in groups:
        labels = [
            (words, read_labels(page, words)) for words in (page.words(one.line.piece) for one in group)
        ]
        are_labelled = len(group) > 1 and all(one and _is_set_off(words, one) for words, one in labels)
        exits_before: tuple[str, ...] = ()
        is_denied = is_turned = False
        for entry, (words, own) in zip(group, labels, strict=True):
            is_denied = is_denied and own is None and not has_key(page, words)
            is_head = _heads_those_behind(words)
            is_turned = is_turned and not is_head
            is_below = any(entries[line].is_denied for line in entry.above if line in entries)
            entries[entry.line] = replace(
                entry,
                lettered=lettered,
                may_be_bare=are_labelled,
                exits_before=exits_before,
                is_denied=is_denied or is_turned or is_below,
            )
            is_turned = is_turned or (is_head and (is_untrusted_head(page, words) or may_turn(page, words)))
            is_denied = is_denied or denies_what_follows(words)
            if names_another_exit(words, ("",)):
                exits_before += (words,)
    for line in {entry.above[0] for entry in entries.values() if entry.above}:
        entries[line] = replace(entries[line], heads_others=True)
    return entries


def _heads_those_behind(words: str) -> bool:
    """Return whether an item can only head those behind it in its list: `Planned:`, `Soon`."""
    return words.endswith((":", "：")) or OTHER_TIMES.fullmatch(words.strip()) is not None


def place_of(page: RulePage, entry: Entry, section: Section) -> Placed:
    """Return what an entry's position says about it, and note the exits that it says are not in use."""
    words = page.words(entry.line.piece)
    own = _labels_led(page, entry, section, may_be_bare=entry.may_be_bare)
    owners = _owners(page, entry, section)
    entries = _entries_above(entry)
    is_below = any(_takes_back(page, one, section) or _may_turn(page, one, section) for one in entries)
    is_taken_back = not is_below and (_takes_back(page, entry, section) or is_bare_date(words))
    if entry.line.kind == "paragraph" and is_remark_on_exit(_SENTENCE_END.split(words, maxsplit=1)[0]):
        page.withdrawn.update(section.labels)
    is_of_others = entry.heads_others and OTHER_TIMES.fullmatch(words.strip(" :：")) is not None
    if is_taken_back and not is_of_others and _is_status(page, words) and _is_about_exit(page, entry):
        page.withdrawn.update(owners)
    is_unread = is_below or is_taken_back or entry.is_denied
    return Placed(own, owners, what_is(page, heads_of(page, entry)), is_unread)


def heads_of(page: RulePage, entry: Entry) -> Iterator[str]:
    """Yield the lines above an entry that can be its heading, nearest first, without the place at an exit."""
    for line in entry.above:
        words = page.words(line.piece)
        found = read_labels(page, words, is_lettered=True) if line in entry.lettered else None
        rest = words[found.rest_start :].strip(" :：–—-") if found else words
        is_place = found is not None and (are_at_roads(rest) or is_sure_place(rest))
        if _can_head(words) and not (is_place or is_location(page, rest)):
            yield rest


def is_about_trains(page: RulePage, entry: Entry, section: Section) -> bool:
    """Return whether an entry is below words about platforms or directions."""
    about = {page.vocabulary.meaning_of(page.words(line.piece)) for line in entry.above}
    return bool(ABOUT_TRAINS & {section.topic, *about})


def _owners(page: RulePage, entry: Entry, section: Section) -> Labels:
    """Return the exits that an entry is below; none after an item about another exit, even an unknown one."""
    owners = section.labels
    for one in _entries_above(entry):
        words = page.words(one.line.piece)
        if found := _labels_led(page, one, section):
            owners = () if has_doubtful_bracket(words, found) else found.labels
            break
        named = exits_named(page, without_stop_names(words)) if _can_head(words) else None
        if named is not None:
            owners = named
            break
    beside = (*entry.exits_before, page.words(entry.line.piece))
    return () if any(names_another_exit(words, owners) for words in beside) else owners


def _entries_above(entry: Entry) -> list[Entry]:
    """Return the lines above an entry, nearest first."""
    return [Entry(line, entry.above[number:], entry.lettered) for number, line in enumerate(entry.above, 1)]


def _can_head(words: str) -> bool:
    """Return whether words can be a heading: short, not a sentence, and without a value after a colon."""
    is_said = words.endswith(".") or words.replace("：", ":").partition(":")[2].strip()
    return len(words) <= MAX_HEADER_CHARS and not is_said


def _labels_led(
    page: RulePage, entry: Entry, section: Section, *, may_be_bare: bool = False
) -> LabelText | None:
    """Return the labels that an entry begins with; a bare label counts only below words about exits.

    There it counts if it is alone, before a colon or dash, or, in a list item, a letter in brackets or with a
    full stop. `1.` and `(1)` are item numbers, and `(a)` in a paragraph numbers its parts.
    """
    line, words = entry.line, page.words(entry.line.piece)
    is_of_exits = Meaning.EXIT in (section.topic, meaning_above(page, entry))
    is_lettered = is_of_exits and line in entry.lettered
    found = read_labels(page, words, is_lettered=is_lettered)
    if found is None or found.has_word or is_lettered:
        return found
    is_about_exits = is_of_exits or topic_of_values(section) is not None
    rest = words[found.rest_start :].strip()
    has_mark = rest.startswith(_BEHIND_LABELS)
    is_entry = line.kind != "paragraph"
    is_label = has_mark or (is_entry and (found.is_set_off or not rest or rest.startswith(("(", "（"))))
    return found if (is_about_exits and is_label) or (may_be_bare and _is_set_off(words, found)) else None


def meaning_above(page: RulePage, entry: Entry) -> Meaning | None:
    """Return the meaning of the item directly above an entry, if all its words are those of a key."""
    return page.vocabulary.meaning_of_key(page.words(entry.above[0].piece)) if entry.above else None


def _is_short_entry(page: RulePage, entry: Entry, section: Section) -> bool:
    """Return whether an entry is a short item that neither begins with an exit nor is about platforms."""
    line = entry.line
    is_short = line.kind != "paragraph" and len(page.words(line.piece)) < MAX_HEADER_CHARS
    above = entry.above[0].piece if entry.above else None
    is_below_sign = above is not None and (
        sign_of_heading(page, above) is not None
        or page.vocabulary.meaning_of_key(page.words(above).rstrip(" :：")) is Meaning.PLATFORM
    )
    is_of_trains = is_below_sign or section.topic is Meaning.PLATFORM or section.sign is not None
    return is_short and not is_of_trains and _labels_led(page, entry, section) is None


def _takes_back(page: RulePage, entry: Entry, section: Section) -> bool:
    """Return whether a short entry retracts itself and everything nested in it: `Future exits`."""
    words = page.words(entry.line.piece)
    rest = words.partition(":")[2]
    is_keyed = has_key(page, words) and any(map(str.isupper, BRACKETS.sub("", rest)))
    if is_keyed or not _is_short_entry(page, entry, section):  # with a key, its parts are judged one by one
        return False
    plain = without_linked_stations(page, entry.line.piece)
    return is_untrusted(page, without_place_names(page, without_doubted_lift(plain)))


def _may_turn(page: RulePage, entry: Entry, section: Section) -> bool:
    """Return whether a short entry may change the meaning of those nested in it."""
    words = page.words(entry.line.piece)
    is_said = bool(words.partition(":")[2].strip())
    return not is_said and _is_short_entry(page, entry, section) and may_turn(page, words)


def _is_status(page: RulePage, words: str) -> bool:
    """Return whether an entry gives the status of an exit: `Status: closed`, `not open yet`."""
    key, colon, _ = words.partition(":")
    if colon:
        return page.vocabulary.meaning_of_key(key) is Meaning.STATUS
    meanings = page.vocabulary.meanings_in(words)
    names_things = meanings & {Meaning.BUS_STOP, Meaning.LANDMARK}
    is_asked = "?" in words and meanings & FEATURES.keys()  # of a lift, and not of the exit
    return is_remark_on_exit(words) and not (names_things or is_asked)


def _is_about_exit(page: RulePage, entry: Entry) -> bool:
    """Return whether an entry is directly below an exit or at the top level."""
    return not entry.above or read_labels(page, page.words(entry.above[0].piece)) is not None


def _groups_of(page: RulePage, text: PageText) -> Iterator[list[Entry]]:
    """Yield the items of each list together, and every other line alone."""
    stack: list[tuple[int, Line]] = []
    beside: dict[tuple[Line, ...], list[Entry]] = {}
    for block in text.blocks:
        is_below = isinstance(block, Line) and block.goes_on and _is_below_line(page, block, stack)
        if not isinstance(block, Line) or (block.kind == "paragraph" and not is_below):
            yield from beside.values()
            stack, beside = [], {}
        if isinstance(block, Line):
            depth = 0 if block.kind == "term" else block.depth + is_below
            if is_below and block.kind == "item" and stack and _may_lead(page, stack[-1], depth):
                depth += 1
            stack = [item for item in stack if item[0] < depth]
            entry = Entry(block, tuple(line for _, line in reversed(stack)))
            stack.append((depth, block))
            if block.kind == "item":
                beside.setdefault(entry.above, []).append(entry)
            else:
                yield [entry]
    yield from beside.values()


def _may_lead(page: RulePage, last: tuple[int, Line], depth: int) -> bool:
    """Return whether the last line before a break is no thing at an exit, but may head those behind it."""
    is_beside = last[0] == depth and last[1].goes_on
    return last[0] > depth or (is_beside and may_lead(page, page.words(last[1].piece)))


def _is_below_line(page: RulePage, line: Line, stack: list[tuple[int, Line]]) -> bool:
    """Return whether a line behind a break stands below the one before: by a key, or below an exit alone."""
    first = next((above for depth, above in reversed(stack) if depth == line.depth), None)
    if line.kind == "item" and first is not None:
        words = page.words(first.piece)
        found = read_labels(page, words)
        if found is not None and found.has_word and not words[found.rest_start :].strip(" :："):
            return True
    return has_key(page, page.words(line.piece))


def _is_set_off(words: str, found: LabelText) -> bool:
    """Return whether labels have the word `exit`, stand alone, or come before a colon, dash or other sign."""
    rest = words[found.rest_start :].lstrip()
    return found.has_word or not rest or rest[0] in ":：–—-·•=/"
