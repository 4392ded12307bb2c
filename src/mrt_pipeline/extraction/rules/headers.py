"""What a column, an entry or a heading is about, by the meaning of its words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mrt_pipeline.extraction.access_words import is_denying, is_not_now
from mrt_pipeline.extraction.qualifiers import is_understood
from mrt_pipeline.extraction.rules.words import FILLERS, HEADER_WORDS, Meaning, folded

MAX_HEADER_CHARS = 60

_BY_WORDS = {folded(words): meaning for meaning, listed in HEADER_WORDS.items() for words in listed}
_ACCESS = frozenset(
    {
        *(Meaning.STEP_FREE, Meaning.WHEELCHAIR, Meaning.BARRIER_FREE, Meaning.LIFT, Meaning.ESCALATOR),
        *(Meaning.STAIRS_ONLY, Meaning.TACTILE, Meaning.TOILET, Meaning.ACCESS),
    }
)
_ORDER = (
    *(Meaning.BUS_STOP, Meaning.TOWARDS, Meaning.PLATFORM, Meaning.LANDMARK, Meaning.EXIT, Meaning.LINE),
    *(Meaning.STATION, Meaning.STATUS, Meaning.TIME, Meaning.OTHER),
)
"""Which meaning counts when a header has several: the one that says most."""


def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_BY_WORDS, key=len, reverse=True)
    return re.compile("|".join(_whole_words(words) for words in longest_first))


def _whole_words(words: str) -> str:
    """Return a pattern for words between spaces; Chinese is written without any."""
    if "\u4e00" <= words[0] <= "\u9fff":
        return re.escape(words)
    return rf"(?<= ){re.escape(words)}(?= )"


_PATTERN = _pattern()


def meanings_in(header: str) -> frozenset[Meaning]:
    """Return everything that a header's words mean, longer phrases before the words they consist of."""
    if len(header) > MAX_HEADER_CHARS:
        return frozenset()
    return frozenset(_BY_WORDS[match.group()] for match in _PATTERN.finditer(f" {folded(header)} "))


def meaning_of(header: str) -> Meaning | None:
    """Return what a header means; words that take it back make it one of no use."""
    found = meanings_in(header)
    if found and (is_taken_back(header) or (found & _ACCESS and not _is_understood(header))):
        return Meaning.OTHER
    return _one_of(found)


def meaning_of_key(words: str) -> Meaning | None:
    """Return what some words mean if all of them belong to the name of a column or entry: `Nearby places`."""
    return meaning_of(words) if set(_words_beside(words)) <= FILLERS else None


def meaning_below(header: str, lowest: str) -> Meaning | None:
    """Return what a head in several rows means; of words about access the lowest count: `Stepless / Lift`."""
    found = meaning_of(header)
    precise = _one_of(meanings_in(lowest))
    return precise if found is Meaning.ACCESS and precise in _ACCESS else found


def _one_of(found: Iterable[Meaning]) -> Meaning | None:
    meanings = set(found)
    if meanings <= {Meaning.EXIT, Meaning.STATION} and Meaning.EXIT in meanings:
        return Meaning.EXIT
    if Meaning.BUS_STOP in meanings:
        return None if Meaning.EXIT in meanings else Meaning.BUS_STOP
    if about_access := meanings & _ACCESS:
        precise = about_access - {Meaning.ACCESS}
        return next(iter(precise)) if len(precise) == 1 else Meaning.ACCESS
    return next((meaning for meaning in _ORDER if meaning in meanings), None)


def _words_beside(words: str) -> list[str]:
    """Return the words that mean nothing by themselves."""
    return _PATTERN.sub(" ", f" {folded(words)} ").split()


def _is_understood(header: str) -> bool:
    """Return whether no word of a header about access may say when, for whom or of what: `Lift (goods)`."""
    return is_understood(
        " ".join(word for word in _words_beside(header) if word not in FILLERS), may_name=False
    )


def is_taken_back(header: str) -> bool:
    """Return whether a header speaks of the past, of plans, or of what there is not."""
    plain = re.sub(
        r"无障碍|无台阶|\btanpa halangan\b|\bno\.|\bnos?\b(?=\W*$)", " ", header, flags=re.IGNORECASE
    )
    return is_not_now(plain) or is_denying(plain)
