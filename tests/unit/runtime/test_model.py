"""The model is asked as configured, patiently where it helps, and never for more than allowed."""

from __future__ import annotations

import traceback
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr

from mrt_pipeline.config.settings import Stage2Section
from mrt_pipeline.errors import CredentialError, ModelCallError
from mrt_pipeline.runtime import http_errors
from mrt_pipeline.runtime.model import CUT, TOO_LONG, ChatModel, ModelAnswer, is_openrouter
from mrt_pipeline.runtime.model_usage import Ledger
from mrt_pipeline.runtime.retrying import MAX_RETRY_WAIT_S
from mrt_pipeline.sources.openrouter import OpenrouterSection
from tests.fakes.fake_time import FakeTime
from tests.fakes.http_server import Reply
from tests.fakes.model_server import (
    answers,
    body_of,
    completion,
    failure,
    failure_of_choice,
    failure_within,
    hung_up,
    page,
    serving,
)
from tests.unit.runtime.model_scene import KEY, QUESTION, SCHEMA, ask, model_on

GOOD = completion('{"items":[]}')


def test_a_question_is_sent_with_schema_parameters_and_key() -> None:
    with serving(answers(GOOD)) as server:
        answer = ask(model_on(server))
    request = server.requests[0]
    assert (answer.text, answer.is_cut) == ('{"items":[]}', False)
    assert request.target == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    body = body_of(request)
    assert body.pop("messages") == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Which exits?"},
    ]
    assert body == {
        "model": "maker/model-1",
        "temperature": 0.1,
        "max_tokens": 4000,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
        },
    }


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 529])
def test_what_may_pass_is_tried_again_after_doubling_pauses(status: int) -> None:
    time = FakeTime()
    with serving(answers(failure(status), failure(status), GOOD)) as server:
        assert ask(model_on(server, time)).text == '{"items":[]}'
    assert time.naps == [5, 10]
    assert [sentence.rpartition(" Retrying in ")[2] for sentence in time.told] == ["5 s.", "10 s."]
    assert all(str(status) in sentence and KEY not in sentence for sentence in time.told)


@pytest.mark.parametrize(
    "fault",
    [
        hung_up(),
        page(),
        Reply(),
        failure_within(502),
        failure_within("oops"),
        failure_of_choice(502),
        completion("{", "error"),
    ],
)
def test_a_broken_connection_a_login_page_and_an_error_within_an_answer_may_pass(fault: Reply) -> None:
    with serving(answers(fault, GOOD)) as server:
        assert ask(model_on(server)).text == '{"items":[]}'


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405])
@pytest.mark.parametrize("form", [failure, failure_within])
def test_what_lasts_is_not_tried_again(status: int, form) -> None:  # type: ignore[no-untyped-def]
    with serving(answers(form(status), GOOD)) as server, pytest.raises(ModelCallError) as caught:
        ask(model_on(server))
    assert len(server.requests) == 1
    assert not caught.value.retryable
    assert caught.value.fatal == (status in {401, 402, 404})


@pytest.mark.parametrize(
    "headers", [{"retry_after": "30"}, {"retry_after": "Mon, 23 Nov 2026 08:12:33 GMT", "Date": "unknown"}]
)
def test_a_pause_that_the_server_asks_for_is_kept_by_all_threads(headers: dict[str, str]) -> None:
    time = FakeTime()
    with serving(answers(failure(429, **headers), GOOD)) as server:
        model = model_on(server, time)
        ask(model)
    assert time.clock() == 30


def test_too_many_requests_to_the_last_try_stops_the_run_until_another_time() -> None:
    with (
        serving(answers(failure(429, "free-models-per-day"))) as server,
        pytest.raises(ModelCallError) as caught,
    ):
        ask(model_on(server))
    assert len(server.requests) == 3
    assert (caught.value.fatal, caught.value.retryable) == (True, True)
    assert "free-models-per-day" in str(caught.value)


def test_a_server_that_asks_for_a_long_pause_is_not_waited_for() -> None:
    time = FakeTime()
    reply = failure(429, retry_after=f"{MAX_RETRY_WAIT_S + 1:.0f}")
    with serving(answers(reply)) as server, pytest.raises(ModelCallError, match="121 seconds") as caught:
        ask(model_on(server, time))
    assert len(server.requests) == 1 and not time.naps
    assert (caught.value.fatal, caught.value.retryable) == (True, True)


def test_other_failures_to_the_last_try_concern_this_question_only() -> None:
    with serving(answers(failure(503))) as server, pytest.raises(ModelCallError) as caught:
        ask(model_on(server))
    assert (caught.value.fatal, caught.value.retryable, caught.value.status) == (False, True, 503)


def test_calls_of_all_threads_are_spaced() -> None:
    time = FakeTime()
    with serving(answers(GOOD)) as server:
        model = model_on(server, time, delay_seconds=2)
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda _: ask(model), range(6)))
    assert len(server.requests) == 6
    assert time.clock() >= 5 * 2


def test_no_more_requests_are_sent_than_allowed_retries_included() -> None:
    with serving(answers(failure(503), GOOD)) as server:
        model = model_on(server, max_requests=2)
        ask(model)
        with pytest.raises(ModelCallError, match=r"max_model_requests \(2\) is reached") as caught:
            ask(model)
    assert model.requests_made == len(server.requests) == 2
    assert (caught.value.fatal, caught.value.retryable) == (True, True)


def test_tokens_and_cost_are_put_down_for_every_call_also_for_those_that_fail() -> None:
    ledger = Ledger()
    with serving(answers(failure(502), completion("x", "content_filter"), GOOD)) as server:
        model = model_on(server)
        with pytest.raises(ModelCallError):
            model.ask(QUESTION, ledger)
        model.ask(QUESTION, ledger)
    assert ledger.total == model.spent
    assert (ledger.total.calls, ledger.total.prompt_tokens, ledger.total.completion_tokens) == (3, 200, 40)
    assert ledger.total.cost_usd == pytest.approx(0.002)


def test_a_cut_answer_and_a_question_beyond_the_context_are_distinguished_and_both_are_no_answer() -> None:
    too_long = failure(400, "This endpoint's maximum context length is 8192 tokens")
    cut = (completion('{"items":[{', "length"), completion("{", "max_tokens"))
    with serving(answers(*cut, too_long, failure(413))) as server:
        model = model_on(server)
        found = [ask(model) for _ in range(4)]
    assert [answer.is_cut for answer in found] == [True] * 4
    assert [answer.finish_reason for answer in found] == [CUT, CUT, TOO_LONG, TOO_LONG]


@pytest.mark.parametrize(
    "reply",
    [
        completion("{}", "eos"),
        completion("{}", "end_turn"),
        completion("{}", "STOP"),
        completion("{}", None),
        completion(None, "tool_calls", tool_calls=[{"function": {"name": "answer", "arguments": "{}"}}]),
        completion("", "stop", tool_calls=[{"function": {"name": "answer", "arguments": {}}}]),
        completion(None, "function_call", function_call={"name": "answer", "arguments": "{}"}),
        completion("{}", reasoning="Is it {1: 2}?", reasoning_content="No."),
        Reply(body=b"\xef\xbb\xbf" + bytes(completion("{}").body)),  # type: ignore[arg-type]
    ],
)
def test_an_answer_that_ended_well_is_whole_whatever_its_server_calls_that(reply: Reply) -> None:
    with serving(answers(reply)) as server:
        assert ask(model_on(server)) == ModelAnswer("{}", "stop")


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (completion("", "content_filter"), "content filter"),
        (completion(None, refusal="I cannot help with that."), "I cannot help with that"),
        (completion(None, "tool_calls"), "'tool_calls'"),
        (completion(None, "tool_calls", tool_calls=[{"function": None}, 7]), "'tool_calls'"),
    ],
)
def test_a_question_that_the_model_will_not_answer_is_not_asked_again(reply: Reply, words: str) -> None:
    with serving(answers(reply)) as server, pytest.raises(ModelCallError, match=words) as caught:
        ask(model_on(server))
    assert len(server.requests) == 1
    assert (caught.value.fatal, caught.value.retryable) == (False, False)


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500])
def test_the_key_is_in_no_error_even_if_the_server_repeats_it(status: int) -> None:
    with (
        serving(answers(failure(status, f"Bad key: {KEY}"))) as server,
        pytest.raises(ModelCallError) as caught,
    ):
        ask(model_on(server))
    shown = "".join(traceback.format_exception(caught.value))
    assert KEY not in shown and "[secret]" in shown


def test_a_server_that_is_not_there_is_named() -> None:
    with serving(answers(GOOD)) as server:
        model = model_on(server, max_retries=0)
    with pytest.raises(
        ModelCallError, match=r"No response from the model's server 127\.0\.0\.1:\d+"
    ) as caught:
        ask(model)
    assert caught.value.retryable


def test_a_redirect_is_not_followed_with_our_key() -> None:
    with serving(answers(GOOD)) as elsewhere:
        target = {"Location": f"{elsewhere.url}/v1/chat/completions"}
        with serving(answers(Reply(307, headers=target))) as server, pytest.raises(ModelCallError):
            ask(model_on(server))
    assert not elsewhere.requests


def test_openrouter_is_told_to_choose_a_provider_that_enforces_the_schema(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The loopback server stands in as the proxy through which openrouter.ai is asked, without TLS."""
    monkeypatch.setattr(http_errors, "is_loopback", lambda _: True)
    with serving(answers(GOOD)) as server:
        monkeypatch.setenv("http_proxy", server.url)
        api = OpenrouterSection.model_validate({"base_url": "http://openrouter.ai/api/v1"})
        model = ChatModel(api, Stage2Section(), SecretStr(KEY))
        server.at_end.callback(model.close)
        ask(model)
    assert server.targets == ["http://openrouter.ai/api/v1/chat/completions"]
    assert body_of(server.requests[0])["provider"] == {"require_parameters": True}


def test_openrouter_is_not_asked_without_a_key() -> None:
    with pytest.raises(CredentialError, match="OpenRouter needs OPENROUTER_API_KEY"):
        ChatModel(OpenrouterSection(), Stage2Section(), None)


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("https://openrouter.ai/api/v1", True),
        ("https://eu.openrouter.ai/api/v1", True),
        ("https://openrouter.ai.example.org/v1", False),
        ("http://127.0.0.1:8080/openrouter.ai", False),
    ],
)
def test_openrouter_is_known_by_its_host(base_url: str, expected: bool) -> None:
    assert is_openrouter(base_url) is expected
