"""Whether something that is said of a value may take it back: only what is understood is let pass.

Pages qualify their statements in words that nobody can list: `lift (2015–2019)`, `Yes – vendors first`. So
the words beside a value are held against those that are known to take nothing back. What is left over makes
the statement unread, not true. Which words take a statement back for certain, ``access_words`` knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mrt_pipeline.extraction.access_words import VOCABULARY, is_not_now, without_doubts
from mrt_pipeline.extraction.harmless_words import (
    HARMLESS,
    HARMLESS_FOREIGN,
    HARMLESS_PHRASES,
    PLACE_KINDS,
    PREPOSITIONS,
)
from mrt_pipeline.extraction.page_model import CELL_BREAK

Bounds = tuple[int, int]

_BRACKET = re.compile(r"[(（\[]([^()（）\[\]]*)(?:[)）\]]|$)")
_FRAGMENT_END = re.compile(r"\s*(?:[,，、;；。:：•·\n¦]|\.(?=\s|$)|\s[-–—/|]\s|[–—])\s*")
_WORD = re.compile(r"(?:[^\W_]|[\u0b82\u0bbe-\u0bcd\u0bd7])+(?:['’.-][^\W_]+)*")
"""with the vowel signs of Tamil, which are no letters of their own"""
_STOP_CODE = re.compile(r"(?<!\d)\d{5}(?!\d)")
_LABEL = re.compile(r"[A-Z]\d?|\d{1,2}[A-Z]?")
_MARK = re.compile(r"[?？*†‡~≈]")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_SHAPE_OF_A_REMARK = re.compile(
    r"\w+(?:ed|ing|ly|wn|ilt)|only|if|when|unless|during|until|except|subject|per"
)
_ACRONYM = re.compile(r"[A-Z0-9]{1,6}")
MAX_REMARK_WORDS = 4
"""A longer sentence has something of its own to say."""
_NEXT_END = re.compile(r"[.;。；!！](?=\s|$)| \| ")
MAX_BELOW_CHARS = 200
_ITEM_MARKS = ",，、;；.。•·\n"
_BARE_DENIAL = re.compile(
    r"(?:(?:but|and)\s+)?"
    r"(?:no|not|none|nil|n/a|never|unavailable|absent|cannot|without|tiada|tidak|[没沒]有|[无無不]|இல்லை)"
    r"(?:\s+(?:so|yet|really|available|provided|present|there|installed|working|operational|one|any|accessible"
    r"|open|ada|be|used|at|in|all|the|moment|use|service))*",
    re.IGNORECASE,
)
_FIRST_FOREIGN = "\u0b80"
"""From here on scripts are Tamil, Chinese and the like, which have no capital letters."""
_NO_WORD_BETWEEN = re.compile(r"[\s\"'“”‘’(（,;:/&+-]*")


def doubtful_stretches(text: str, start: int, end: int, *, is_about_access: bool) -> list[Bounds]:
    """Return the stretches of a cell or entry of which something is said that is not understood.

    A remark in brackets, or behind a comma or dash, concerns what stands before it; in a cell about access,
    all of it.

    Args:
        text: the page's text.
        start: where the cell begins.
        end: where it ends.
        is_about_access: whether nothing but words about access is expected there.
    """
    found: list[Bounds] = []
    before = start
    for left, right, in_brackets in _fragments(text, start, end):
        words = text[left:right]
        if in_brackets and _STOP_CODE.search(words):  # of another stop: `64381 (64389 removed)`
            continue
        if in_brackets or is_about_access:
            is_remark = not is_harmless(words, may_name=not is_about_access)
        else:
            is_remark = is_bare_remark(words)
        is_remark = is_remark or _takes_back_item(text, start, left, words)
        if is_remark and is_about_access:
            return [(start, end)]
        if is_remark:
            found.append((before, right))
        elif not in_brackets:
            before = left
    return found


def is_harmless(words: str, *, may_name: bool) -> bool:
    """Tell whether all of some words are known to take nothing back.

    Args:
        words: what is said beside a value.
        may_name: whether names of places may stand there by themselves, or only behind `to`, `at`, `near`.
    """
    if is_not_now(words) or _MARK.search(words):
        return False
    words = _without_phrases(words)
    if may_name and any(word.group().casefold() in PLACE_KINDS for word in _WORD.finditer(words)):
        return all(_is_plain(word.group(), may_name=True) for word in _WORD.finditer(words))
    return all(
        _is_plain(match.group(), may_name=_is_behind_preposition(words, match.start()))
        for match in _WORD.finditer(words)
    ) or (may_name and _is_foreign(words))


def is_doubtful_bracket(words: str) -> bool:
    """Tell whether brackets behind a label name nothing and are not understood: `A (vendors first)`."""
    has_name = any(match.group()[0].isupper() for match in _WORD.finditer(words))
    return _MARK.search(words) is not None or (not has_name and not is_harmless(words, may_name=True))


def is_bare_remark(words: str) -> bool:
    """Tell whether words between two commas name nothing themselves, but say something of what is before."""
    if _MARK.search(words):
        return True
    if _STOP_CODE.search(words):
        return False
    is_taken_back = is_not_now(words)
    found = [match.group() for match in _WORD.finditer(without_doubts(_without_phrases(words)))]
    names = [word for word in found if word[0].isupper() or word[0] >= _FIRST_FOREIGN]
    if any(word.casefold() not in HARMLESS for word in names):
        return False
    return (
        is_taken_back
        or any(_SHAPE_OF_A_REMARK.fullmatch(word) for word in found if word not in HARMLESS)
        or any(_YEAR.fullmatch(word) for word in found)
    )


def is_qualified(text: str, unit: Bounds, place: Bounds, *, is_about_access: bool) -> bool:
    """Tell whether a sentence qualifies the words at a place in a way that is not understood.

    Args:
        text: the page's text.
        unit: bounds of the sentence.
        place: bounds of the words.
        is_about_access: whether they name a feature of access, which is qualified by the words beside it.
    """
    end = unit[1]
    if "?" in text[place[1] : end + 1] or "？" in text[place[1] : end + 1]:
        return True
    fragments = _FRAGMENT_END.split(text[place[1] : end])[1:]
    if _is_taken_back_behind(text, end) or any(map(_BARE_DENIAL.fullmatch, fragments)):
        return True
    brackets = _BRACKET.finditer(text, place[1], end)
    if is_about_access:
        before = _BRACKET.finditer(text, unit[0], place[0])
        if any(is_doubtful_bracket(match.group(1)) for match in before):
            return True
        if any(not is_harmless(match.group(1), may_name=True) for match in brackets):
            return True
        return not _has_plain_neighbours(text, unit, place)
    behind = next(brackets, None)
    is_beside = behind is not None and not text[place[1] : behind.start()].strip()
    return is_beside and behind is not None and not is_harmless(behind.group(1), may_name=True)


def is_taken_back_below(text: str, end: int) -> bool:
    """Tell whether words that end their line are taken back by the next one: `(not available)`."""
    line, _, below = text[end : end + MAX_BELOW_CHARS].partition("\n")
    words = below.partition("\n")[0].strip(" -*•")
    bracket = _BRACKET.fullmatch(words)
    inner = bracket.group(1) if bracket else words
    is_remark = _BARE_DENIAL.fullmatch(inner) or (bracket and not is_harmless(inner, may_name=True))
    return not line.strip(" .;)") and bool(is_remark)


def is_qualified_row(text: str, start: int, end: int) -> bool:
    """Tell whether a row or entry has a remark in brackets, or a question mark, that is not understood."""
    if "?" in text[start:end] or "？" in text[start:end]:
        return True
    return any(
        not is_harmless(match.group(1), may_name=True) for match in _BRACKET.finditer(text, start, end)
    )


def _fragments(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Yield the parts of a cell between its commas, dashes and brackets, and whether they are in brackets."""
    position = start
    for bracket in _BRACKET.finditer(text, start, end):
        yield from _between_marks(text, position, bracket.start(), in_brackets=False)
        yield from _between_marks(text, *bracket.span(1), in_brackets=True)
        position = bracket.end()
    yield from _between_marks(text, position, end, in_brackets=False)


def _takes_back_item(text: str, start: int, left: int, words: str) -> bool:
    """Tell whether a fragment denies what stands in the item before it: `Lift; not available`."""
    mark = text[start:left].rstrip(" (（[")[-1:]
    return mark in _ITEM_MARKS and mark != "" and _BARE_DENIAL.fullmatch(words.strip()) is not None


def _between_marks(text: str, start: int, end: int, *, in_brackets: bool) -> Iterator[tuple[int, int, bool]]:
    position = start
    for mark in _FRAGMENT_END.finditer(text, start, end):
        if text[position : mark.start()].strip():
            yield position, mark.start(), in_brackets
        position = mark.end()
    if text[position:end].strip():
        yield position, end, in_brackets


def _without_phrases(words: str) -> str:
    for pattern in HARMLESS_PHRASES:
        words = pattern.sub(" ", words)
    return words


def _is_plain(word: str, *, may_name: bool) -> bool:
    folded = word.casefold()
    if (
        folded in HARMLESS
        or folded in PLACE_KINDS
        or folded.removesuffix("'s").removesuffix("’s") in HARMLESS
    ):
        return True
    if word.isdigit() and word.isascii():
        return len(word) != 4 or not _YEAR.fullmatch(word)
    if word[0] >= _FIRST_FOREIGN:
        return not HARMLESS_FOREIGN.sub("", word)
    return (
        (may_name and word[0].isupper())
        or _LABEL.fullmatch(word) is not None
        or (len(word) > 1 and _ACRONYM.fullmatch(word) is not None)
    )


def _is_foreign(words: str) -> bool:
    """Tell whether words are a name in a script without capital letters."""
    return all(match.group()[0] >= _FIRST_FOREIGN for match in _WORD.finditer(words))


def _is_behind_preposition(words: str, position: int) -> bool:
    """Tell whether a word belongs to a name behind `to`, `at`, `near`."""
    before = [match.group() for match in _WORD.finditer(words, 0, position)]
    while before and (before[-1][0].isupper() or before[-1] in ("the", "of", "and")):
        before.pop()
    return bool(before) and before[-1] in PREPOSITIONS


def _is_taken_back_behind(text: str, end: int) -> bool:
    """Tell whether the next sentence of a line does nothing but take back the one before."""
    line_end = text.find("\n", end)
    rest = text[end : line_end if line_end >= 0 else len(text)].lstrip(" .;。；!！")
    words = _NEXT_END.split(rest, maxsplit=1)[0].strip(" ()（）[]")
    if not words or len(words.split()) > MAX_REMARK_WORDS or CELL_BREAK.strip() in words:
        return False
    return _BARE_DENIAL.fullmatch(words) is not None or is_bare_remark(words)


def _has_plain_neighbours(text: str, unit: Bounds, place: Bounds) -> bool:
    """Tell whether the words right before and behind a feature are known: not so in `goods lift`."""
    before = list(_WORD.finditer(text, unit[0], place[0]))[-1:]
    behind = _WORD.search(text, place[1], unit[1])
    beside = [
        *(word.group() for word in before if _NO_WORD_BETWEEN.fullmatch(text, word.end(), place[0])),
        *([behind.group()] if behind and not text[place[1] : behind.start()].strip() else []),
    ]
    return all(_is_plain(word, may_name=False) or _names_feature(word) for word in beside)


def _names_feature(word: str) -> bool:
    return any(pattern.fullmatch(word) for pattern in VOCABULARY.values())
