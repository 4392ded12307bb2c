"""Find the exits or platforms that a position in a text is about.

A statement is about an exit if its sentence names that exit and no other. If a sentence names several, its
clause decides; in a table, the row; in a list or paragraph directly below a heading, the heading. If none of
these settles it, the statement has no owner, and the caller drops it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter

from mrt_pipeline.extraction.access_words import is_not_now
from mrt_pipeline.extraction.page_model import NOTE
from mrt_pipeline.extraction.word_lists import wording

Labels = frozenset[str]
NOBODY: Labels = frozenset()

FOREIGN: Labels = frozenset({"-"})
"""stands for exits that are not a station's, such as a fire exit"""

MAX_FOREIGN_CHARS = 24
MAX_HEADING_CHARS = 60
MAX_LINES_BACK = 30
KEPT_LINES = 64
"""lines whose mentions and sentences are remembered: each position in a line asks for them again"""
MAX_RANGE = 15
"""the longest range of labels that is expanded, A–P: no station has more exits"""

LABEL_PATTERN = r"(?:[A-Z][0-9]?|[0-9]{1,2}[A-Z]?)(?!\w)"
ANY_CASE_LABEL = r"(?<![A-Za-z0-9])(?:[A-Za-z][0-9]?|[0-9]{1,2}[A-Za-z]?)(?!\w)"
"""a label in either case, as in `exit a`"""
_SMALL = (
    r"(?:(?:[b-z][0-9]?|a[0-9]|[0-9]{1,2}[a-z])(?!\w)|a(?=\s*(?:$|[.,:;|\t\n/&()\]–—-]|and\b|or\b|to\b)))"
)
"""a lower-case label in a sentence; `a` is an article unless punctuation, `and`, `or` or `to` follows"""
_BEFORE = r"(?:[-‑–—]|[\s:#(]{0,3})"
"""what may separate the word and its label: `Exit A`, `Exit: A`, `Exit (A)`, `Exit-A`"""
_RANGE = r"\s*(?:[-–—]|\bto\b)\s*"
_FEW = r"\s*[/&+]\s*"
_MANY = rf"(?:{_RANGE}|\s*(?:,\s*and\b|,|/|&|\+|\band\b|\bor\b)\s*)"
_FOREIGN = wording("foreign_exit")
_EXIT_WORD = re.compile(r"\b(?:exits?|entrances?)\b(?:\s*[(\[]([^()\[\]]*)[)\]])?", re.IGNORECASE)
_CELL = re.compile(r"[|\t]")
_SENTENCE_END = re.compile(r"[.!?;。；！？]+(?:\s+|$)|\s*[|\t]\s*")
_CLAUSE_END = re.compile(r"[,:]|\b(?:but|while|whereas|although|though|however|and)\b", re.IGNORECASE)
_NOT_APPLICABLE = re.compile(r"(?<![\w/])n/a(?![\w/])", re.IGNORECASE)
"""`n/a`, which is not a list of exits N and A"""
_JOINING = re.compile(r"\s*(?:,|/|&|and|or|,\s*and)\s*", re.IGNORECASE)
_BULLET = re.compile(r"\s*[-*•·]\s+")
_NAMELESS = re.compile(
    rf"\W*(?:[^\W\d]+\W+){{0,2}}?(?i:exit|entrance|出口)(?<!s)(?:\W*|\s*[(（\[].*|\s*[A-Z?]+)"
    rf"|\W*{NOTE}\s*(?:[(（\[].*)?\W*",
    re.DOTALL,
)
_BARE_BEHIND = re.compile(r"[\s*#•·]*(?:[A-Z][0-9]?|[0-9]{1,2}[A-Z]?)?(?P<rest>\s*[(（\[:：–—].*)", re.DOTALL)
_BARE_LABEL = re.compile(r"\s*[A-Z][0-9]?\.?\s*")
_ROW_LABEL = re.compile(rf"\W*(?P<label>{ANY_CASE_LABEL})\s*(?=[|\t])")


@dataclass(frozen=True, slots=True)
class Mention:
    """Labels named together at one position in a text, as in `Exits A and B`."""

    start: int
    end: int
    labels: Labels


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of labelled thing, exits or platforms, and the words that precede its labels."""

    one: str
    """regular expression of the singular: `exit|entrance`"""
    many: str
    """regular expression of the plural"""
    is_small_too: bool = False
    """whether lower-case labels count"""

    @property
    def pattern(self) -> re.Pattern[str]:
        """Return the pattern of a mention.

        A list with commas needs the plural: `Exit 1, 2 escalators` names one exit.
        """
        return _pattern_of(self)

    @property
    def header(self) -> re.Pattern[str]:
        """Return the pattern of a table's header row whose first cell names this kind."""
        return _header_of(self)


@cache
def _pattern_of(kind: Kind) -> re.Pattern[str]:
    one = rf"\b(?i:{kind.one})\b{_BEFORE}(?P<few>{LABEL_PATTERN}(?:{_FEW}{LABEL_PATTERN}){{0,5}})"
    listed = rf"{LABEL_PATTERN}(?:{_MANY}{LABEL_PATTERN}){{0,{MAX_RANGE}}}"
    many = rf"\b(?i:{kind.many})\b{_BEFORE}(?P<many>{listed})"
    if not kind.is_small_too:
        return re.compile(f"{many}|{one}")
    listed = rf"{_SMALL}(?:{_MANY}{_SMALL}){{0,{MAX_RANGE}}}"
    small = rf"\b(?i:{kind.many})\b{_BEFORE}(?P<small_many>{listed})"
    few = rf"\b(?i:{kind.one})\b{_BEFORE}(?P<small>{_SMALL}(?:{_FEW}{_SMALL}){{0,5}})"
    return re.compile(f"{many}|{one}|{small}|{few}", re.MULTILINE)


@cache
def _header_of(kind: Kind) -> re.Pattern[str]:
    return re.compile(rf"^[^|\t]*\b(?i:{kind.one}|{kind.many})\b[^|\t]*[|\t]")


EXIT = Kind("exit|entrance", "exits|entrances", is_small_too=True)
PLATFORM = Kind("platform", "platforms")


def owner_at(text: str, start: int, end: int, kind: Kind = EXIT) -> Mention | None:
    """Return the mention that the words ``text[start:end]`` belong to; None if that is unclear."""
    line_start, line_end = line_at(text, start)
    if end > line_end:
        return None
    in_line = _joined(text, _mentions_in_line(text, line_start, line_end, kind))
    if not in_line:
        return _owning_heading(text, line_start, kind)
    sentence = sentence_at(text, start, end)
    in_sentence = _within(in_line, sentence)
    if is_row(text, line_start, line_end) and _opens(text, line_start, in_line[0]):
        return _only([in_line[0], *in_sentence])
    if not in_sentence:
        return _only(in_line) if _opens(text, line_start, in_line[0]) else None
    clause = _unit_at(_CLAUSE_END, text, start, end, sentence, whole=in_sentence)
    return _only(in_sentence) or _only(_within(in_line, clause))


def labels_named(text: str) -> Labels:
    """Return all exit labels that a text names."""
    lines = (line.span() for line in re.finditer(".+", text))
    return NOBODY.union(*(item.labels for bounds in lines for item in _mentions_in_line(text, *bounds, EXIT)))


def is_nameless_exit(text: str) -> bool:
    """Return whether a line stands for an exit without a usable label: unnamed, hidden or not in use.

    For example `New exit (2027)`, `Exit TBC`, `C (closed)`, `†` and `(closed)`.
    """
    bare = _BARE_BEHIND.fullmatch(text)
    return _NAMELESS.fullmatch(text) is not None or (bare is not None and is_not_now(bare["rest"]))


def heads_foreign_exits(words: str) -> bool:
    """Return whether a heading is about exits of something else: `Fire exits`, `Exits (fire)`."""
    return any(
        _FOREIGN.search(f"{before} ")
        for match in _EXIT_WORD.finditer(words)
        for before in (words[: match.start()].rstrip(), match[1] or "")
    )


def mentions_in(text: str, start: int, end: int, kind: Kind = EXIT) -> list[Mention]:
    """Return the mentions within ``text[start:end]``."""
    return list(_found_in(text, start, end, kind))


@lru_cache(maxsize=KEPT_LINES)
def _found_in(text: str, start: int, end: int, kind: Kind) -> tuple[Mention, ...]:
    return tuple(
        Mention(match.start(), match.end(), _labels_of(text, match, kind))
        for match in kind.pattern.finditer(text, start, end)
    )


def _labels_of(text: str, match: re.Match[str], kind: Kind) -> Labels:
    """Return the labels of a mention; ``FOREIGN`` for a fire exit or the exit of a car park."""
    if kind is EXIT and _FOREIGN.search(text[max(0, match.start() - MAX_FOREIGN_CHARS) : match.start()]):
        return FOREIGN
    return labels_in(upper_labels(next(filter(None, match.groups()))))


def line_at(text: str, position: int) -> tuple[int, int]:
    """Return the bounds of the line that contains a position."""
    end = text.find("\n", position)
    return text.rfind("\n", 0, position) + 1, len(text) if end < 0 else end


def sentence_at(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the bounds of the sentence or table cell that contains ``text[start:end]``."""
    return _unit_at(_SENTENCE_END, text, start, end, line_at(text, start))


def is_row(text: str, start: int, end: int) -> bool:
    """Return whether a line is a row of a table."""
    return _CELL.search(text, start, end) is not None


def _unit_at(
    boundary: re.Pattern[str],
    text: str,
    start: int,
    end: int,
    within: tuple[int, int],
    whole: Iterable[Mention] = (),
) -> tuple[int, int]:
    """Return the bounds of the unit that contains ``text[start:end]``, such as a sentence or clause.

    Args:
        boundary: what separates units.
        text: the text.
        start: where the words begin.
        end: where they end.
        within: the bounds that the unit cannot exceed.
        whole: mentions that are not divided: the comma of `Exits A, B` is no boundary.
    """
    left, right = within
    ends = _ends_in(boundary, text, *within)
    for match_start, match_end in reversed(ends[: bisect_right(ends, start, key=itemgetter(1))]):
        if not _is_in(whole, match_start, match_end):
            left = match_end
            break
    for match_start, match_end in ends[bisect_left(ends, end, key=itemgetter(0)) :]:
        if match_end > start and not _is_in(whole, match_start, match_end):
            right = match_start
            break
    return left, right


@lru_cache(maxsize=KEPT_LINES)
def _ends_in(boundary: re.Pattern[str], text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    return tuple(match.span() for match in boundary.finditer(text, start, end))


def _is_in(whole: Iterable[Mention], start: int, end: int) -> bool:
    return any(item.start < end and start < item.end for item in whole)


def _mentions_in_line(text: str, start: int, end: int, kind: Kind) -> list[Mention]:
    """Return the mentions in a line, including a bare label that opens a row of a table of this kind."""
    found = mentions_in(text, start, end, kind)
    row = _ROW_LABEL.match(text, start, end)
    if row and _is_row_of(text, start, kind):
        found.insert(0, Mention(row.start("label"), row.end("label"), frozenset({row["label"].upper()})))
    return found


def _is_row_of(text: str, line_start: int, kind: Kind) -> bool:
    """Return whether the first column of a row's table is headed by this kind, as in `Exit | Nearby`."""
    for start, end in _lines_before(text, line_start):
        line = text[start:end]
        if not _CELL.search(line):
            return False
        if not _ROW_LABEL.match(line):
            return kind.header.match(line) is not None
    return False


def _opens(text: str, line_start: int, mention: Mention) -> bool:
    """Return whether a line begins with a mention; list marks and table borders before it are ignored."""
    return not text[line_start : mention.start].strip(" -*•·|\t")


def _owning_heading(text: str, line_start: int, kind: Kind) -> Mention | None:
    """Return the mention in a line's heading: the one above its list, or directly above its paragraph."""
    bullet = _BULLET.match(text, line_start)
    is_listed = bullet is not None
    indent = bullet.end() - line_start if bullet else None
    for start, end in _lines_before(text, line_start):
        line = text[start:end]
        mentions = mentions_in(text, start, end, kind)
        above = _BULLET.match(line)
        if mentions and above and indent is not None and above.end() >= indent:
            return None  # a list item is no heading for others at its own level
        words = line[above.end() if above else 0 :]
        is_exit = is_nameless_exit(words) or _BARE_LABEL.fullmatch(words) is not None
        is_item = is_listed and not mentions and above is not None and not is_exit
        if line.strip() and not is_item:
            is_heading = len(mentions) == 1 and _is_heading(line, mentions[0].start - start)
            has_details = bool(mentions) and text[mentions[0].end : end].strip() != ""
            if above and not is_listed and has_details:
                return None  # the last item of a list heads no paragraph behind it
            return mentions[0] if is_heading else None
    return None


def _is_heading(line: str, mention_start: int) -> bool:
    """Return whether a line is a heading: short, opened by its mention, and not ending like a sentence."""
    opens = line[:mention_start].strip(" =#*-•·") == ""
    return (
        opens and len(line.strip()) <= MAX_HEADING_CHARS and not line.rstrip(" =").endswith((".", ",", ";"))
    )


def _lines_before(text: str, line_start: int) -> Iterator[tuple[int, int]]:
    """Yield the bounds of the preceding lines, nearest first."""
    for _ in range(MAX_LINES_BACK):
        if line_start == 0:
            return
        start, end = line_at(text, line_start - 1)
        yield start, end
        line_start = start


def _joined(text: str, mentions: list[Mention]) -> list[Mention]:
    """Merge mentions separated only by a comma, ``/``, ``and`` or ``or``: `Exit A and Exit B`."""
    joined: list[Mention] = []
    for item in mentions:
        if joined and _JOINING.fullmatch(text, joined[-1].end, item.start):
            joined[-1] = Mention(joined[-1].start, item.end, joined[-1].labels | item.labels)
        else:
            joined.append(item)
    return joined


def _within(mentions: Iterable[Mention], bounds: tuple[int, int]) -> list[Mention]:
    return [item for item in mentions if bounds[0] <= item.start and item.end <= bounds[1]]


def _only(mentions: list[Mention]) -> Mention | None:
    """Return the first mention if all name the same labels, else None."""
    return mentions[0] if len({item.labels for item in mentions}) == 1 else None


def labels_in(listed: str) -> Labels:
    """Return the labels in a written list, with ranges expanded: A, B and C for `A–C`."""
    listed = _NOT_APPLICABLE.sub(" ", listed)
    labels = set(re.findall(LABEL_PATTERN, listed))
    for first, last in re.findall(rf"({LABEL_PATTERN}){_RANGE}(?=({LABEL_PATTERN}))", listed):
        labels.update(_between(first, last))
    return frozenset(labels)


def upper_labels(listed: str) -> str:
    """Return a written list with its labels in capitals, as on signs, and everything else unchanged."""
    return re.sub(ANY_CASE_LABEL, lambda label: label.group().upper(), listed)


def _between(first: str, last: str) -> list[str]:
    """Return the labels of a range without its last; none if it is not a range of one kind."""
    if first.isdigit() and last.isdigit() and 0 < int(last) - int(first) <= MAX_RANGE:
        return [str(number) for number in range(int(first), int(last))]
    if len(first) == len(last) == 1 and first.isalpha() and last.isalpha() and first < last:
        return [chr(code) for code in range(ord(first), ord(last))]
    return []
