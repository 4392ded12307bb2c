"""Have a model read a text: what it cuts is asked for in halves, what it garbles is asked for once more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from mrt_pipeline.errors import ModelCallError
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.excerpts import halve
from mrt_pipeline.extraction.prompts import Excerpt, make_question, make_repair
from mrt_pipeline.extraction.replies import Reply, UnreadableReplyError, parse_reply, to_candidates
from mrt_pipeline.runtime.model import ModelAnswer, Question
from mrt_pipeline.runtime.model_usage import Ledger

MAX_HALVINGS = 3
"""A text is asked about in eight pieces at most."""


class Model(Protocol):
    """Answers questions, and remembers those answers that were of use."""

    def ask(self, question: Question, ledger: Ledger) -> ModelAnswer:
        """Return an answer, or raise ``ModelCallError``."""

    def keep(self, question: Question, answer: ModelAnswer) -> None:
        """Remember an answer to a question."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model read from a text, and what of it it could not answer for."""

    candidates: tuple[Candidate, ...] = ()
    failures: tuple[str, ...] = ()
    """one sentence for each piece that nothing came of"""


def read_excerpt(excerpt: Excerpt, model: Model, ledger: Ledger, halvings: int = MAX_HALVINGS) -> Reading:
    """Return what a model reads from a text.

    Raises:
        ModelCallError: if it cannot be asked now; what it refuses for good is told in the reading.
    """
    question = make_question(excerpt)
    try:
        answer = model.ask(question, ledger)
        if answer.is_cut:
            model.keep(question, answer)
            return _read_halves(excerpt, model, ledger, halvings)
        reply, answer = _readable(question, answer, model, ledger)
    except ModelCallError as error:
        if error.retryable or error.fatal:
            raise
        return Reading(failures=(str(error),))
    model.keep(question, answer)
    if reply.is_full and halvings:
        return _read_halves(excerpt, model, ledger, halvings)
    return Reading(to_candidates(reply))


def _readable(
    question: Question, answer: ModelAnswer, model: Model, ledger: Ledger
) -> tuple[Reply, ModelAnswer]:
    """Return a reply and the answer it was read from, which is a second one if the first is unreadable.

    Raises:
        ModelCallError: if the second one is no better.
    """
    try:
        return parse_reply(answer.text), answer
    except UnreadableReplyError as fault:
        repaired = model.ask(make_repair(question, answer.text, str(fault)), ledger)
    try:
        return parse_reply(repaired.text), repaired
    except UnreadableReplyError as fault:
        raise ModelCallError(f"The model's reply is not JSON of the schema, twice ({fault}).") from None


def _read_halves(excerpt: Excerpt, model: Model, ledger: Ledger, halvings: int) -> Reading:
    halves = halve(excerpt.text) if halvings else ()
    if len(halves) < 2:
        return Reading(failures=(f"The answer to {len(excerpt.text)} characters of text is cut.",))
    return _joined(
        read_excerpt(Excerpt(excerpt.station_name, half), model, ledger, halvings - 1) for half in halves
    )


def _joined(readings: Iterable[Reading]) -> Reading:
    parts = list(readings)
    return Reading(
        tuple(item for part in parts for item in part.candidates),
        tuple(failure for part in parts for failure in part.failures),
    )
