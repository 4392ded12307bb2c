"""Query a language model: chat completions of any OpenAI-compatible server, OpenRouter or a local one.

The caller can distinguish four kinds of failure: it may pass (waited for and retried, up to ``max_retries``
times), it concerns this question only, it concerns every question (``fatal``), or the answer was cut
(``length``), which differs from a question longer than the model's context.

Field meanings: https://openrouter.ai/docs/api-reference/overview and /errors, last looked at on 2026-11-23.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from mrt_pipeline.config.settings import Stage2Section
from mrt_pipeline.contracts.outputs import ModelUsage
from mrt_pipeline.contracts.sections import ModelSection
from mrt_pipeline.contracts.source_spec import Rate, RateLimit
from mrt_pipeline.errors import CredentialError, FetchError, ModelCallError
from mrt_pipeline.runtime.clock import utc_now
from mrt_pipeline.runtime.http import HttpClient, HttpOptions
from mrt_pipeline.runtime.http_errors import fits_a_header
from mrt_pipeline.runtime.model_answers import Completion, parse_completion, parse_error
from mrt_pipeline.runtime.model_failures import (
    MISSING_KEY,
    TOO_MANY_REQUESTS,
    UNFIT_KEY,
    Server,
    connection_failure,
    is_too_long,
    lasting_refusal,
    plain,
    status_failure,
)
from mrt_pipeline.runtime.model_usage import Ledger
from mrt_pipeline.runtime.rate_limits import RateLimiter
from mrt_pipeline.runtime.retrying import FailedTry, ask_again, doubling, parse_retry_after
from mrt_pipeline.secrecy import SECRETS

if TYPE_CHECKING:
    from pydantic import SecretStr

    from mrt_pipeline.runtime.http_exchange import Received

SOURCE_ID = "openrouter_llm"
MAX_ANSWER_BYTES = 1_000_000
"""The longest answer that can be configured, 200,000 tokens, is shorter."""

CUT = "length"
"""``finish_reason`` of an incomplete answer"""
TOO_LONG = "context"
"""``finish_reason`` when there is no answer, because the question exceeds the model's context"""

_WHOLE_REASONS = frozenset({"", "stop", "stop_sequence", "eos", "eos_token", "end_turn"})
_CUT_REASONS = frozenset({CUT, "max_tokens", "max_output_tokens"})
_CALL_REASONS = frozenset({"tool_calls", "function_call"})


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    """A conversation that the model is to continue, as JSON that follows a schema."""

    messages: tuple[Message, ...]
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A model's answer; ``finish_reason`` is ``stop``, or says why the answer is incomplete."""

    text: str
    finish_reason: str

    @property
    def is_cut(self) -> bool:
        """Return whether the answer, or the question, was too long for the model."""
        return self.finish_reason in {CUT, TOO_LONG}


class ChatModel:
    """A model on a server, whose rate limit is shared by all threads that query it."""

    def __init__(
        self,
        api: ModelSection,
        pace: Stage2Section,
        api_key: SecretStr | None,
        *,
        max_requests: int | None = None,
        contact: str = "",
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
        notify: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Check that the required credentials are present; nothing is sent yet.

        Args:
            api: the model's server and parameters.
            pace: rate limits and retries.
            api_key: sent as a bearer token; not needed for a local server.
            max_requests: how many requests may be sent in total, including retries.
            contact: contact address of the operator, for the service.
            sleep: waits for a number of seconds.
            clock: seconds on a monotonic clock.
            now: the wall clock.
            notify: receives a sentence whenever a failed request will be retried.

        Raises:
            CredentialError: if the server is openrouter.ai and there is no key, or a key cannot be sent.
        """
        self.name = api.model
        self.base_url = str(api.base_url).rstrip("/")
        self._api = api
        self._pace = pace
        self._secret = api_key.get_secret_value().strip() if api_key else ""
        SECRETS.learn("OPENROUTER_API_KEY", self._secret)
        self._max_requests = max_requests
        self._sleep = sleep
        self._now = now
        self._notify = notify
        self._server = Server(urlsplit(self.base_url).netloc, api.model)
        spacing = RateLimit((Rate(1, pace.delay_seconds),))
        self._pacer = RateLimiter({self._server.host: spacing}, clock=clock, sleep=sleep)
        options = HttpOptions(
            timeout_s=api.timeout, deadline_s=api.timeout, base_urls=(self.base_url,), contact=contact
        )
        self._http = HttpClient(options, now=now, sleep=sleep)
        self._lock = threading.Lock()
        self._requests = 0
        self._ledger = Ledger()
        if is_openrouter(self.base_url) and not self._secret:
            raise CredentialError(MISSING_KEY)
        if not fits_a_header(self._secret):
            raise CredentialError(UNFIT_KEY)

    @property
    def parameters(self) -> dict[str, float]:
        """Return what an answer depends on besides model and question."""
        return {"temperature": self._api.temperature, "max_tokens": self._api.max_tokens}

    @property
    def requests_made(self) -> int:
        """Return the number of requests sent so far, including failed ones."""
        with self._lock:
            return self._requests

    @property
    def spent(self) -> ModelUsage:
        """Return the cost of all calls so far, including unusable ones."""
        return self._ledger.total

    def ask(self, question: Question, ledger: Ledger) -> ModelAnswer:
        """Return the model's answer; its cost is recorded whether or not it is usable.

        Raises:
            ModelCallError: if there is no answer; see ``fatal`` and ``retryable``.
        """
        pauses = doubling(self._pace.retry_delay_seconds, self._pace.max_retries)
        return ask_again(lambda: self._ask_once(question, ledger), pauses, self._wait_to_retry)

    def close(self) -> None:
        """Close the connections, which are kept between calls; a later call opens new ones."""
        self._http.close()

    def _ask_once(self, question: Question, ledger: Ledger) -> ModelAnswer:
        self._count_request()
        with self._pacer.turn(self._server.host):
            return self._try_once(question, ledger)

    def _wait_to_retry(self, failed: FailedTry) -> None:
        """Wait before the next attempt, if there is to be one.

        Raises:
            ModelCallError: if there is none.
        """
        error = failed.error
        refusal = error if isinstance(error, ModelCallError) and error.status == TOO_MANY_REQUESTS else None
        if failed.pause_s is None:
            raise error if refusal is None else lasting_refusal(refusal)
        self._notify(f"{error} Retrying in {failed.pause_s:g} s.")
        if refusal is not None:
            self._pacer.hold(self._server.host, failed.pause_s)  # it concerns all threads
        else:
            self._sleep(failed.pause_s)

    def _count_request(self) -> None:
        with self._lock:
            if self._max_requests is not None and self._requests >= self._max_requests:
                raise ModelCallError(
                    f"the limit max_model_requests ({self._max_requests}) is reached",
                    retryable=True,
                    fatal=True,
                )
            self._requests += 1

    def _try_once(self, question: Question, ledger: Ledger) -> ModelAnswer:
        self._spend(ModelUsage(calls=1), ledger)
        received = self._send(question)
        if not received.is_good:
            return self._failed(received.status, parse_error(received.content), received.headers)
        completion = parse_completion(received.content)
        self._spend(completion.usage, ledger)
        if completion.error is not None:
            return self._failed(completion.error.status, completion.error.message, received.headers)
        return _whole_answer(completion, self.name)

    def _spend(self, usage: ModelUsage, ledger: Ledger) -> None:
        self._ledger.add(usage)
        ledger.add(usage)

    def _send(self, question: Question) -> Received:
        """Return the response to one request, whatever its status."""
        try:
            return self._http.post_json_once(
                SOURCE_ID,
                f"{self.base_url}/chat/completions",
                self._request(question),
                headers={"authorization": f"Bearer {self._secret}"} if self._secret else {},
                max_bytes=MAX_ANSWER_BYTES,
            )
        except FetchError as error:
            raise connection_failure(self._server, error) from None

    def _request(self, question: Question) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.name,
            "messages": [{"role": item.role, "content": item.content} for item in question.messages],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": dict(question.schema)},
            },
            **self.parameters,
        }
        if is_openrouter(self.base_url):  # otherwise it may choose a provider that ignores the schema
            body["provider"] = {"require_parameters": True}
        return body

    def _failed(self, status: int | None, message: str, headers: Mapping[str, str]) -> ModelAnswer:
        if is_too_long(status, message):
            return ModelAnswer("", TOO_LONG)
        retry_after_s = parse_retry_after(headers, self._now())
        raise status_failure(self._server, status, message, retry_after_s)


def is_openrouter(base_url: str) -> bool:
    """Return whether a server is OpenRouter's, which requires a key and has parameters of its own."""
    host = urlsplit(base_url).hostname or ""
    return host == "openrouter.ai" or host.endswith(".openrouter.ai")


def _whole_answer(completion: Completion, model: str) -> ModelAnswer:
    """Return an answer that ended properly or was cut.

    Raises:
        ModelCallError: if the model refused to answer this question.
    """
    if completion.refusal:
        raise ModelCallError(f"{model} refuses to answer ({plain(completion.refusal)}).")
    match completion.finish_reason.lower():
        case reason if reason in _WHOLE_REASONS or (reason in _CALL_REASONS and completion.text):
            if secret := SECRETS.find(completion.text):
                raise ModelCallError(f"{model} repeats the value of {secret}; its answer was discarded.")
            return ModelAnswer(completion.text, "stop")
        case reason if reason in _CUT_REASONS:
            return ModelAnswer("", CUT)
        case "error":
            raise ModelCallError(f"{model} broke off its answer with an error.", retryable=True)
        case "content_filter":
            raise ModelCallError(f"The answer of {model} was withheld by a content filter.")
        case other:
            raise ModelCallError(f"{model} ended its answer with {plain(other)!r}; expected 'stop'.")
