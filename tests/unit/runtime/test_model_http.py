"""A model's server is asked over connections that are kept; no answer is larger or slower than allowed."""

from __future__ import annotations

import pytest

from mrt_pipeline.errors import CredentialError, ModelCallError
from tests.fakes.http_server import Handler, json_reply
from tests.fakes.model_server import (
    answers,
    completion,
    endless,
    endless_headers,
    huge,
    packed,
    serving,
    silent,
)
from tests.unit.runtime.model_scene import ask, model_on

GOOD = completion('{"items":[]}')


@pytest.mark.parametrize("handler", [silent, endless, endless_headers])
def test_a_server_that_never_ends_its_answer_is_left(handler: Handler) -> None:
    with (
        serving(handler) as server,
        pytest.raises(ModelCallError, match=r"did not respond completely in time") as caught,
    ):
        ask(model_on(server, timeout=0.2, max_retries=0))
    assert caught.value.retryable


def test_an_answer_of_ten_megabytes_is_not_read_and_not_requested_again() -> None:
    with (
        serving(answers(huge())) as server,
        pytest.raises(ModelCallError, match="more than 1000000") as caught,
    ):
        ask(model_on(server))
    assert len(server.requests) == 1 and not caught.value.retryable


def test_an_answer_that_would_unpack_to_much_more_is_refused() -> None:
    with serving(answers(packed())) as server, pytest.raises(ModelCallError, match="more than 1000000"):
        ask(model_on(server))


def test_a_connection_is_kept_from_call_to_call_and_closed_in_the_end() -> None:
    with serving(answers(GOOD)) as server:
        model = model_on(server)
        ask(model)
        ask(model)
        assert len(server.connections) == 1
        model.close()
        ask(model)
        assert len(server.connections) == 2


def test_the_server_learns_who_asks_and_takes_no_cookie_from_one_call_to_the_next() -> None:
    greedy = json_reply({}, 503, set_cookie="session=1")
    with serving(answers(greedy, GOOD)) as server:
        ask(model_on(server, contact="ops@example.org"))
    assert all("(+ops@example.org)" in request.headers["user-agent"] for request in server.requests)
    assert all("cookie" not in request.headers for request in server.requests)


def test_a_local_server_is_asked_without_a_key() -> None:
    with serving(answers(GOOD)) as server:
        ask(model_on(server, key=None))
    assert "authorization" not in server.requests[0].headers


@pytest.mark.parametrize("key", ["sk-or\r\nX-Evil: 1", "sk-or-ключ", "sk or\u200b"])
def test_a_key_that_no_header_can_hold_is_refused_before_anything_is_asked(key: str) -> None:
    with (
        serving(answers(GOOD)) as server,
        pytest.raises(CredentialError, match="Copy the key again") as caught,
    ):
        model_on(server, key=key)
    assert not server.requests and key not in str(caught.value)
