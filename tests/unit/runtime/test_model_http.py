"""No answer is larger or takes longer than allowed, however it comes."""

from __future__ import annotations

import pytest

from mrt_pipeline.errors import ModelCallError
from tests.fakes.http_server import Handler
from tests.fakes.model_server import answers, endless, endless_headers, huge, packed, serving, silent
from tests.unit.runtime.model_scene import ask, model_on


@pytest.mark.parametrize("handler", [silent, endless, endless_headers])
def test_a_server_that_never_ends_its_answer_is_left(handler: Handler) -> None:
    with serving(handler) as server, pytest.raises(ModelCallError, match=r"not whole after 0\.2 s") as caught:
        ask(model_on(server, timeout=0.2, max_retries=0))
    assert caught.value.retryable


def test_an_answer_of_ten_megabytes_is_not_read_and_not_asked_for_again() -> None:
    with (
        serving(answers(huge())) as server,
        pytest.raises(ModelCallError, match="more than 1,000,000") as caught,
    ):
        ask(model_on(server))
    assert len(server.requests) == 1 and not caught.value.retryable


def test_an_answer_that_would_unpack_to_much_more_is_refused() -> None:
    with serving(answers(packed())) as server, pytest.raises(ModelCallError, match="compressed"):
        ask(model_on(server))
    assert server.requests[0].headers["accept-encoding"] == "identity"
