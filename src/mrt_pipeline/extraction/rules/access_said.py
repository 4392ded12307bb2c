"""Tell which access values words state or deny: ``lift``, ``stairs_only``, ``no_lift``."""

from __future__ import annotations

import re

from mrt_pipeline.extraction.access_words import (
    DENIALS,
    MEANING,
    READ_FEATURES,
    STEP_FREE_NO,
    STEP_FREE_YES,
    VOCABULARY,
    is_denied,
    is_denying,
    is_not_now,
    is_plain_denial,
)
from mrt_pipeline.extraction.rules.words import FEATURE_WORDS


def access_in(words: str) -> list[str]:
    """Return the access values that words affirm: features, step-free access, or its absence."""
    if is_not_now(words):
        return []
    if undenied(VOCABULARY[STEP_FREE_NO], words):
        return ["stairs_only"] if VOCABULARY["stairs_only"].search(words) else [STEP_FREE_NO]
    found = [feature.value for feature in READ_FEATURES if says(words, feature.value)]
    if not any(value in MEANING for value in found) and says(words, STEP_FREE_YES):
        found.append(STEP_FREE_YES)
    return found


def denied_in(words: str) -> list[str]:
    """Return the denied features as values of ``DENIALS``: ``no_lift`` for `no lift`."""
    return [value for value, feature in DENIALS.items() if _denies(words, feature.value)]


def _denies(words: str, value: str) -> bool:
    """Return whether words for a value occur, and all of them are denied."""
    patterns = [pattern for pattern in (VOCABULARY[value], FEATURE_WORDS.get(value)) if pattern]
    places = [match.span() for pattern in patterns for match in pattern.finditer(words)]
    return bool(places) and all(is_plain_denial(words, *place) for place in places)


def says(words: str, value: str) -> bool:
    """Return whether words for a value occur without being denied."""
    if undenied(VOCABULARY[value], words):
        return True
    other = FEATURE_WORDS.get(value)
    match = other.search(words) if other else None
    return match is not None and not is_denying(words[: match.start()] + words[match.end() :])


def undenied(pattern: re.Pattern[str], words: str) -> bool:
    """Return whether a pattern occurs in words without being denied."""
    return any(not is_denied(words, match.start(), match.end()) for match in pattern.finditer(words))
