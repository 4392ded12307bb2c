"""Each failure says in one sentence what happened and what to do, and whom it concerns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.errors import FetchError
from mrt_pipeline.runtime.model_failures import (
    MAX_SHOWN_CHARS,
    Server,
    connection_failure,
    is_too_long,
    plain,
    status_failure,
)

SERVER = Server("openrouter.ai", "maker/model-1")


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "Set OPENROUTER_API_KEY to a valid one"),
        (402, "Add credits or choose a free model in apis.openrouter.model"),
        (404, "has no model maker/model-1"),
        (429, "too many requests"),
        (400, "does not accept the question"),
        (403, "refuses to answer"),
        (418, "could not answer"),
        (None, "could not answer"),
    ],
)
def test_a_status_is_reported_with_the_servers_words_and_what_to_do(status: int | None, advice: str) -> None:
    error = status_failure(SERVER, status, "because", None)
    assert advice in str(error) and "openrouter.ai" in str(error) and "because" in str(error)


@pytest.mark.parametrize(
    "message",
    ["xyz is not a valid model ID", "The model `xyz` does not exist: not found", "No endpoints found"],
)
def test_a_model_that_is_gone_is_fatal_under_status_400_too(message: str) -> None:
    assert status_failure(SERVER, 400, message, None).fatal


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "Unrecognized request argument supplied: response_format"),
        (400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."),
        (400, "This model does not support response format `json_schema`"),
        (422, '{"detail":[{"loc":["body","response_format"],"msg":"extra fields not permitted"}]}'),
        (404, "No endpoints found that can handle the requested parameters."),
        (400, "Structured outputs are not available"),
    ],
)
def test_a_server_that_does_not_know_response_format_is_reported_with_advice_and_not_asked_on(
    status: int, message: str
) -> None:
    error = status_failure(SERVER, status, message, None)
    assert error.fatal and not error.retryable and error.status == status
    assert "with structured outputs in apis.openrouter" in str(error)
    assert str(status) in str(error) and "response_format" in str(error)


@pytest.mark.parametrize(
    ("status", "message"),
    [(400, "temperature is out of range"), (400, "Failed to generate JSON"), (503, "response_format")],
)
def test_other_words_get_no_advice_about_structured_outputs(status: int, message: str) -> None:
    error = status_failure(SERVER, status, message, None)
    assert not error.fatal and "structured outputs" not in str(error)


@pytest.mark.parametrize("may_pass", [True, False])
def test_no_answer_at_all_may_be_one_another_time(may_pass: bool) -> None:
    error = connection_failure(SERVER, FetchError("openrouter_llm", "refused", retryable=may_pass))
    assert error.retryable is may_pass and not error.fatal and "apis.openrouter.base_url" in str(error)


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        (400, "This model's maximum context length is 8192 tokens", True),
        (400, "request (9000 tokens) exceeds the available context size (8192 tokens)", True),
        (422, "Input is too long for requested model", True),
        (413, "", True),
        (400, "temperature is out of range", False),
        (429, "too many tokens per minute", False),
        (None, "maximum context", False),
    ],
)
def test_a_question_beyond_the_context_is_known_by_the_servers_words(
    status: int | None, message: str, expected: bool
) -> None:
    assert is_too_long(status, message) is expected


@given(st.text())
def test_a_servers_words_are_shown_on_one_short_line(text: str) -> None:
    shown = plain(text)
    assert len(shown) <= MAX_SHOWN_CHARS and (shown.isprintable() or not shown)
