"""What was paid for once is kept, and a broken cache costs money but never a run."""

from __future__ import annotations

import contextlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.config.settings import Stage2Section
from mrt_pipeline.runtime.model import ChatModel, Message, ModelAnswer, Question
from mrt_pipeline.runtime.model_cache import FILE_NAME, AnswerCache, RememberingModel
from mrt_pipeline.runtime.model_usage import Ledger
from mrt_pipeline.sources.openrouter import OpenrouterSection
from tests.fakes.http_server import LoopbackServer
from tests.fakes.model_server import answers, completion, serving
from tests.fakes.small_disk import small_disk
from tests.unit.runtime.model_scene import QUESTION, SCHEMA, model_on

ANSWER = ModelAnswer('{"items":[]}', "stop")


def opened(folder: Path, warnings: list[str] | None = None) -> AnswerCache:
    told: list[str] = [] if warnings is None else warnings
    return AnswerCache(folder, told.append)


def test_an_answer_is_found_by_a_later_run(tmp_path: Path) -> None:
    first = opened(tmp_path / "model")
    first.save("key", ANSWER)
    second = opened(tmp_path / "model")
    assert second.find("key") == ANSWER
    assert second.find("another key") is None


def test_an_answer_is_found_by_another_process_at_once(tmp_path: Path) -> None:
    one, other = opened(tmp_path), opened(tmp_path)
    assert other.find("key") is None
    one.save("key", ANSWER)
    assert other.find("key") == ANSWER


def test_the_first_answer_to_a_question_stays(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.save("key", ANSWER)
    cache.save("key", ModelAnswer("another", "stop"))
    assert cache.find("key") == ANSWER


def test_nothing_is_lost_when_many_threads_save(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: cache.save(str(number), ANSWER), range(100)))
    assert all(cache.find(str(number)) for number in range(100))


@pytest.mark.parametrize(
    "content", [b"not a database, by a long way: " * 40, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_damaged_file_is_restarted_and_reported_once(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    warnings: list[str] = []
    cache = opened(tmp_path, warnings)
    assert cache.find("key") is None
    cache.save("key", ANSWER)
    assert cache.find("key") == ANSWER
    assert len(warnings) == 1 and "cannot be used" in warnings[0] and "restarted" in warnings[0]


def test_a_file_of_another_layout_is_restarted(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("PRAGMA user_version = 99")
    warnings: list[str] = []
    cache = opened(tmp_path, warnings)
    cache.save("key", ANSWER)
    assert cache.find("key") == ANSWER
    assert len(warnings) == 1


def test_a_row_that_is_no_text_counts_as_not_there(tmp_path: Path) -> None:
    opened(tmp_path).save("key", ANSWER)
    with contextlib.closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection, connection:
        connection.execute("UPDATE answers SET text = x'ff'")
    warnings: list[str] = []
    assert opened(tmp_path, warnings).find("key") is None
    assert warnings == []


def test_a_full_disk_means_that_nothing_more_is_kept_and_what_is_kept_is_found(tmp_path: Path) -> None:
    warnings: list[str] = []
    cache = opened(tmp_path, warnings)
    cache.save("old", ANSWER)
    with small_disk():
        cache.save("new", ANSWER)
        cache.save("newer", ANSWER)
        assert cache.find("old") == ANSWER
    assert cache.find("new") is None
    assert len(warnings) == 1 and "no model answers are kept" in warnings[0]


def test_a_folder_that_cannot_be_made_is_reported_once_and_the_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "model").write_text("in the way")
    warnings: list[str] = []
    cache = opened(tmp_path / "model", warnings)
    assert cache.find("key") is None
    cache.save("key", ANSWER)
    assert cache.find("key") is None
    assert len(warnings) == 1 and "answers from earlier runs cannot be used" in warnings[0]


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


def test_an_answer_that_was_of_no_use_is_requested_again(tmp_path: Path) -> None:
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
