"""Read the exit labels at the start of a text: ``A``, ``Exit A``, ``A & B``, ``Exit-A``, ``出口A``.

A label may be in lower case, in brackets, or followed by a full stop: ``a``, ``(A)``, ``A.``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mrt_pipeline.extraction.access_words import is_denying, is_not_now
from mrt_pipeline.extraction.mentions import (
    ANY_CASE_LABEL,
    LABEL_PATTERN,
    labels_in,
    labels_named,
    upper_labels,
)
from mrt_pipeline.extraction.page_model import Piece
from mrt_pipeline.extraction.qualifiers import PLACE_KINDS, is_bare_remark, is_doubtful_bracket, is_understood
from mrt_pipeline.extraction.rules.access_said import access_in
from mrt_pipeline.extraction.rules.page import Labels, RulePage
from mrt_pipeline.extraction.rules.parts import end_of_present, part_of
from mrt_pipeline.extraction.rules.place_mentions import are_at_roads, are_roads, is_sure_place
from mrt_pipeline.extraction.rules.words import EXIT_WORDS, NO_WORDS, TOWN_PARTS, folded

EXIT_WORD = "|".join(re.escape(word) for word in sorted(EXIT_WORDS, key=len, reverse=True))
_JOINING = r",(?:\s*and\b)?|/|&|\+|\band\b|\bdan\b|、|与|和|及|மற்றும்|[-–—]|\bto\b|;\s*(?=(?i:exit)\s)"
_PLURAL = r"(?<=[A-Z])S(?!\w)"
"""the end of `EXITS`, which names no exit S"""
_JOIN = rf"\s*(?:{_JOINING})\s*(?:(?i:exit)\s+)?"


def _lead(label: str) -> re.Pattern[str]:
    """Return the pattern of a text that begins with `exit` and labels."""
    return re.compile(
        rf"[\s*#•·]*(?P<word>(?i:{EXIT_WORD})(?:\s*(?:(?i:no\.|number|letter|code|编号))?\s*[:：#.;]?\s*|[-‑–—]))"
        rf"(?!{_PLURAL})(?P<labels>{labels_listed(label)})(?P<rest>.*)",
        re.DOTALL,
    )


def _bare(label: str, rest: str) -> re.Pattern[str]:
    """Return the pattern of a text that begins with bare labels, or with labels and then `exit`."""
    label = label.replace(r"(?!\w)", r"(?![^\W\u4e00-\u9fff])")  # `A出口` has no space
    return re.compile(
        rf"[\s*#•·]*(?P<labels>{labels_listed(label)})\s*(?P<word>(?i:{EXIT_WORD}))?(?P<rest>{rest})",
        re.DOTALL,
    )


def labels_listed(label: str) -> str:
    """Return a regular expression of one or several labels, each or all of which may be in brackets."""
    each = rf"(?:{_bracketed(label)}|{label})"
    some = rf"{each}(?:{_JOIN}{each})*"
    return rf"(?:{some}|{_bracketed(rf'{label}(?:{_JOIN}{label})+')})"


def _bracketed(label: str) -> str:
    """Return a regular expression of labels in brackets; not `(s)` as in `Exit(s)`, which is a plural."""
    return rf"(?<![A-Za-z])(?!\(s\))(?:\({label}\)|（{label}）|\[{label}\]|[“\"']{label}[”\"']|‘{label}’)"


_FORMS = (
    _lead(LABEL_PATTERN),
    _bare(LABEL_PATTERN, ".*"),
    _lead(ANY_CASE_LABEL),
    _bare(ANY_CASE_LABEL, r"(?:(?<=[)）\]])|\s*(?:\Z|[:：–—(（\[]|-\s|\.(?:\s|\Z))).*"),
)
"""forms of labels, the most certain first: as on signs, then in lower case. Without `exit`, a lower-case
label must be set off by punctuation, since `a` is a word."""
_LETTERED = re.compile(
    r"[\s*#•·]*(?P<labels>[A-Z]\d?)(?P<word>(?!))?\s+(?P<rest>(?![A-Z]\d?\b)[^\W\d_].*)", re.DOTALL
)
"""a bare label before a word, but not before another label"""
_WORDED = re.compile(
    r"[\s*#•·]*(?i:accesses|access(?: point)?|gates?|doors?|portals?|ways? (?:out|in)|exit points?|egress)"
    rf"(?:\s+(?i:no\.|number))?\s+(?P<labels>{labels_listed(LABEL_PATTERN)})(?P<word>(?!))?(?P<rest>.*)",
    re.DOTALL,
)
"""labels behind another word for an exit"""
_NAME_QUOTED = re.compile(r"\s*(?:«([^«»]+)»|“([^“”]+)”|\"([^\"]+)\")")
_SITES = PLACE_KINDS | TOWN_PARTS | {"bank", "beach", "canal", "river", "riverside", "waterfront"}
_AGAIN = re.compile(
    rf"\s*[/|·]?\s*(?i:{EXIT_WORD})\s*[:：#.]?\s*(?P<labels>{labels_listed(LABEL_PATTERN)})", re.DOTALL
)
_LETTER = r"[A-Z][0-9]?(?!\w)"
_LABEL_ALONE = re.compile(
    rf"[(（\[]\s*(?:(?:at|for|only)\s+)?(?P<labels>{labels_listed(_LETTER)})(?:\s+only)?\s*[)）\]]"
    rf"|\b(?:at|for)\s+(?P<said>{labels_listed(_LETTER)})(?=\s*(?:[,;)]|only\b|\Z))"
)
_REST_BEGINS = re.compile(
    r"\s*(?:$|[(（\[:：–—,;•·¦→⇒➔➜»›]|[-=]?>\s|-\s|/\s|\.(?:\s|$)|=\s|only\s*$|(?:to|for)\s+(?:the\s+)?(?=[A-Z][a-z]))"
)
_LIST_MARKS = re.compile(
    r"[\s*#•·▪▫‣◦●■◆◇►▶➤→👉📍🚪🚇🔹🔸]*(?P<letter>[\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189Ⓐ-Ⓩ])?"
    r"[\ufe0f\s]*"
)
"""marks before an exit, perhaps with its letter: `🔹 Exit A`, `🅰️ Exit A`"""
_LEADING = re.compile(
    rf"[\s*#•·]*(?:at|near|outside|beside)\s+(?:the\s+)?(?=(?:{EXIT_WORD})(?![a-z]))", re.IGNORECASE
)
"""words before an exit that may be ignored: `Near Exit A`"""
_CLOSERS = (")", "）", "]")
_MARKS = " :：–—-,;.•·¦/=>→⇒➔➜»›"
_BRACKET = re.compile(r"\s*[(（\[]([^()（）\[\]]*)[)）\]]")


@dataclass(frozen=True, slots=True)
class LabelText:
    """The labels that a text begins with."""

    labels: tuple[str, ...]
    rest_start: int
    """position of the text after the labels"""
    has_word: bool
    """whether the text has the word ``exit``, not just the label"""
    is_set_off: bool = False
    """whether the labels are letters in brackets or followed by a full stop"""


def read_labels(page: RulePage, text: str, *, is_lettered: bool = False) -> LabelText | None:
    """Return the labels that a text begins with; None if they are unclear, another's or not in use.

    With ``is_lettered``, a name or feature may follow a bare label without a sign; see ``are_lettered``.
    """
    start = _skip_own_name(page, text)
    if start is None or names_two_exits(text):
        return None
    start = start or _skip_marks(text)
    if lead := _LEADING.match(text, start):
        start = lead.end()
    for form in (*_FORMS, _WORDED) if is_lettered else _FORMS:
        match = form.match(text, start)
        rest_start = _behind_name(page, text, _behind_repeats(match)) if match is not None else 0
        if match is not None and (_REST_BEGINS.match(text, rest_start) or _is_bare_in_brackets(match)):
            return _label_text(page, match, rest_start)
    match = _LETTERED.match(text, start) if is_lettered else None
    return _label_text(page, match, match.start("rest")) if match and _goes_on(match["rest"]) else None


def are_lettered(page: RulePage, texts: Sequence[str]) -> bool:
    """Return whether all texts of a list or column of exits begin with capitals, some of them before a name.

    As some of the capitals differ, each is a label, as in `C New Bridge Road`, and not the article.
    """
    if all(read_labels(page, text) for text in texts):
        return False
    found = [read_labels(page, text, is_lettered=True) for text in texts]
    labels = {one.labels for one in found if one and not one.has_word}
    return None not in found and len(labels) > 1


def _goes_on(rest: str) -> bool:
    """Return whether words behind a bare label are a name, or features of the exit."""
    if labels_named(rest):
        return False
    return rest[0].isupper() or (bool(access_in(rest)) and is_understood(rest))


def names_two_exits(text: str) -> bool:
    """Return whether a text begins with an exit and another one in its place: `出口 A Exit B`."""
    start = _skip_marks(text)
    match = next((found for form in _FORMS if (found := form.match(text, start))), None)
    again = _AGAIN.match(text, _behind_repeats(match)) if match is not None and match["word"] else None
    return again is not None


def _behind_name(page: RulePage, text: str, start: int) -> int:
    """Return the position behind the exit's own name in quotation marks: `Exit A « Hotel »`."""
    match = _NAME_QUOTED.match(text, start)
    name = next(filter(None, match.groups())) if match else ""
    beside = page.names.without_stations(name, page.slug).casefold().split()
    is_name = are_at_roads(name) or is_sure_place(name) or set(beside) <= _SITES
    is_other = page.names_other_station(name) or bool(labels_named(name)) or is_not_now(name)
    return match.end() if match and is_name and not (is_other or is_doubtful_bracket(name)) else start


def _skip_marks(text: str) -> int:
    """Return the position behind list marks; 0 if one is a letter other than that of the exit behind it."""
    marks = _LIST_MARKS.match(text)
    if marks is None or marks["letter"] is None:
        return marks.end() if marks else 0
    first = "Ⓐ" if marks["letter"] <= "Ⓩ" else "\U0001f130"  # the alphabet is there again 32 places on
    letter = chr(ord("A") + (ord(marks["letter"]) - ord(first)) % 32)
    lead = _FORMS[0].match(text, marks.end())
    return marks.end() if lead and labels_of(lead["labels"]) == (letter,) else 0


def _behind_repeats(match: re.Match[str]) -> int:
    """Return the position behind the same labels in other languages: `出口 A Exit A`, `Exit A / Pintu A`."""
    start, labels = match.start("rest"), labels_of(match["labels"])
    while again := _AGAIN.match(match.string, start):
        if labels_of(again["labels"]) != labels:
            break
        start = again.end("labels")
    return start


def has_doubtful_bracket(words: str, found: LabelText) -> bool:
    """Return whether brackets directly after the labels may retract them: `A (vendors first)`, `A (new)`."""
    bracket = _BRACKET.match(words, found.rest_start)
    remark = bracket.group(1) if bracket else ""
    is_new = "new" in folded(remark).split() and not are_roads(remark)
    return bool(remark) and (is_doubtful_bracket(remark) or is_new)


def is_answered_no(words: str, found: LabelText) -> bool:
    """Return whether the text after labels is a no, a remark, or missing after a dash: `A: no`, `A –`."""
    rest = words[found.rest_start :].strip()
    said = rest.strip(_MARKS)
    is_no = not said or folded(said) in NO_WORDS or said in NO_WORDS
    return rest[:1] in tuple(":：–—-") and (is_no or is_denying(said) or is_bare_remark(said))


def pieces_behind(page: RulePage, piece: Piece, found: LabelText) -> Iterator[Piece]:
    """Yield the parts of a piece after the labels that it begins with: the brackets, and the rest."""
    start = piece.start + found.rest_start
    if bracket := _BRACKET.match(page.text, start, piece.end):
        yield part_of(piece, *bracket.span(1))
        start = bracket.end()
    start += len(page.text[start : piece.end]) - len(page.text[start : piece.end].lstrip(_MARKS))
    yield part_of(piece, start, piece.end)


def _is_bare_in_brackets(match: re.Match[str]) -> bool:
    return match["word"] is None and match["labels"].endswith(_CLOSERS)


def _label_text(page: RulePage, match: re.Match[str], rest_start: int) -> LabelText | None:
    """Return the labels of a match; None if what follows retracts them or names another station."""
    rest = match.string[rest_start:]
    if _is_taken_back(rest) or _is_other_station(page, rest):
        return None
    labels = labels_of(match["labels"])
    is_letters = not any(label.isdigit() for label in labels)
    is_set_off = is_letters and (match["labels"].endswith(_CLOSERS) or rest.lstrip().startswith("."))
    return LabelText(labels, rest_start, match["word"] is not None, is_set_off) if labels else None


def _skip_own_name(page: RulePage, text: str) -> int | None:
    """Return the position after the station's own name, or 0; None if a text begins with another station."""
    first = next(page.names.stations_in(text[:60]), None)
    if first is None or text[: first.start].strip(" *#•·"):
        return 0
    return None if first.slug != page.slug else first.end


def _is_taken_back(rest: str) -> bool:
    """Return whether the words after a label retract it; of brackets, only the first are about the label."""
    bracket = re.match(r"\s*[(（\[]([^)）\]]*)", rest)
    if bracket is not None and (is_denying(bracket.group(1)) or is_not_now(bracket.group(1))):
        return True
    rest = rest[: end_of_present(rest, 0, len(rest))]
    return is_not_now(re.sub(r"[(（\[][^()（）\[\]]*[)）\]]", " ", rest))


def _is_other_station(page: RulePage, rest: str) -> bool:
    """Return whether a label is followed by just another station's name: `A (Khatib)`, `Exit A, Khatib`."""
    bracket = re.match(r"\s*(?:[(（\[]([^)）\]]*)[)）\]]|,([^,:：–—(（]*))", rest)
    if bracket is None:
        return False
    inside = (bracket[1] or bracket[2] or "").strip()
    found = next(page.names.stations_in(inside), None)
    return found is not None and (found.start, found.end) == (0, len(inside)) and found.slug != page.slug


def labels_of(listed: str) -> tuple[str, ...]:
    """Return the labels in a list as written on a page, in any language."""
    plain = re.sub(r"(?i:exit)\s+", "", upper_labels(listed))
    return tuple(sorted(labels_in(re.sub(r"、|;|与|和|及|\bdan\b|மற்றும்", ",", plain))))


def labels_alone(page: RulePage, words: str, own: Iterable[str]) -> frozenset[str]:
    """Return the exits that words name by their labels alone: `Lift (A)`, `Lift at A`.

    A label with a number is a floor, as in `(L5)`, unless it is one of ``own``.
    """
    listed = (match["labels"] or match["said"] for match in _LABEL_ALONE.finditer(words))
    labels = frozenset(label for some in listed for label in labels_of(some))
    return frozenset(label for label in labels if label in own or len(label) == 1) - page.legend.keys()


def labels_meant(page: RulePage, start: int, end: int, labels: Labels) -> Labels:
    """Return the exits that ``text[start:end]`` is about: all of ``labels``, or those that it names.

    If it names any other exit, it is unclear which are meant, and none is returned.
    """
    words = page.text[start:end]
    named = labels_named(words) | labels_alone(page, words, labels)
    return [label for label in labels if not named or label in named] if named <= set(labels) else []
