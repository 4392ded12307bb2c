"""Find a quote in a text, exactly or after folding white space and letter case.

For a fact that the page does state, a small model often quotes the heading or its own words. So if its quote
fails, each sentence of the page that contains the value is tried as the quote, and grounding decides as
usual. A value that is not on the page, or is not about the exit there, has no such sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from mrt_pipeline.contracts.claims import Passage
from mrt_pipeline.contracts.evidence import Alignment
from mrt_pipeline.extraction.access_words import VOCABULARY
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import sentence_at
from mrt_pipeline.extraction.page_model import is_invisible

MAX_OCCURRENCES = 20
"""further occurrences of a quote on a page are ignored"""

_LATIN_END = "\u0250"

Placed = tuple[Passage, Candidate]

MAX_SENTENCES = 20
"""maximum number of sentences tried for one statement"""


@dataclass(frozen=True, slots=True)
class Span:
    """The position of a quote in a text; ``end`` is exclusive."""

    start: int
    end: int
    alignment: Alignment


def find_spans(text: str, quote: str, hint: int | None = None) -> Iterator[Span]:
    """Yield the occurrences of ``quote`` in ``text``: first the one at ``hint``, if any, then in order.

    Occurrences that differ in white space or letter case are yielded only if there is no exact one.
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
    """Yield the bounds of ``value`` as whole words within ``text[start:end]``, in any letter case."""
    for left, right in _folded_occurrences(text[start:end], value):
        if not _cuts_a_word(text, start + left) and not _cuts_a_word(text, start + right):
            yield start + left, start + right


def fold(text: str) -> str:
    """Return a text with white space collapsed and letter case folded, without invisible characters."""
    return _fold(text)[0].strip()


def clean(text: str) -> str:
    """Return a text on one line, without control characters and other invisible ones."""
    return " ".join("".join(char for char in text if char.isspace() or not is_invisible(char)).split())


def place(candidate: Candidate, passages: Sequence[Passage], is_grounded: Callable[[Placed], bool]) -> Placed:
    """Find the passage that supports a statement, with a quote from it.

    Args:
        candidate: the statement as the reader made it.
        passages: the texts given to the reader, at least one.
        is_grounded: returns whether a statement about a passage can be grounded.

    Returns:
        The passage and the statement, requoted if necessary. If no passage supports it, the first one that
        contains the quote, or else the first one.
    """
    quoting = [(page, candidate) for page in passages if any(find_spans(page.text, candidate.quote))]
    for placed in (*quoting, *_quoted_anew(candidate, passages)):
        if is_grounded(placed):
            return placed
    return quoting[0] if quoting else (passages[0], candidate)


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
    """Return the folded text and the original position of each of its characters."""
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
    """Return whether a position is inside a Latin word; other scripts may have no spaces between words."""
    if not 0 < position < len(text):
        return False
    return all(char.isalnum() and char < _LATIN_END for char in text[position - 1 : position + 1])


def _quoted_anew(candidate: Candidate, passages: Iterable[Passage]) -> Iterator[Placed]:
    """Yield the statement quoted from each sentence that contains its value."""
    tried = 0
    for page in passages:
        for start, end in dict.fromkeys(sentence_at(page.text, *at) for at in _places(candidate, page.text)):
            if (tried := tried + 1) > MAX_SENTENCES:
                return
            quote = page.text[start:end].strip()
            start = page.text.index(quote, start)
            yield page, replace(candidate, quote=quote, char_start=page.char_start + start)


def _places(candidate: Candidate, text: str) -> Iterator[tuple[int, int]]:
    """Yield the positions of a statement's value in a text, or of words for it."""
    if candidate.field != "access":
        yield from find_tokens(text, candidate.value, 0, len(text))
    elif pattern := VOCABULARY.get(candidate.value):
        yield from (match.span() for match in pattern.finditer(text))
