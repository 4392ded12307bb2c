"""Ground statements about access through an exit: the page must use the words, and about this exit."""

from __future__ import annotations

from mrt_pipeline.contracts.network import AccessFeature, ExitAccess, StepFree
from mrt_pipeline.contracts.outputs import FeatureDenial
from mrt_pipeline.extraction.access_words import DENIALS, MEANING, VOCABULARY, has_steps, is_elsewhere
from mrt_pipeline.extraction.candidates import Reason, UngroundedError
from mrt_pipeline.extraction.mentions import mentions_in, sentence_at
from mrt_pipeline.extraction.statements import Place, Statement, find_fault, find_retraction
from mrt_pipeline.extraction.word_lists import wording

_THING_AT = wording("thing_at")
_THING_THAT = wording("thing_that")
_IN_A_THING = wording("in_a_thing")


def ground_access(statement: Statement) -> ExitAccess:
    """Return what a statement says about access through its exit.

    Raises:
        UngroundedError: if the quote has no words for it, or the page retracts them.
    """
    value = statement.candidate.value
    if value not in VOCABULARY:
        raise UngroundedError(Reason.NOT_IN_VOCABULARY)
    _raise_first(_find_faults(statement, value))
    features = (AccessFeature(value),) if value in set(AccessFeature) else ()
    reasons = (statement.evidence(),)
    return ExitAccess(
        step_free=MEANING.get(value, StepFree.UNKNOWN),
        features=features,
        confidence=statement.confidence,
        evidence={"step_free": reasons} | ({"features": reasons} if features else {}),
    )


def ground_denial(statement: Statement) -> FeatureDenial:
    """Return the denial of a feature that a statement makes about its exit.

    Raises:
        UngroundedError: if the page does not deny the feature for this exit at present.
    """
    feature = DENIALS[statement.candidate.value]
    faults = _find_faults(statement, feature.value)
    if not statement.is_by_rule and Reason.NEGATED not in faults:
        raise UngroundedError(next(iter(faults)) or Reason.NOT_IN_VOCABULARY)
    _raise_first(faults - {Reason.NEGATED})
    return FeatureDenial(feature=feature, evidence=statement.evidence())


def _find_faults(statement: Statement, value: str) -> set[Reason | None]:
    """Return the faults of all positions in a quote with words for a value; None for one without a fault."""
    text = statement.page.text
    places = [match.span() for match in VOCABULARY[value].finditer(text, *statement.bounds)]
    if statement.is_by_rule:  # the word may be in a table's head, and only "yes" in the cell
        return {find_retraction(statement, place) for place in places or [statement.bounds]}
    faults = {_find_access_fault(statement, place) for place in places} or {Reason.NOT_IN_VOCABULARY}
    if len(faults) > 1:  # words about other exits in the same quote do not matter
        faults.discard(Reason.EXIT_NOT_IN_QUOTE)
    return faults


def _raise_first(faults: set[Reason | None]) -> None:
    """Raise ``UngroundedError`` for the first fault in the order of ``Reason``, if there is any."""
    if fault := next((reason for reason in Reason if reason in faults), None):
        raise UngroundedError(fault)


def _find_access_fault(statement: Statement, place: Place) -> Reason | None:
    text = statement.page.text
    fault = find_fault(statement, place)
    if fault is not None:
        return fault
    sentence = text[slice(*sentence_at(text, *place))]
    if MEANING.get(statement.candidate.value) is StepFree.YES and has_steps(sentence):
        return Reason.QUALIFIED
    return Reason.ELSEWHERE if is_elsewhere(sentence) or _is_of_a_thing(text, place) else None


def _is_of_a_thing(text: str, place: Place) -> bool:
    """Return whether words describe a thing at the exit, not the exit: `The mall at Exit A has a lift`."""
    start, end = sentence_at(text, *place)
    if _IN_A_THING.search(text, place[1], end):
        return True
    owner = next(iter(mentions_in(text, start, place[0])), None)
    if owner is None:
        return False
    is_at = _THING_AT.search(text, start, owner.start) is not None
    return is_at or _THING_THAT.search(text, owner.end, place[0]) is not None
