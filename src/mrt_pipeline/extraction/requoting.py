"""Find the words of a page that support a statement, where the reader's own quote does not.

A small model often quotes the heading, or words of its own, for a fact that the page does state. So what it
says is taken as a hint where to look: each sentence of the page that has the value is tried as the quote, and
grounding decides as ever. A value that the page does not have, or does not tie to the exit, finds no such
sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from mrt_pipeline.contracts.claims import Passage
from mrt_pipeline.extraction.access_words import VOCABULARY
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import sentence_at
from mrt_pipeline.extraction.quotes import find_spans, find_tokens

Placed = tuple[Passage, Candidate]

MAX_SENTENCES = 20
"""How many sentences are tried for one statement."""


def place(candidate: Candidate, passages: Sequence[Passage], is_grounded: Callable[[Placed], bool]) -> Placed:
    """Return a statement with the passage that supports it, quoted from there; else with the likeliest one.

    Args:
        candidate: as the reader made it.
        passages: the texts the reader was given, at least one.
        is_grounded: tells whether a statement about a passage may be published.
    """
    quoting = [(page, candidate) for page in passages if any(find_spans(page.text, candidate.quote))]
    for placed in (*quoting, *_quoted_anew(candidate, passages)):
        if is_grounded(placed):
            return placed
    return quoting[0] if quoting else (passages[0], candidate)


def _quoted_anew(candidate: Candidate, passages: Iterable[Passage]) -> Iterator[Placed]:
    """Yield the statement with each sentence that has its value as the quote."""
    tried = 0
    for page in passages:
        for start, end in dict.fromkeys(sentence_at(page.text, *at) for at in _places(candidate, page.text)):
            if (tried := tried + 1) > MAX_SENTENCES:
                return
            quote = page.text[start:end].strip()
            start = page.text.index(quote, start)
            yield page, replace(candidate, quote=quote, char_start=page.char_start + start)


def _places(candidate: Candidate, text: str) -> Iterator[tuple[int, int]]:
    """Yield where a text has the value of a statement, or the words for it."""
    if candidate.field != "access":
        yield from find_tokens(text, candidate.value, 0, len(text))
    elif pattern := VOCABULARY.get(candidate.value):
        yield from (match.span() for match in pattern.finditer(text))
