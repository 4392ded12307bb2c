"""A completion's body is read whatever it is, and nothing in it is believed without measure."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.errors import ModelCallError
from mrt_pipeline.runtime.model_answers import Completion, parse_completion, parse_error

NAMES = st.sampled_from(
    [
        "choices",
        "message",
        "content",
        "finish_reason",
        "error",
        "code",
        "usage",
        "prompt_tokens",
        "cost",
        "text",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


def parsed(**whole: Any) -> Completion:
    return parse_completion(json.dumps(whole).encode())


def said(content: Any, **more: Any) -> Completion:
    return parsed(choices=[{"message": {"content": content}, "finish_reason": "stop"}], **more)


def test_text_finish_reason_and_cost_are_read() -> None:
    completion = said("yes", usage={"prompt_tokens": 7, "completion_tokens": 2, "cost": 0.5})
    assert (completion.text, completion.finish_reason, completion.refusal) == ("yes", "stop", "")
    assert completion.usage.model_dump(exclude_defaults=True) == {
        "prompt_tokens": 7,
        "completion_tokens": 2,
        "cost_usd": 0.5,
    }


def test_a_text_in_parts_is_put_together() -> None:
    assert said([{"type": "text", "text": "a"}, {"type": "image"}, "x", {"text": "b"}]).text == "ab"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"type": "text", "text": "a"}, "a"),
        ([{"type": "output_text", "text": "a"}], "a"),
        ([{"type": "text", "text": {"value": "a"}}], "a"),
        (
            [
                {"type": "thinking", "thinking": [{"type": "text", "text": "x"}]},
                {"type": "text", "text": "a"},
            ],
            "a",
        ),
        ([{"type": "reasoning", "text": "x"}, {"type": "text", "text": "a"}], "a"),
        ({"a": []}, '{"a":[]}'),
        ([{"a": []}], '{"a":[]}'),
    ],
)
def test_the_answer_is_taken_out_of_its_parts_and_reasoning_is_not(content: object, text: str) -> None:
    assert said(content).text == text


def test_the_arguments_of_all_tool_calls_are_part_of_the_text() -> None:
    calls = [{"function": {"name": "answer", "arguments": "b"}}, {"function": {"arguments": {"c": 1}}}, None]
    found = parsed(choices=[{"message": {"content": "a", "tool_calls": calls}}])
    assert found.text == 'a\nb\n{"c":1}'


def test_excessively_nested_content_is_no_text() -> None:
    deep = b'{"a":' * 300 + b"1" + b"}" * 300
    assert parse_completion(b'{"choices":[{"message":{"content":' + deep + b"}}]}").text == ""


def test_an_errors_parameter_and_a_providers_own_words_are_part_of_what_was_said() -> None:
    error = {
        "message": "Provider returned error",
        "param": "response_format",
        "metadata": {"raw": "no schema"},
    }
    found = parsed(error=error).error
    assert found is not None and found.message == "Provider returned error; response_format; no schema"


def test_no_text_is_an_empty_one() -> None:
    assert said(None).text == ""


@pytest.mark.parametrize("value", [-1, 1e99, "many", None, [], 10**12, True])
def test_tokens_and_cost_beyond_belief_count_as_nothing(value: object) -> None:
    usage = said("", usage={"prompt_tokens": value, "completion_tokens": value, "cost": value}).usage
    assert usage.prompt_tokens in {0, 1} and usage.cost_usd in {0, 1}


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"null", b"{}", b'{"choices":[]}', b"\xff", b"[" * 100_000]
)
def test_what_is_no_completion_may_be_another_time(body: bytes) -> None:
    with pytest.raises(ModelCallError, match="not a chat completion") as caught:
        parse_completion(body)
    assert caught.value.retryable and not caught.value.fatal


@pytest.mark.parametrize("code", ["429", 200, 700, None, 1.5, {}])
def test_an_error_whose_code_is_no_status_has_none(code: object) -> None:
    error = parsed(error={"code": code, "message": "no"}).error
    assert error is not None and (error.status, error.message) == (None, "no")


def test_an_error_that_is_a_text_is_its_own_message() -> None:
    error = parsed(error="overloaded").error
    assert error is not None and error.message == "overloaded"


def test_an_error_answers_message_is_found_and_else_its_beginning() -> None:
    assert parse_error(b'{"error":{"message":"no key"}}') == "no key"
    assert parse_error(b"<h1>Bad gateway</h1>") == "<h1>Bad gateway</h1>"


@given(JSON)
def test_no_json_makes_reading_fail_in_another_way(content: object) -> None:
    try:
        completion = parse_completion(json.dumps(content).encode())
    except ModelCallError as error:
        assert error.retryable
    else:
        assert completion.usage.cost_usd >= 0
