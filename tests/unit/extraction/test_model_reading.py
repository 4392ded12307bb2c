"""Whatever a model answers, its text is read as far as it goes, with a bounded number of questions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mrt_pipeline.errors import ModelCallError
from mrt_pipeline.extraction.model_reading import MAX_HALVINGS, Reading, read_excerpt
from mrt_pipeline.extraction.prompts import Excerpt, make_question
from mrt_pipeline.extraction.replies import MAX_FACTS
from mrt_pipeline.runtime.model import CUT, ModelAnswer, Question
from mrt_pipeline.runtime.model_usage import Ledger
from tests.fakes.model_server import fact, reply

TEXT = "\n".join(f"Exit {label} has a lift to the street." for label in "ABCDEFGH")
EXCERPT = Excerpt("Yishun", TEXT)
WHOLE = ModelAnswer(reply(access=[fact("A", "lift", "Exit A has a lift")]), "stop")
EMPTY = ModelAnswer(reply(), "stop")
TOO_LONG = ModelAnswer("", CUT)
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
    model = FakeModel(by_lines=lambda lines: TOO_LONG if lines > 4 else WHOLE)
    reading = read(model)
    assert len(model.asked) == 3 and not reading.failures
    assert [answer for _, answer in model.kept] == [TOO_LONG, WHOLE, WHOLE]
    asked = "".join(question.messages[-1].content for question in model.asked[1:])
    assert all(line in asked for line in TEXT.split("\n"))


def test_a_text_that_is_always_cut_is_given_up_after_so_many_halvings() -> None:
    model = FakeModel(by_lines=lambda _: TOO_LONG)
    reading = read(model)
    assert len(model.asked) == 2 ** (MAX_HALVINGS + 1) - 1
    assert len(reading.failures) == 2**MAX_HALVINGS and not reading.candidates


def test_a_text_too_short_to_halve_is_given_up_at_once() -> None:
    model = FakeModel(TOO_LONG)
    assert read(model, Excerpt("Yishun", "x")).failures == ("The answer to 1 characters of text is cut.",)


def test_a_list_without_room_is_asked_for_in_halves() -> None:
    full = reply(landmarks=[fact("A", f"Place {number}", "") for number in range(MAX_FACTS)])
    model = FakeModel(by_lines=lambda lines: ModelAnswer(full, "stop") if lines > 4 else EMPTY)
    assert read(model) == Reading()
    assert len(model.asked) == 3


def test_a_list_that_stays_full_is_taken_as_it_is() -> None:
    full = reply(landmarks=[fact("A", f"Place {number}", "") for number in range(MAX_FACTS)])
    model = FakeModel(by_lines=lambda _: ModelAnswer(full, "stop"))
    assert len(read(model).candidates) == MAX_FACTS * 2**MAX_HALVINGS


def test_an_unreadable_reply_is_repaired_once_and_kept_under_the_first_question() -> None:
    model = FakeModel(GARBLED, WHOLE)
    assert len(read(model).candidates) == 1
    assert model.asked[1].messages[-2].content == GARBLED.text
    assert model.kept == [(make_question(EXCERPT), WHOLE)]


@pytest.mark.parametrize("second", [GARBLED, TOO_LONG])
def test_a_reply_that_is_unreadable_twice_is_a_failure_and_nothing_is_kept(second: ModelAnswer) -> None:
    model = FakeModel(GARBLED, second)
    reading = read(model)
    assert len(model.asked) == 2 and not model.kept and not reading.candidates
    assert "not JSON of the schema, twice" in reading.failures[0]


def test_a_refusal_is_a_failure_of_that_text_only() -> None:
    assert read(FakeModel(ModelCallError("it refuses"))) == Reading(failures=("it refuses",))


@pytest.mark.parametrize("error", [ModelCallError("x", retryable=True), ModelCallError("x", fatal=True)])
def test_what_may_pass_and_what_concerns_all_texts_is_raised(error: ModelCallError) -> None:
    with pytest.raises(ModelCallError):
        read(FakeModel(error))
    with pytest.raises(ModelCallError):
        read(FakeModel(GARBLED, error))
