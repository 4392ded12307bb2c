"""Read text with a model.

Texts are cut into excerpts at the ends of paragraphs and lines. If the answer to an excerpt is cut off, each
half of the excerpt is sent separately; if the answer is unreadable, it is requested once more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from mrt_pipeline.errors import ModelCallError
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.prompts import Excerpt, make_question, make_repair
from mrt_pipeline.extraction.replies import Reply, UnreadableReplyError, parse_reply, to_candidates
from mrt_pipeline.runtime.model import TOO_LONG, ModelAnswer, Question
from mrt_pipeline.runtime.model_usage import Ledger

_ENDS = ("\n\n", "\n", ". ", " ")
"""where a text may be cut, the best first"""

_BETWEEN = "\n\n"

MAX_HALVINGS = 3
"""how many times an excerpt may be halved: into eight pieces at most"""
LEAST_HALVED_CHARS = 250
"""a shorter text, about three sentences, is not halved: the answers to its halves would be cut off too"""
MAX_CUT_PIECES = 2
"""if so many of the smallest pieces have a cut-off answer and none has been answered, no more are sent"""

_IGNORED_SCHEMA = (
    "If many stations report this, the server ignores response_format: choose a model and a server with "
    "structured outputs in apis.openrouter."
)


def pack(texts: Iterable[str], max_chars: int) -> list[str]:
    """Join short texts and cut long ones, in order, into pieces of at most ``max_chars`` characters."""
    packed: list[str] = []
    for piece in (piece for text in texts for piece in _cut(text.strip(), max_chars)):
        if packed and len(packed[-1]) + len(_BETWEEN) + len(piece) <= max_chars:
            packed[-1] += _BETWEEN + piece
        else:
            packed.append(piece)
    return packed


def halve(text: str) -> tuple[str, ...]:
    """Cut a text into two pieces of similar size; returns one piece or none if the text is too short."""
    at = _find_end(text, len(text) // 4, 3 * len(text) // 4, len(text) // 2)
    return tuple(piece for piece in (text[:at].strip(), text[at:].strip()) if piece)


class Model(Protocol):
    """A model that answers questions and stores useful answers."""

    def ask(self, question: Question, ledger: Ledger) -> ModelAnswer:
        """Return an answer, or raise ``ModelCallError``."""

    def keep(self, question: Question, answer: ModelAnswer) -> None:
        """Store an answer."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The statements that a model read in a text, and the pieces for which it failed."""

    candidates: tuple[Candidate, ...] = ()
    failures: tuple[str, ...] = ()
    """one sentence for each failed piece"""
    answered: int = field(default=0, compare=False)
    """number of pieces with a complete answer"""
    cut: int = field(default=0, compare=False)
    """number of smallest pieces with a cut-off answer"""

    @property
    def is_hopeless(self) -> bool:
        """Return whether sending more of the text would only produce more cut-off answers."""
        return not self.answered and self.cut >= MAX_CUT_PIECES

    def __add__(self, other: Reading) -> Reading:
        """Return the reading of both texts."""
        return Reading(
            self.candidates + other.candidates,
            self.failures + other.failures,
            self.answered + other.answered,
            self.cut + other.cut,
        )


def read_excerpts(
    excerpts: Iterable[Excerpt], model: Model, ledger: Ledger, halvings: int = MAX_HALVINGS
) -> Reading:
    """Read several excerpts, stopping early if the answers are hopeless.

    Args:
        excerpts: the excerpts.
        model: the model.
        ledger: records the cost of its answers.
        halvings: how many times an excerpt may still be halved.

    Raises:
        ModelCallError: if the model is unavailable now.
    """
    whole = Reading()
    waiting = deque(excerpts)
    while waiting and not whole.is_hopeless:
        whole += read_excerpt(waiting.popleft(), model, ledger, halvings)
    if waiting:
        unasked = sum(len(excerpt.text) for excerpt in waiting)
        whole += Reading(failures=(f"{unasked} more characters of text were not sent to the model.",))
    return whole


def read_excerpt(excerpt: Excerpt, model: Model, ledger: Ledger, halvings: int = MAX_HALVINGS) -> Reading:
    """Read one excerpt; arguments as for ``read_excerpts``.

    Raises:
        ModelCallError: if the model is unavailable now; a permanent refusal becomes a failure in the reading.
    """
    question = make_question(excerpt)
    try:
        answer = model.ask(question, ledger)
        if answer.is_cut:
            model.keep(question, answer)
            return _read_cut(excerpt, answer, model, ledger, halvings)
        reply, answer = _readable(excerpt, answer, model, ledger)
    except ModelCallError as error:
        if error.retryable or error.fatal:
            raise
        return Reading(failures=(str(error),))
    model.keep(question, answer)
    if reply.is_full and halvings and (halves := _halves(excerpt)):
        return read_excerpts(halves, model, ledger, halvings - 1)
    return Reading(to_candidates(reply), answered=1)


def _cut(text: str, max_chars: int) -> Iterator[str]:
    while len(text) > max_chars:
        at = _find_end(text, max_chars // 2, max_chars, max_chars)
        yield text[:at].strip()
        text = text[at:].strip()
    if text:
        yield text


def _find_end(text: str, first: int, last: int, wanted: int) -> int:
    """Return the best position to cut between ``first`` and ``last``, as close as possible to ``wanted``."""
    for end in _ENDS:
        before, after = text.rfind(end, first, wanted), text.find(end, wanted, last)
        places = [place + len(end) for place in (before, after) if place >= 0]
        if places:
            return min(places, key=lambda place: abs(place - wanted))
    return wanted


def _readable(
    excerpt: Excerpt, answer: ModelAnswer, model: Model, ledger: Ledger
) -> tuple[Reply, ModelAnswer]:
    """Parse an answer, and request another one if it is unreadable.

    Returns:
        The reply, and the answer that it was parsed from.

    Raises:
        ModelCallError: if the second answer is unreadable or cut off too.
    """
    try:
        return parse_reply(answer.text), answer
    except UnreadableReplyError as fault:
        repaired = model.ask(make_repair(make_question(excerpt), answer.text, str(fault)), ledger)
    if repaired.is_cut:
        raise ModelCallError(_cut_sentence(repaired, len(excerpt.text)))
    try:
        return parse_reply(repaired.text), repaired
    except UnreadableReplyError as fault:
        raise ModelCallError(
            f"The model's reply is not JSON of the schema, twice ({fault}). {_IGNORED_SCHEMA}"
        ) from None


def _read_cut(excerpt: Excerpt, answer: ModelAnswer, model: Model, ledger: Ledger, halvings: int) -> Reading:
    """Read the halves of an excerpt whose answer was cut off; a failure if it is too short to halve."""
    is_small = not halvings or len(excerpt.text) < LEAST_HALVED_CHARS
    halves = () if is_small else _halves(excerpt)
    if halves:
        return read_excerpts(halves, model, ledger, halvings - 1)
    return Reading(failures=(_cut_sentence(answer, len(excerpt.text)),), cut=1)


def _cut_sentence(answer: ModelAnswer, length: int) -> str:
    if answer.finish_reason == TOO_LONG:
        return (
            f"A question about {length} characters of text exceeds the context of the model. In "
            "apis.openrouter, choose a model with a longer context, or lower max_tokens."
        )
    return f"The answer to {length} characters of text is cut off. Raise apis.openrouter.max_tokens."


def _halves(excerpt: Excerpt) -> tuple[Excerpt, ...]:
    """Return the two halves of an excerpt; empty if it is too short."""
    halves = halve(excerpt.text)
    return tuple(Excerpt(excerpt.station_name, half) for half in halves) if len(halves) > 1 else ()
