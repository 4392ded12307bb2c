"""Read what one table cell or list item says about access: answers, features and their denials."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mrt_pipeline.contracts.network import StepFree
from mrt_pipeline.extraction.access_words import (
    DENIALS,
    MEANING,
    STEP_FREE_NO,
    VOCABULARY,
    is_denying,
    is_elsewhere,
    is_not_now,
)
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.place_names import without_stations
from mrt_pipeline.extraction.qualifiers import is_understood
from mrt_pipeline.extraction.rules.access_said import access_in, denied_in, says, undenied
from mrt_pipeline.extraction.rules.labels import labels_alone, labels_meant
from mrt_pipeline.extraction.rules.page import Bounds, Labels, RulePage, Said, claim
from mrt_pipeline.extraction.rules.parts import (
    BRACKETS,
    Item,
    Part,
    split_parts,
    stretches,
    without_spans,
)
from mrt_pipeline.extraction.rules.words import (
    FEATURE_WORDS,
    FEATURES,
    FILLERS,
    NO_WORDS,
    YES_WORDS,
    Meaning,
    folded,
)

_COUNT = re.compile(r"(?:[1-9]|one|two|three|four)", re.IGNORECASE)
_NO_COUNT = re.compile(r"(?:0+|zero)", re.IGNORECASE)
_COUNT_BEHIND = re.compile(r"[(（][2-9][)）]")
"""how many there are: `✓ (2)`"""
_DASH = re.compile(r"[-‐‑–—]+")
"""a dash publishes nothing, but contradicts a yes"""
_SENTENCE_END = re.compile(r"[.!?。](?=\s|$)")
_ACCESS = re.compile(
    "|".join(f"(?:{pattern.pattern})" for pattern in (*VOCABULARY.values(), *FEATURE_WORDS.values())),
    re.IGNORECASE,
)
_DENYING = frozenset({STEP_FREE_NO, "stairs_only", *DENIALS})
_FOOTNOTE = re.compile(r"[*†‡#]|[(（\[]\s*(?:\d{1,2}|[A-Za-z])\s*[)）\]]")
"""a footnote mark, or one of several exits: `Yes #`, `Yes (1)`, `Yes (A)`; the note may retract the answer"""
_NOT_OF_OTHERS = r"(?![^(),;]*\b(?:exit|entrance|escalator|stair|both|all|they|these))"
_LIFT_WITH_REMARK = re.compile(
    rf"(?:^|[:,;])\s*(?:(?:lif|升降机|电梯)\s*/?\s*)?lifts?"
    rf"(?P<remark>\s*[(（]{_NOT_OF_OTHERS.replace('(),;', '()（）')}[^()（）]*[)）]"
    rf"|\s{_NOT_OF_OTHERS}[^(),;]+(?:\([^()]*\))?)\s*(?:[,;]|$)",
    re.IGNORECASE,
)
"""a remark that applies only to a lift in a list: `Escalator, lift (planned)`"""
_BY_RAMP = re.compile(r"\b(?:via|by|using)\s+(?:(?:the|a)\s+)?ramps?\b", re.IGNORECASE)
_COUNTED = frozenset({Meaning.LIFT, Meaning.ESCALATOR, Meaning.TOILET})


def around_doubted_lift(text: str, start: int, end: int) -> list[Bounds]:
    """Return the bounds of a list around a lift that may not exist, as in `Escalator, lift (planned)`."""
    found = _LIFT_WITH_REMARK.search(text[start:end])
    if found is None or is_understood(found["remark"].strip(" ()（）"), may_name=True, may_deny=True):
        return [(start, end)]
    both = (start, start + found.start()), (start + found.end(), end)
    around = [bounds for bounds in both if text[slice(*bounds)].strip()]
    return around if around or BRACKETS.search(found["remark"]) else [(start, end)]


def needs_doubted_lift(words: str) -> bool:
    """Return whether the rest of a list has a lift or step-free way that may be the doubtful lift itself."""
    around = around_doubted_lift(words, 0, len(words))
    said = [
        (value, _BY_RAMP.search(words[slice(*bounds)]))
        for bounds in around
        for value in access_in(words[slice(*bounds)])
    ]
    is_divided = around != [(0, len(words))]
    return is_divided and any(
        value == "lift" or (MEANING.get(value) is StepFree.YES and not by_ramp) for value, by_ramp in said
    )


def without_doubted_lift(words: str) -> str:
    """Return a list item without a lift that may not exist, unless it lists nothing else."""
    return " ".join(words[start:end] for start, end in around_doubted_lift(words, 0, len(words))) or words


def without_steps(found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Drop the statements that there is a step-free way, as the words name steps."""
    return (candidate for candidate in found if MEANING.get(candidate.value) is not StepFree.YES)


def read_answer(
    page: RulePage, words: str, meaning: Meaning, labels: Labels, said: Said
) -> Iterator[Candidate]:
    """Yield the meaning of a yes or no in a column of one feature, and other access words beside it."""
    yes, no = FEATURES[meaning]
    answer = answer_of(words, may_count=meaning in _COUNTED)
    if answer is None and not is_elsewhere(words) and says(words, yes):
        answer = True
    elif answer is None and no and not is_not_now(words) and undenied(VOCABULARY[no], words):
        answer = False
    answers = [yes] if answer else _no_of(yes, no) if answer is False else []
    if _DASH.fullmatch(words.strip()):
        answers = _no_of(yes, None)
    # `Yes (lift)`, `No, steps only`
    more = [] if is_elsewhere(words) else [*access_in(words), *denied_in(words)]
    for label in labels_meant(page, *said.cell, labels):
        for found in dict.fromkeys((*answers, *more)):
            yield claim(page, "access", label, found, said)


def _no_of(yes: str, no: str | None) -> list[str]:
    """Return the values of a no: ``no`` itself, and the denial of ``yes`` if that is a feature."""
    denial = f"no_{yes}"
    return [value for value in (no, denial if denial in DENIALS else None) if value is not None]


def answer_of(words: str, *, may_count: bool) -> bool | None:
    """Return True for a yes, False for a no, and None for anything else, such as a dash or question mark.

    Args:
        words: the cell's text.
        may_count: whether a number answers too: 0 is a no, 2 a yes.
    """
    first = re.split(r"[(（,]|\s[-–—]\s", words)[0].strip().rstrip(".!").casefold()
    brackets = words[len(first) :]
    is_no = _is_all_of(first, NO_WORDS)
    is_contradicted = is_denying(brackets) and not (is_no and _is_all_of(brackets, NO_WORDS))
    is_noted = _FOOTNOTE.search(_COUNT_BEHIND.sub(" ", words) if may_count else words) is not None
    if is_not_now(words) or is_contradicted or is_noted:
        return None
    if may_count and _NO_COUNT.fullmatch(first):
        return False
    if (is_elsewhere(words) and not is_denying(first)) or _has_both_signs(first):
        return None
    if _is_all_of(first, YES_WORDS) or (may_count and _COUNT.fullmatch(first)):
        return True
    return False if is_no else None


def begins_with_yes(words: str) -> bool:
    """Return whether a cell begins with a yes, whatever follows it: `Yes, in the mall`."""
    first = re.split(r"[\s,;:(（–—-]", words.strip(), maxsplit=1)[0]
    return _is_all_of(first.casefold(), YES_WORDS)


def _is_all_of(answer: str, words: frozenset[str]) -> bool:
    """Return whether an answer consists of the given words, perhaps in several languages: `有 Yes`."""
    parts = folded(answer).split()
    is_one = answer in words or folded(answer) in words
    return is_one or (bool(parts) and all(part in words for part in parts))


def is_answered_yes(words: str, meaning: Meaning | None) -> bool:
    """Return whether words answer a feature's key with yes, so that later items do not belong to it."""
    return meaning in FEATURES and answer_of(words, may_count=meaning in _COUNTED) is True


def is_bare_no(words: str) -> bool:
    """Return whether words are a no and nothing else, or count none."""
    return folded(words) in NO_WORDS or _NO_COUNT.fullmatch(words.strip()) is not None


def denies_what_follows(words: str) -> bool:
    """Return whether a list item is only a denial, which leaves unclear what the next items mean: `No`."""
    return is_bare_no(words) or denies_alone(words)


def denies_alone(words: str) -> bool:
    """Return whether words only deny: `without`, `except for`."""
    return is_denying(words) and all(is_denying(word) or word in FILLERS for word in folded(words).split())


def _has_both_signs(answer: str) -> bool:
    """Return whether an answer contains both a yes and a no: `Yes ❌`."""
    parts = {part.strip("\ufe0f") for part in re.findall(r"\w+|[^\w\s]", answer)}
    return not parts.isdisjoint(YES_WORDS) and not parts.isdisjoint(NO_WORDS)


def read_access(page: RulePage, item: Item, labels: Labels, said: Said) -> Iterator[Candidate]:
    """Yield what the sentences of an item say about access: features, their denials and step-free access."""
    for sentence in _sentences(page.text, item):
        words = page.text[sentence.start : sentence.end]
        if is_bare_no(words):
            return  # `No. Lift`: unclear what the no is about
        if is_elsewhere(words):
            continue
        if not all(_is_name_or_understood(page, part) for part in split_parts(page.text, sentence)):
            continue
        of_all = labels_meant(page, sentence.start, sentence.end, labels)
        is_of_some = bool(labels_alone(page, words, labels))  # `Lift (A), escalator (B)`
        for part in split_parts(page.text, sentence):
            is_of_part = bool(labels_alone(page, page.text[part.start : part.end], labels))
            of_part = labels_meant(page, part.start, part.end, labels) if is_of_part else ()
            meant = of_part if is_of_some else of_all
            is_denied_before = is_denying(page.text[sentence.start : part.start])
            for start, end in stretches(page.text, part.start, part.end, _ACCESS):
                for value in _values_at(page, part.start, start, end, item):
                    # denied before the comma: `No lift, escalator`, but not `No lift, stairs only`
                    if value in _DENYING or not is_denied_before:
                        for label in meant:
                            yield claim(page, "access", label, value, said.within(start, end))


def _values_at(page: RulePage, part_start: int, start: int, end: int, item: Item) -> list[str]:
    """Return the access values of ``text[start:end]`` if it is understood; none in `None (lift)`."""
    words = page.text[start:end]
    is_known = is_understood(_without_places(page, start, end, item), may_deny=True, is_sentence=True)
    if not is_known or is_bare_no(page.text[part_start:start]):
        return []
    return [*access_in(words), *denied_in(words)]


def _is_name_or_understood(page: RulePage, part: Part) -> bool:
    """Return whether a part of a list item is understood, or contains a capital, as names do."""
    words = page.text[part.start : part.end]
    return any(char.isupper() for char in words) or is_understood(words, may_name=True, may_deny=True)


def _without_places(page: RulePage, start: int, end: int, item: Item) -> str:
    """Return text without linked place names and station names."""
    return without_stations(without_spans(page.text, start, end, item.links), page.names.slugs)


def _sentences(text: str, item: Item) -> Iterator[Item]:
    start = item.start
    for end in (*(match.start() for match in _SENTENCE_END.finditer(text, item.start, item.end)), item.end):
        if text[start:end].strip(" ."):
            yield replace(item, start=start, end=end, links=())
        start = end + 1
