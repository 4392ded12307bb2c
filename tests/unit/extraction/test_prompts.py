"""The prompt is a file with a version, its examples are right, and a page's text stays data in it."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import validate

from mrt_pipeline.extraction.prompts import (
    MAX_SHOWN_CHARS,
    PROMPT_VERSION,
    Example,
    Excerpt,
    load_prompt,
    make_question,
    make_repair,
)
from mrt_pipeline.extraction.quotes import find_tokens
from mrt_pipeline.extraction.replies import REPLY_SCHEMA, to_candidates
from mrt_pipeline.network import load_network

EXAMPLES = load_prompt().examples

FINGERPRINTS = {"exits-1": "0d6c67061f7485931628134d3d75e2c7e67c0157d56e5d30e8c51df555e137fd"}
"""sha256 of the conversation about an empty text, by version"""


def test_the_words_change_only_with_the_version() -> None:
    turns = [[turn.role, turn.content] for turn in make_question(Excerpt("", "")).messages]
    assert hashlib.sha256(json.dumps(turns).encode()).hexdigest() == FINGERPRINTS[PROMPT_VERSION]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_examples_reply_is_what_the_schema_asks_for(example: Example) -> None:
    validate(json.loads(example.reply.model_dump_json()), REPLY_SCHEMA)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_quotes_its_text_and_takes_its_values_from_there(example: Example) -> None:
    for found in to_candidates(example.reply):
        assert found.quote in example.text
        assert any(find_tokens(found.quote, found.value, 0, len(found.quote)))


def test_one_example_has_nothing_to_find_and_all_stations_of_examples_are_invented() -> None:
    assert any(not to_candidates(example.reply) for example in EXAMPLES)
    assert not {example.station for example in EXAMPLES} & set(load_network().names.values())


def test_a_question_is_the_task_worked_examples_and_the_text() -> None:
    question = make_question(Excerpt("Yishun", "Exit A has a lift."))
    roles = [turn.role for turn in question.messages]
    assert roles == ["system", *["user", "assistant"] * len(EXAMPLES), "user"]
    assert question.messages[-1].content.startswith("Station: Yishun\n")
    assert "Exit A has a lift." in question.messages[-1].content
    assert question.schema is REPLY_SCHEMA


@given(st.text())
def test_a_text_cannot_close_the_marks_around_it_and_can_always_be_sent(text: str) -> None:
    content = make_question(Excerpt("Yishun", text)).messages[-1].content
    content.encode()
    mark = content.split("\n")[1]
    assert content.count(mark) == 2 and content.endswith(f"\n{mark}")


def test_a_text_with_half_a_surrogate_pair_can_be_sent() -> None:
    make_question(Excerpt("Yishun", "Exit A \ud83d")).messages[-1].content.encode()


def test_a_repair_shows_the_reply_in_part_and_what_is_wrong_with_it() -> None:
    question = make_question(Excerpt("Yishun", "Exit A has a lift."))
    repair = make_repair(question, "nonsense" * 1000, "it is no JSON")
    assert repair.messages[:-2] == question.messages
    assert len(repair.messages[-2].content) == MAX_SHOWN_CHARS
    assert "it is no JSON" in repair.messages[-1].content
