"""Ground what a page says about access through an exit: it must use the words, and mean them of this exit."""

from __future__ import annotations

from mrt_pipeline.contracts.network import AccessFeature
from mrt_pipeline.extraction.access_words import MEANING, VOCABULARY, is_elsewhere
from mrt_pipeline.extraction.enrichments import AccessStatement
from mrt_pipeline.extraction.mentions import sentence_at
from mrt_pipeline.extraction.rejections import Reason, UngroundedError
from mrt_pipeline.extraction.statements import Place, Statement, find_fault, find_retraction


def ground_access(statement: Statement) -> AccessStatement:
    """Return what a statement says about access through its exit.

    Raises:
        UngroundedError: if the quote has no words for it, or the page takes them back.
    """
    value = statement.candidate.value
    if value not in VOCABULARY:
        raise UngroundedError(Reason.NOT_IN_VOCABULARY)
    _check_access_words(statement, value)
    return AccessStatement(
        feature=AccessFeature(value) if value in set(AccessFeature) else None,
        step_free=MEANING.get(value),
        evidence=statement.evidence(),
        confidence=statement.confidence,
    )


def _check_access_words(statement: Statement, value: str) -> None:
    """Raise unless the quote has words for a feature, of this exit, and none of them is taken back."""
    text = statement.page.text
    places = [match.span() for match in VOCABULARY[value].finditer(text, *statement.bounds)]
    if statement.is_by_rule:  # a table's head may hold the word, and its cell only "yes"
        faults = {find_retraction(statement, place) for place in places} or {None}
    else:
        faults = {_find_access_fault(statement, place) for place in places} or {Reason.NOT_IN_VOCABULARY}
    if len(faults) > 1:  # words about other exits in the same quote do not matter
        faults.discard(Reason.EXIT_NOT_IN_QUOTE)
    if fault := next((reason for reason in Reason if reason in faults), None):
        raise UngroundedError(fault)


def _find_access_fault(statement: Statement, place: Place) -> Reason | None:
    start, end = sentence_at(statement.page.text, *place)
    fault = find_fault(statement, place)
    return Reason.ELSEWHERE if fault is None and is_elsewhere(statement.page.text[start:end]) else fault
