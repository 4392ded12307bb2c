"""The same question is asked once; whatever could change the answer makes another question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.config.settings import Stage2Section
from mrt_pipeline.runtime.model import ChatModel, Message, Question
from mrt_pipeline.runtime.model_cache import AnswerCache, RememberingModel
from mrt_pipeline.runtime.model_usage import Ledger
from mrt_pipeline.sources.openrouter import OpenrouterSection
from tests.fakes.http_server import LoopbackServer
from tests.fakes.model_server import answers, completion, serving
from tests.unit.runtime.model_scene import QUESTION, SCHEMA, model_on


def remembering(server: LoopbackServer, folder: Path) -> RememberingModel:
    return RememberingModel(model_on(server), AnswerCache(folder, pytest.fail))


def test_a_kept_answer_costs_nothing_in_a_later_run(tmp_path: Path) -> None:
    ledger = Ledger()
    with serving(answers(completion("yes"))) as server:
        first = remembering(server, tmp_path)
        first.keep(QUESTION, first.ask(QUESTION, Ledger()))
        assert remembering(server, tmp_path).ask(QUESTION, ledger).text == "yes"
    assert len(server.requests) == 1
    assert ledger.total.model_dump(exclude_defaults=True) == {"cached_calls": 1}


def test_an_answer_that_was_of_no_use_is_asked_for_again(tmp_path: Path) -> None:
    with serving(answers(completion("no"), completion("yes"))) as server:
        model = remembering(server, tmp_path)
        model.ask(QUESTION, Ledger())
        assert model.ask(QUESTION, Ledger()).text == "yes"


def fingerprint(question: Question = QUESTION, **api: Any) -> str:
    section = OpenrouterSection.model_validate({"base_url": "http://127.0.0.1:1/v1", "model": "m"} | api)
    model = ChatModel(section, Stage2Section(), None)
    return RememberingModel(model, AnswerCache(Path("never-opened"), pytest.fail)).fingerprint(question)


@pytest.mark.parametrize(
    "changed",
    [
        fingerprint(model="n"),
        fingerprint(base_url="http://127.0.0.1:2/v1"),
        fingerprint(temperature=0.7),
        fingerprint(max_tokens=100),
        fingerprint(Question(QUESTION.messages, {**SCHEMA, "maxProperties": 1})),
        fingerprint(Question((*QUESTION.messages, Message("user", "Really?")), SCHEMA)),
        fingerprint(Question((Message("user", "Be brief."), QUESTION.messages[1]), SCHEMA)),
    ],
)
def test_whatever_could_change_the_answer_makes_another_question(changed: str) -> None:
    assert changed != fingerprint()


def test_how_patiently_it_is_asked_does_not() -> None:
    assert fingerprint(timeout=5) == fingerprint()
