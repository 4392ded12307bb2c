"""Decide whether the words around a value may retract it; only words that are understood pass.

Pages qualify statements in words and signs that cannot all be listed: `lift (2015–2019)`, `Yes 🚧`. So the
whole statement (a cell about access, a clause of a list item, a sentence) must consist of known words and
signs, none of which can retract it. Anything else leaves the statement unread, rather than accepted. Place
names cannot be listed either: they are recognised by their capitals, and the words beside a name are checked
in the same way.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from mrt_pipeline.extraction.access_words import (
    VOCABULARY,
    is_by_building,
    is_denying,
    is_former_name,
    is_not_now,
    without_doubts,
)
from mrt_pipeline.extraction.mentions import EXIT, PLATFORM, labels_named
from mrt_pipeline.extraction.page_model import CELL_BREAK, NOTE
from mrt_pipeline.extraction.word_lists import word_list, wording

Bounds = tuple[int, int]

HARMLESS = word_list("harmless")
"""words that cannot retract a statement, in any letter case: none says when, for whom or whether"""
IN_SENTENCES = word_list("in_sentences")
"""words that are harmless in a full sentence; after a name they may be a remark"""
PREPOSITIONS = word_list("prepositions")
"""words that may precede a place name"""
PLACE_KINDS = word_list("place_kinds")
"""words that mark a place name or a location, such as `mall`"""
ACRONYMS = word_list("acronyms")
"""known words in capitals; any other, such as `OOS`, `UC` or `KIV`, may be a remark"""
_ONE_WAY = wording("one_way")
"""the direction of travel: harmless for an escalator, doubtful for a lift"""
_HARMLESS_PHRASES = (
    _ONE_WAY,
    *map(wording, ("harmless_dates", "harmless_only", "harmless_ways", "harmless_walk", "harmless_buses")),
    re.compile(r"\b[A-Z][a-z]+ [A-Z](?= Stn\b)"),  # stops at a station of a long name: `Holland V Stn`
    *VOCABULARY.values(),
)
"""phrases that are harmless as a whole"""
_HARMLESS_FOREIGN = wording("harmless_foreign")
_PHONE = wording("phone_number")
_WAY_TO_PLACE = wording("way_to_place")

_BRACKET = re.compile(r"[(（\[]([^()（）\[\]]*)(?:[)）\]]|$)")
_FRAGMENT_END = re.compile(r"\s*(?:[,，、;；。:：•·\n¦]|\.(?=\s|$)|\s[-–—/|]\s|[–—])\s*")
_WORD = re.compile(r"(?:[^\W_]|[\u0b82\u0bbe-\u0bcd\u0bd7])+(?:['’.-][^\W_]+)*")
"""includes the vowel signs of Tamil, which Unicode does not count as letters"""
_STOP_CODE = re.compile(r"(?<!\d)\d{5}(?!\d)")
CODE_DIGITS = 5
_SIGNED = re.compile(r"[A-Z]\d|\d{1,3}[A-Za-z]?|[A-Z]{2,3}\d{1,2}|[A-Z]TC|CG")
"""a label with a number, a floor, a bus service or a station code"""
_LETTER_OF = wording("letter_of")
_CAPITALS = re.compile(r"(?:[A-Z]\.?){2,}")
_KNOWN_SIGNS = frozenset(
    " \t\n.,;:!'\"“”‘’()（）[]/&+-‐‑–—•·|¦@#，、；。：！→←↑↓➡⬅►◄▶✓✔☑✅√●\ufe0f\u200d\xa0"
    "♿🛗🚌🚏🚍📍🏢🏬🏛🏫🏥🏨🏟🏪🏘🕌🛕🏞🌳🛍🍴🍜🎭🚪"
)
_SIGN_OF_NOTE = re.compile(r"#(?!\w)|[(（\[]\s*(?:[1a-z])\s*[)）\]]")
"""a mark that points to a note of unknown text: `Lift #`, `Lift (1)`; `(2)` may be how many there are"""
_DENYING_FOREIGN = re.compile(r"[没沒無无不]|இல்லை|\b(?:tidak|tiada)\b", re.IGNORECASE)
_DENYING_SIGNS = frozenset("✗✘✕✖❌")
_LETTER_ANSWER = re.compile(r"\A\s*[YN](?=\s*(?:$|[(（,;–—-]))", re.IGNORECASE)
_OF_PLATFORM = re.compile(r"s|[A-Z]|island|side|stacked")
"""a plural, a sign or a kind of platform in brackets: `Platform(s)`, `(B)`, `2 (island)`"""
_COUNTS = re.compile(r"(?<=\d)\s*[×x]\s*(?=\w)|(?<=\w)\s*×\s*(?=\d)|(?<=\w)\s+x\s*(?=\d)")
_CUT_SHORT = re.compile(r"[\w🛗♿]\s*[-–—]+\s*$|!(?=\w)")
"""a dash at the end, or a negating `!`: `Lift –`, `!lift`"""
_ASKS = re.compile(r"\s*(?:where|why|how|when|who|is|are|does|do|has|have|can)\b", re.IGNORECASE)
_REFERS_BACK = re.compile(r"(?:this|that|it|which|these|they|not)\b", re.IGNORECASE)
_SPEAKS_BACK = wording("speaks_back")
"""how a sentence on what was just said begins: `However, this`, `The lift`"""
_BESIDE_THE_WAY = wording("beside_the_way")
_ONE_OF_EXITS = wording("one_of_exits")
_INITIAL = re.compile(r"\b[A-Z]")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_BARE_DATE = wording("bare_date")
_SHAPE_OF_A_REMARK = re.compile(
    r"\w+(?:ed|ing|ly|wn|ilt)|only|if|when|unless|during|until|except|subject|per"
)
_ITEM_ALONE = re.compile(r"(?P<indent> *)[-*•] *")
_DAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?")
_JOINS = frozenset({"the", "of", "and"})
MAX_REMARK_WORDS = 4
"""a longer sentence is a statement of its own, not a remark on the one before"""
_NEXT_END = re.compile(r"[.;。；!！](?=\s|$)| \| ")
MAX_BELOW_CHARS = 200
_DOUBTING = " ?？†‡*"
_ITEM_MARKS = ",，、;；.。•·\n"
_BARE_DENIAL = wording("bare_denial")
_FIRST_FOREIGN = "\u0b80"
"""start of Tamil in Unicode; the scripts from here on, such as Chinese, have no capital letters"""


def doubtful_stretches(text: str, start: int, end: int, *, is_about_access: bool) -> list[Bounds]:
    """Return the parts of a cell or list item with a remark that is not understood, and may retract them.

    A remark in brackets, or after a comma or dash, is about what precedes it; a mark of doubt behind a name
    on a line of its own, about that name. In a cell about access, a remark is about the whole cell.

    Args:
        text: the page's text.
        start: where the cell begins.
        end: where it ends.
        is_about_access: whether only words about access are expected there.
    """
    if is_about_access:
        return [] if _is_understood_cell(text, start, end) else [(start, end)]
    found: list[Bounds] = []
    before = start
    for left, right, in_brackets in _fragments(text, start, end):
        words = text[left:right]
        if words == NOTE:  # the unread words may name another exit, and the rest may belong to that
            return [*found, (before, end)]
        if _ONE_WAY.search(text, before, right):
            continue
        if in_brackets and _STOP_CODE.search(words):  # about another stop: `64381 (64389 removed)`
            continue
        if in_brackets:
            is_remark = not _is_known_bracket(words, text[before:left].rstrip("(（[ "))
        else:
            is_remark = is_bare_remark(words)
        if is_remark or _takes_back_item(text, start, left, words):
            if not in_brackets and _is_doubted_name(text, left, words):
                before = left
            found.append((before, right))
        elif not in_brackets:
            before = left
    return found


def is_understood(
    words: str, *, may_name: bool = False, may_deny: bool = False, is_sentence: bool = False
) -> bool:
    """Return whether all words and signs are known, and none of them can retract a statement.

    Args:
        words: a statement, or the words beside one.
        may_name: whether place names are accepted anywhere if a word such as `mall` shows that they are;
            other names are accepted only after `to`, `at`, `near`.
        may_deny: whether denials are accepted, because the caller handles them.
        is_sentence: whether the words are a full sentence.
    """
    words = _PHONE.sub(" ", _COUNTS.sub(" ", words))
    if is_not_now(words) or not _has_known_signs(words, may_deny=may_deny):
        return False
    if _CUT_SHORT.search(words) if may_deny else _DENYING_FOREIGN.search(words):
        return False
    words = _without_phrases(words)
    names_place = may_name and any(word.group().casefold() in PLACE_KINDS for word in _WORD.finditer(words))
    return all(
        _is_plain(match.group(), may_name=names_place or _is_behind_preposition(words, match.start()))
        or (may_deny and is_denying(match.group()))
        or (is_sentence and match.group().casefold() in IN_SENTENCES)
        for match in _WORD.finditer(words)
    ) or (may_name and _is_foreign(words))


def is_doubtful_bracket(words: str) -> bool:
    """Return whether brackets after a label are neither a name nor understood: `A (vendors first)`."""
    has_name = any(
        word[0].isupper() and (word in ACRONYMS or not _CAPITALS.fullmatch(word))
        for word in (match.group() for match in _WORD.finditer(words))
    )
    is_known = has_name and _has_known_signs(words, may_deny=False)
    return not is_known and not is_understood(words, may_name=True)


def has_remark_in_capitals(name: str) -> bool:
    """Return whether the last word of a name, in capitals, may be a remark on it: `Golden Mall RIP`."""
    *others, last = name.strip(" .-–—").split() or [""]
    is_mixed = any(any(char.islower() for char in word) for word in others)
    may_be_remark = _CAPITALS.fullmatch(last) is not None and last not in ACRONYMS
    return may_be_remark and (is_mixed or not others)


def has_remark(name: str) -> bool:
    """Return whether a name contains a sign, brackets or capitals that may retract it: `X Mall RIP`."""
    return (
        has_remark_in_capitals(name)
        or not _has_known_signs(name, may_deny=False, is_name=True)
        or any(not is_understood(match.group(1), may_name=True) for match in _BRACKET.finditer(name))
    )


def is_bare_remark(words: str) -> bool:
    """Return whether a fragment between commas names nothing, and only qualifies the one before.

    In `X Mall, closed since May`, the second fragment is a remark; in `X Mall, Y Residences` it is not.
    """
    if not _has_known_signs(words, may_deny=False, is_name=True):
        return True
    if _STOP_CODE.search(words):
        return False
    if is_bare_date(words):
        return True
    is_taken_back = is_not_now(words)
    found = [match.group() for match in _WORD.finditer(without_doubts(_without_phrases(words)))]
    names = [word for word in found if word[0].isupper() or word[0] >= _FIRST_FOREIGN]
    if any(word.casefold() not in HARMLESS and not _DAY.fullmatch(word) for word in names):
        return False
    return (
        is_taken_back
        or any(_SHAPE_OF_A_REMARK.fullmatch(word) for word in found if word.casefold() not in HARMLESS)
        or any(_YEAR.fullmatch(word) for word in found)
    )


def is_bare_date(words: str) -> bool:
    """Return whether words are only a recent or coming date, such as an opening date: `from 2028`."""
    return _BARE_DATE.fullmatch(words.strip(" ().")) is not None


def is_qualified(text: str, unit: Bounds, place: Bounds, *, is_about_access: bool) -> bool:
    """Return whether a sentence qualifies some of its words in a way that is not understood.

    Args:
        text: the page's text.
        unit: bounds of the sentence.
        place: bounds of the words in question.
        is_about_access: whether these name an access feature; then the whole sentence must be understood.
    """
    end = unit[1]
    if "?" in text[place[1] : end + 1] or "？" in text[place[1] : end + 1]:
        return True
    fragments = _FRAGMENT_END.split(text[place[1] : end])[1:]
    if _is_retracted_after(text, end) or _is_denied_before(text, unit[0]):
        return True
    if is_about_access and _is_retracted_later(text, unit):
        return True
    if any(map(_BARE_DENIAL.fullmatch, fragments)):
        return True
    if is_about_access:
        if _ASKS.match(text, *unit) or _ONE_OF_EXITS.search(text, *unit):
            return True
        return not is_understood(text[slice(*unit)], may_deny=True, is_sentence=True)
    beside = _BRACKET.search(text, place[1], end)
    if beside is None or text[place[1] : beside.start()].strip():
        return False
    return not _is_known_bracket(beside[1], text[slice(*place)])


def is_taken_back_below(text: str, start: int, end: int, *, is_about_access: bool) -> bool:
    """Return whether the next line retracts the words at the end of a line: `(not available)`.

    Access is retracted by a line that leads through another building too, `via Northpoint`. An item alone is
    retracted by a remark in an item below it: `Golden Mall` by `closed in 2024`.
    """
    line, _, below = text[end : end + MAX_BELOW_CHARS].partition("\n")
    words = below.partition("\n")[0].strip(" -*•")
    bracket = _BRACKET.fullmatch(words)
    inner = bracket.group(1) if bracket else words
    is_remark = _BARE_DENIAL.fullmatch(inner) or (bracket and not is_understood(inner, may_name=True))
    is_by_way = is_about_access and is_by_building(" ".join(inner.split()[:MAX_REMARK_WORDS]))
    is_remark = is_remark or (is_by_way and inner[:1].islower())
    above = _ITEM_ALONE.fullmatch(text[text.rfind("\n", 0, start) + 1 : start])
    if above and len(below) - len(below.lstrip(" ")) > len(above["indent"]):
        is_access_doubtful = is_about_access and not is_understood(words, may_name=True)
        is_remark = is_remark or is_bare_remark(words) or is_access_doubtful
    return not line.strip(" .;)") and bool(is_remark)


def is_qualified_row(text: str, start: int, end: int) -> bool:
    """Return whether a row or list item has a question mark, or brackets that are not understood."""
    if "?" in text[start:end] or "？" in text[start:end]:
        return True
    return any(
        not _OF_PLATFORM.fullmatch(match.group(1)) and not is_understood(match.group(1), may_name=True)
        for match in _BRACKET.finditer(text, start, end)
    )


def _is_understood_cell(text: str, start: int, end: int) -> bool:
    """Return whether a cell about access is understood as a whole."""
    statement = _LETTER_ANSWER.sub("", text[start:end], count=1)
    return is_understood(statement, may_deny=True) and not any(
        _takes_back_item(text, start, left, text[left:right])
        for left, right, _ in _fragments(text, start, end)
    )


def _fragments(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Yield the bounds of a cell's parts between commas, dashes and brackets; True if in brackets."""
    position = start
    for bracket in _BRACKET.finditer(text, start, end):
        yield from _between_marks(text, position, bracket.start(), in_brackets=False)
        yield from _between_marks(text, *bracket.span(1), in_brackets=True)
        position = bracket.end()
    yield from _between_marks(text, position, end, in_brackets=False)


def _is_doubted_name(text: str, left: int, words: str) -> bool:
    """Return whether words are a name on a line of its own with a mark behind it: `Silver Hall?`."""
    name = words.rstrip(_DOUBTING)
    return name != words and text[:left].rstrip(" ")[-1:] in (";", "\n") and is_name(name)


def _takes_back_item(text: str, start: int, left: int, words: str) -> bool:
    """Return whether a fragment denies the item before it: `Lift; not available`."""
    mark = text[start:left].rstrip(" (（[")[-1:]
    return mark in _ITEM_MARKS and mark != "" and _BARE_DENIAL.fullmatch(words.strip()) is not None


def _between_marks(text: str, start: int, end: int, *, in_brackets: bool) -> Iterator[tuple[int, int, bool]]:
    """Yield the bounds of the text between commas and dashes, each with ``in_brackets``."""
    position = start
    for mark in _FRAGMENT_END.finditer(text, start, end):
        if text[position : mark.start()].strip():
            yield position, mark.start(), in_brackets
        position = mark.end()
    if text[position:end].strip():
        yield position, end, in_brackets


def _without_phrases(words: str) -> str:
    """Return words without exits, platforms and harmless phrases."""
    for pattern in (EXIT.pattern, PLATFORM.pattern, _LETTER_OF, *_HARMLESS_PHRASES):
        words = pattern.sub(" ", words)
    return words


def _is_plain(word: str, *, may_name: bool) -> bool:
    """Return whether a word is harmless by itself; with ``may_name``, so is any capitalised word."""
    folded = word.casefold()
    if {folded, folded.removesuffix("'s").removesuffix("’s")} & (HARMLESS | PLACE_KINDS):
        return True
    if word.isdigit() and word.isascii():
        return word != "0" and (len(word) != 4 or not _YEAR.fullmatch(word))
    if word[0] >= _FIRST_FOREIGN:
        return not _HARMLESS_FOREIGN.sub("", word)
    return (
        (may_name and word[0].isupper() and len(word) > 1)
        or _SIGNED.fullmatch(word) is not None
        or word in ACRONYMS
    )


def _has_known_signs(words: str, *, may_deny: bool, is_name: bool = False) -> bool:
    """Return whether every sign is known; an unknown symbol may retract the words beside it: `Lift 🚧`."""
    return not _SIGN_OF_NOTE.search(words) and all(
        char.isalnum()
        or unicodedata.category(char)[0] == "M"
        or char in _KNOWN_SIGNS
        or (may_deny and char in _DENYING_SIGNS)
        or (is_name and unicodedata.category(char) in ("Pd", "Po", "Sc", "Sm") and char not in "?？*†‡~≈×")
        for char in words
    )


def _is_known_bracket(words: str, before: str) -> bool:
    """Return whether brackets retract nothing: they are understood, initials, a way or a stop's name.

    Args:
        words: the text in brackets.
        before: the text before them.
    """
    is_stop = _STOP_CODE.fullmatch(before[-CODE_DIGITS:]) is not None
    if _SIGN_OF_NOTE.fullmatch(f"({words})"):
        return False
    return (
        is_understood(words, may_name=True)
        or is_former_name(words)
        or _is_short_for(words, before)
        or (_WAY_TO_PLACE.fullmatch(words) is not None and _ends_with_place(before))
        or (is_stop and is_name(words))
    )


def _ends_with_place(before: str) -> bool:
    """Return whether the last thing before brackets is a place, and no lift: `Escalator, Golden Mall`."""
    last = re.split("[,;·•]", before)[-1]
    is_access = any(pattern.search(last) for pattern in VOCABULARY.values()) or _HARMLESS_FOREIGN.search(last)
    return is_name(last) and not is_access


def is_name(words: str) -> bool:
    """Return whether words are written like a name of several words, none of which may be a remark."""
    found = [match.group() for match in _WORD.finditer(words)]
    known = HARMLESS | PLACE_KINDS
    others = [word for word in found if word.casefold() not in known]
    is_written = all(
        word[0].isdigit() or word in _JOINS or (len(word) > 1 and word[0].isupper()) for word in found
    )
    is_remark = is_not_now(words) or is_denying(words) or has_remark_in_capitals(words)
    return (
        len(found) > 1
        and found[0].casefold() not in PREPOSITIONS  # `Under Review`
        and is_written
        and not is_remark
        and _has_known_signs(words, may_deny=False)
        and not any(_SHAPE_OF_A_REMARK.fullmatch(word.casefold()) for word in others)
    )


def _is_short_for(words: str, before: str) -> bool:
    """Return whether words in capitals are the initials of the name before them: `Golden Mall (GM)`."""
    initials = "".join(_INITIAL.findall(before))
    return _CAPITALS.fullmatch(words) is not None and initials.endswith(words.replace(".", ""))


def _is_foreign(words: str) -> bool:
    """Return whether words are a name in a script without capital letters."""
    return all(match.group()[0] >= _FIRST_FOREIGN for match in _WORD.finditer(words))


def _is_behind_preposition(words: str, position: int) -> bool:
    """Return whether the word at a position belongs to a name after `to`, `at`, `near`."""
    before = [match.group() for match in _WORD.finditer(words, 0, position)]
    while before and (
        before[-1].casefold() in _JOINS
        or (before[-1][0].isupper() and before[-1].casefold() not in PREPOSITIONS)
    ):
        before.pop()
    return bool(before) and before[-1].casefold() in PREPOSITIONS


def _is_denied_before(text: str, start: int) -> bool:
    """Return whether the sentence before is only a denial: `No. Lift at Exit A`."""
    before = text[text.rfind("\n", 0, start) + 1 : start].rstrip(" .!。！")
    if text[start : start + 1].isdigit():  # `No. 5 Yishun Street`
        return False
    return _BARE_DENIAL.fullmatch(_NEXT_END.split(before)[-1].strip()) is not None


def _is_retracted_after(text: str, end: int) -> bool:
    """Return whether the sentence after this one only retracts it: `Lift at Exit A. Not available`."""
    line_end = text.find("\n", end)
    rest = text[end : line_end if line_end >= 0 else len(text)].lstrip(" .;。；!！")
    words = _NEXT_END.split(rest, maxsplit=1)[0].strip(" ()（）[]")
    if not words or len(words.split()) > MAX_REMARK_WORDS or CELL_BREAK.strip() in words:
        return False
    if _REFERS_BACK.match(words) and not is_understood(words, may_name=True, is_sentence=True):
        return True
    return _BARE_DENIAL.fullmatch(words) is not None or is_bare_remark(words)


def _is_retracted_later(text: str, unit: Bounds) -> bool:
    """Return whether a later sentence of the line, before the next exit, speaks back and takes access away.

    For example `Exit A has a lift. However, it was removed in 2024.`; a denial of something beside the way,
    as in `There is no escalator.`, takes away only that.
    """
    line_end = text.find("\n", unit[1])
    later = text[unit[1] : line_end if line_end >= 0 else len(text)].partition(CELL_BREAK)[0]
    for sentence in map(str.strip, _NEXT_END.split(later)):
        if labels_named(sentence):
            return False
        is_beside = _BESIDE_THE_WAY.search(sentence) and not _BESIDE_THE_WAY.search(text, *unit)
        is_denial = is_denying(sentence) and not is_beside
        if _SPEAKS_BACK.match(sentence) and (is_not_now(sentence) or is_denial):
            return True
    return False
