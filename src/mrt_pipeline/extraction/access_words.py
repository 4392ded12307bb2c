"""The meanings of statements about access, the words that make them, and those that retract them."""

from __future__ import annotations

import re
from functools import lru_cache

from mrt_pipeline.contracts.network import AccessFeature, StepFree
from mrt_pipeline.extraction.word_lists import wording

STEP_FREE_YES = "step_free_yes"
STEP_FREE_NO = "step_free_no"

MEANING: dict[str, StepFree] = {
    STEP_FREE_YES: StepFree.YES,
    STEP_FREE_NO: StepFree.NO,
    AccessFeature.WHEELCHAIR_ACCESSIBLE.value: StepFree.YES,
    AccessFeature.BARRIER_FREE.value: StepFree.YES,
    AccessFeature.STAIRS_ONLY.value: StepFree.NO,
}
"""statements that determine step-free access; a lift alone does not, as it may lead elsewhere"""

READ_FEATURES: tuple[AccessFeature, ...] = tuple(
    feature for feature in AccessFeature if feature not in (AccessFeature.RAMP, AccessFeature.TOILET)
)
"""features read from pages; a ramp may be any slope nearby, and only toilets described as accessible count"""

VOCABULARY: dict[str, re.Pattern[str]] = {
    value: wording(value) for value in (*map(str, READ_FEATURES), STEP_FREE_YES, STEP_FREE_NO)
}
"""words that a quote must contain to support each value"""

DENIALS: dict[str, AccessFeature] = {f"no_{feature.value}": feature for feature in READ_FEATURES}
"""values of statements that deny a feature, such as ``no_lift``, with the feature"""

_NEGATOR = wording("negator")
_HALF_DENIAL = wording("half_denial")
_STEPS = wording("steps")
_WITHOUT_STEPS = wording("round_steps")
_CONTRAST = wording("contrast")
_STRONG_CONTRAST = wording("strong_contrast")
_TAKING_BACK = tuple(map(wording, ("not_now", "gone", "unsure", "restricted")))
_FORMER_NAME = wording("former_name")
_AT_A_DISTANCE = wording("at_a_distance")
_BY_BUILDING = wording("by_building")
_FAR_AWAY = wording("far_away")
_MACHINE_TALK = wording("machine_talk")
_YEAR = re.compile(
    r"(?<![\w#/-])(?<!\bblk )(?<!\bblock )(?<!\bno\. )20[2-9][0-9](?![\w/])(?!\s*(?:h|hrs?|hours)\b)",
    re.IGNORECASE,
)
_TAG_OPENS = re.compile(r"<\s*[/!?]?\s*[a-z]", re.IGNORECASE)
_SHOWN_MARKUP = re.compile(
    r"<\s*[/!?]?\s*[a-z][\w:-]*(?:\s[^<>]*)?/?>?|<!--|-->|&(?:lt|gt|quot|amp|#\d+);"
    r"|\[\[|\]\]|\{\{|\}\}|'{3}|\{¦|¦\}|\bon(?:error|load|click)\s*=",
    re.IGNORECASE,
)
"""markup shown as text; words in it are code, an example or an accident"""
MAX_TAG_CHARS = 500
"""no tag is longer"""


def is_denied(sentence: str, start: int, end: int) -> bool:
    """Return whether a sentence denies the words ``sentence[start:end]``.

    A negator denies what follows it up to a contrast (but, while, ;), and what precedes it in its clause.
    """
    # search beyond the words: the digits after `no.` show that it means a number
    before = [match for match in _NEGATOR.finditer(sentence) if match.end() <= start]
    if before and not _is_contrasted(sentence, before[-1].end(), start, end):
        return True
    after = _NEGATOR.search(sentence, end)
    return after is not None and not _CONTRAST.search(sentence, end, after.start())


def is_plain_denial(sentence: str, start: int, end: int) -> bool:
    """Return whether a sentence fully denies what ``sentence[start:end]`` names, and at present."""
    return is_denied(sentence, start, end) and not _HALF_DENIAL.search(sentence) and not is_not_now(sentence)


def has_steps(words: str) -> bool:
    """Return whether words name steps without a way round them: `step-free, with two steps`."""
    steps = (match.span() for match in _STEPS.finditer(words))
    return _WITHOUT_STEPS.search(words) is None and any(not is_denied(words, *place) for place in steps)


def is_denying(text: str) -> bool:
    """Return whether a text contains a negation."""
    return _NEGATOR.search(text) is not None


@lru_cache(maxsize=1024)
def is_not_now(sentence: str) -> bool:
    """Return whether a sentence is about the past, plans, possibilities, or something not for everybody."""
    sentence = _FORMER_NAME.sub(" ", sentence)
    return any(words.search(sentence) for words in _TAKING_BACK)


def is_former_name(words: str) -> bool:
    """Return whether brackets give the former name of something that still exists: `(formerly OneKM)`."""
    return _FORMER_NAME.fullmatch(f"({words})") is not None


def is_of_later_year(sentence: str, year: int) -> bool:
    """Return whether a sentence names a year after ``year``: `opens in 2031`."""
    return any(named > year for named in years_in(sentence))


def years_in(words: str) -> list[int]:
    """Return the years from 2020 on that words name."""
    return [int(match.group()) for match in _YEAR.finditer(words)]


def is_elsewhere(sentence: str) -> bool:
    """Return whether a sentence locates something away from the exit: `opposite`, `at another exit`."""
    return _AT_A_DISTANCE.search(sentence) is not None


def is_by_building(words: str) -> bool:
    """Return whether words lead by way of another building, or say that something is in it."""
    return _BY_BUILDING.search(words) is not None


def is_far_away(words: str) -> bool:
    """Return whether words speak of something that one does not walk to: `by bus`, `3 km`."""
    return _FAR_AWAY.search(words) is not None


def is_hostile(text: str) -> bool:
    """Return whether a text contains instructions to a machine that reads it."""
    return _MACHINE_TALK.search(text) is not None


def is_markup(text: str, start: int, end: int) -> bool:
    """Return whether ``text[start:end]`` contains markup shown as text, or is inside a tag."""
    opened = text.rfind("<", max(0, start - MAX_TAG_CHARS), start)
    is_in_tag = opened >= 0 and _TAG_OPENS.match(text, opened) is not None and ">" not in text[opened:start]
    return is_in_tag or _SHOWN_MARKUP.search(text, start, end) is not None


def without_doubts(text: str) -> str:
    """Return a text without the words that retract a statement."""
    for words in _TAKING_BACK:
        text = words.sub(" ", text)
    return text


def _is_contrasted(sentence: str, negator_end: int, start: int, end: int) -> bool:
    if _STRONG_CONTRAST.search(sentence, negator_end, start):
        return True
    says_only = "only" in sentence[start:end].lower()  # "no lift, stairs only", "No – stairs only"
    return says_only and sentence[:start].rstrip().endswith((",", "(", "–", "—"))
