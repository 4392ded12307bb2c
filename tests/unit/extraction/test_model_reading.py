"""Whatever a model answers, its text is read as far as it goes, with a bounded number of questions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mrt_pipeline.errors import ModelCallError
from mrt_pipeline.extraction.model_reading import (
    LEAST_HALVED_CHARS,
    MAX_HALVINGS,
    Reading,
    read_excerpt,
    read_excerpts,
)
from mrt_pipeline.extraction.prompts import Excerpt, make_question
from mrt_pipeline.extraction.replies import MAX_FACTS
from mrt_pipeline.runtime.model import CUT, TOO_LONG, ModelAnswer, Question
from mrt_pipeline.runtime.model_usage import Ledger
from tests.fakes.model_server import fact, reply

TEXT = "\n".join(f"Exit {label} has a lift to the street." for label in "ABCDEFGH")
LONG_TEXT = "\n".join(f"Exit {number} has a lift to the street and a shop." for number in range(80))
EXCERPT = Excerpt("Yishun", TEXT)
WHOLE = ModelAnswer(reply(access=[fact("A", "lift", "Exit A has a lift")]), "stop")
EMPTY = ModelAnswer(reply(), "stop")
CUT_ANSWER = ModelAnswer("", CUT)
GARBLED = ModelAnswer("I would rather not", "stop")


class FakeModel:
    """Answers by a function of the number of lines in the question; remembers what it is told to keep."""

    def __init__(
        self, *answers: ModelAnswer | ModelCallError, by_lines: Callable[[int], ModelAnswer] | None = None
    ):
        self.asked: list[Question] = []
        self.kept: list[tuple[Question, ModelAnswer]] = []
        self._answers = list(answers)
        self._by_lines = by_lines

    def ask(self, question: Question, ledger: Ledger) -> ModelAnswer:
        """Return the next answer, or the function's."""
        self.asked.append(question)
        if self._by_lines:
            return self._by_lines(question.messages[-1].content.count("Exit"))
        answer = self._answers.pop(0)
        if isinstance(answer, ModelCallError):
            raise answer
        return answer

    def keep(self, question: Question, answer: ModelAnswer) -> None:
        """Remember."""
        self.kept.append((question, answer))


def read(model: FakeModel, excerpt: Excerpt = EXCERPT) -> Reading:
    return read_excerpt(excerpt, model, Ledger())


def test_a_whole_reply_is_read_and_kept() -> None:
    model = FakeModel(WHOLE)
    reading = read(model)
    assert [item.value for item in reading.candidates] == ["lift"]
    assert model.kept == [(make_question(EXCERPT), WHOLE)]
    assert not reading.failures


def test_a_cut_answer_is_asked_for_in_halves_and_the_verdict_is_kept() -> None:
    model = FakeModel(by_lines=lambda lines: CUT_ANSWER if lines > 4 else WHOLE)
    reading = read(model)
    assert len(model.asked) == 3 and not reading.failures
    assert [answer for _, answer in model.kept] == [CUT_ANSWER, WHOLE, WHOLE]
    asked = "".join(question.messages[-1].content for question in model.asked[1:])
    assert all(line in asked for line in TEXT.split("\n"))


@pytest.mark.parametrize("cut", [CUT, TOO_LONG])
def test_a_text_that_is_always_cut_is_given_up_after_two_small_pieces(cut: str) -> None:
    model = FakeModel(by_lines=lambda _: ModelAnswer("", cut))
    reading = read(model, Excerpt("Yishun", LONG_TEXT))
    lengths = [len(question.messages[-1].content) for question in model.asked]
    assert len(model.asked) == 1 + MAX_HALVINGS + 1 and lengths[:4] == sorted(lengths[:4], reverse=True)
    assert not reading.candidates and reading.is_hopeless
    assert all("apis.openrouter" in failure and "max_tokens" in failure for failure in reading.failures[:2])
    unasked = [int(failure.split()[0]) for failure in reading.failures[2:]]
    assert sum(unasked) + 2 * LEAST_HALVED_CHARS > len(LONG_TEXT) / 2


def test_one_dense_piece_costs_no_other_piece_its_answer() -> None:
    model = FakeModel(by_lines=lambda lines: CUT_ANSWER if lines > 14 or len(model.asked) == 4 else WHOLE)
    reading = read(model, Excerpt("Yishun", LONG_TEXT))
    assert len(reading.failures) == 1 and "Raise apis.openrouter.max_tokens" in reading.failures[0]
    assert len(model.asked) == 2 ** (MAX_HALVINGS + 1) - 1


def test_a_question_beyond_the_context_gets_other_advice_than_an_answer_that_is_cut() -> None:
    (failure,) = read(FakeModel(ModelAnswer("", TOO_LONG)), Excerpt("Yishun", "x")).failures
    assert "longer context" in failure and "lower max_tokens" in failure


@pytest.mark.parametrize("text", ["x", "Exit A has a lift. " * 10])
def test_a_text_too_short_to_halve_is_given_up_at_once(text: str) -> None:
    failures = read(FakeModel(CUT_ANSWER), Excerpt("Yishun", text)).failures
    assert failures == (
        f"The answer to {len(text)} characters of text is cut off. Raise apis.openrouter.max_tokens.",
    )


def test_no_text_is_asked_about_after_one_that_was_given_up() -> None:
    model = FakeModel(by_lines=lambda _: CUT_ANSWER)
    reading = read_excerpts([EXCERPT, EXCERPT, EXCERPT], model, Ledger())
    assert len(model.asked) == 3
    assert reading.failures[-1] == f"{2 * len(TEXT)} more characters of text were not sent to the model."


def test_a_text_that_is_given_up_after_one_that_was_read_keeps_no_other_from_being_asked() -> None:
    model = FakeModel(WHOLE, CUT_ANSWER, CUT_ANSWER, CUT_ANSWER, WHOLE)
    reading = read_excerpts([EXCERPT, EXCERPT, EXCERPT], model, Ledger())
    assert len(reading.candidates) == 2 and len(reading.failures) == 2


def test_a_list_without_room_is_asked_for_in_halves() -> None:
    full = reply(landmarks=[fact("A", f"Place {number}", "") for number in range(MAX_FACTS)])
    model = FakeModel(by_lines=lambda lines: ModelAnswer(full, "stop") if lines > 4 else EMPTY)
    assert read(model) == Reading()
    assert len(model.asked) == 3


def test_a_list_that_stays_full_is_taken_as_it_is() -> None:
    full = reply(landmarks=[fact("A", f"Place {number}", "") for number in range(MAX_FACTS)])
    model = FakeModel(by_lines=lambda _: ModelAnswer(full, "stop"))
    assert len(read(model).candidates) == MAX_FACTS * 2**MAX_HALVINGS


def test_a_full_list_of_a_text_too_short_to_halve_is_taken_as_it_is() -> None:
    full = reply(landmarks=[fact("A", f"Place {number}", "") for number in range(MAX_FACTS)])
    reading = read(FakeModel(ModelAnswer(full, "stop")), Excerpt("Yishun", "x"))
    assert len(reading.candidates) == MAX_FACTS and not reading.failures


def test_an_unreadable_reply_is_repaired_once_and_kept_under_the_first_question() -> None:
    model = FakeModel(GARBLED, WHOLE)
    assert len(read(model).candidates) == 1
    assert model.asked[1].messages[-2].content == GARBLED.text
    assert model.kept == [(make_question(EXCERPT), WHOLE)]


@pytest.mark.parametrize(
    ("second", "fault", "advice"),
    [
        (GARBLED, "not JSON of the schema, twice", "structured outputs in apis.openrouter"),
        (CUT_ANSWER, "characters of text is cut off", "Raise apis.openrouter.max_tokens"),
    ],
)
def test_a_reply_that_is_of_no_use_twice_is_a_failure_and_nothing_is_kept(
    second: ModelAnswer, fault: str, advice: str
) -> None:
    model = FakeModel(GARBLED, second)
    reading = read(model)
    assert len(model.asked) == 2 and not model.kept and not reading.candidates
    assert fault in reading.failures[0]
    assert advice in reading.failures[0]


def test_a_refusal_is_a_failure_of_that_text_only() -> None:
    assert read(FakeModel(ModelCallError("it refuses"))) == Reading(failures=("it refuses",))


@pytest.mark.parametrize("error", [ModelCallError("x", retryable=True), ModelCallError("x", fatal=True)])
def test_what_may_pass_and_what_concerns_all_texts_is_raised(error: ModelCallError) -> None:
    with pytest.raises(ModelCallError):
        read(FakeModel(error))
    with pytest.raises(ModelCallError):
        read(FakeModel(GARBLED, error))
