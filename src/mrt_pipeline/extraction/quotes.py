"""Find quoted words in a text again, exactly or after folding white space and letter case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mrt_pipeline.contracts.evidence import Alignment
from mrt_pipeline.extraction.invisible import is_invisible

MAX_OCCURRENCES = 20
"""A page that repeats a quote more often than this is not looked through any further."""

_LATIN_END = "\u0250"


@dataclass(frozen=True, slots=True)
class Span:
    """Where a quote stands in a text; ``end`` is exclusive."""

    start: int
    end: int
    alignment: Alignment


def find_spans(text: str, quote: str, hint: int | None = None) -> Iterator[Span]:
    """Yield where ``quote`` stands in ``text``: at ``hint`` first if it stands there, then from the start.

    Exact occurrences are yielded; only where there is none, those that differ in white space or letter case.
    """
    if not fold(quote):
        return
    starts = list(_occurrences(text, quote))
    if starts:
        if hint is not None and hint >= 0 and text.startswith(quote, hint):
            starts = [hint, *(start for start in starts if start != hint)]
        yield from (Span(start, start + len(quote), Alignment.EXACT) for start in starts)
        return
    for start, end in _folded_occurrences(text, quote):
        yield Span(start, end, Alignment.NORMALISED)


def find_tokens(text: str, value: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where ``value`` stands as a whole word or words within ``text[start:end]``, whatever its case."""
    for left, right in _folded_occurrences(text[start:end], value):
        if not _cuts_a_word(text, start + left) and not _cuts_a_word(text, start + right):
            yield start + left, start + right


def fold(text: str) -> str:
    """Return a text with white space collapsed, letter case folded and invisible marks left out."""
    return _fold(text)[0].strip()


def clean(text: str) -> str:
    """Return a text on one line without control characters, bidirectional marks and other invisible ones."""
    return " ".join("".join(char for char in text if char.isspace() or not is_invisible(char)).split())


def _occurrences(text: str, wanted: str) -> Iterator[int]:
    found = text.find(wanted)
    for _ in range(MAX_OCCURRENCES):
        if found < 0:
            return
        yield found
        found = text.find(wanted, found + 1)


def _folded_occurrences(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of ``text`` that equal ``wanted`` after folding."""
    needle = fold(wanted)
    if not needle:
        return
    folded, positions = _fold(text)
    for found in _occurrences(folded, needle):
        last = found + len(needle) - 1
        yield positions[found], positions[last] + 1


@lru_cache(maxsize=64)
def _fold(text: str) -> tuple[str, tuple[int, ...]]:
    """Return the folded text and, for each of its characters, the position it comes from."""
    folded: list[str] = []
    positions: list[int] = []
    for position, char in enumerate(text):
        if char.isspace():
            char = " " if folded and folded[-1] != " " else ""
        elif is_invisible(char):
            char = ""
        for part in char.casefold():
            folded.append(part)
            positions.append(position)
    return "".join(folded), tuple(positions)


def _cuts_a_word(text: str, position: int) -> bool:
    """Return whether a position lies inside a word; scripts written without spaces have no such inside."""
    if not 0 < position < len(text):
        return False
    return all(char.isalnum() and char < _LATIN_END for char in text[position - 1 : position + 1])
