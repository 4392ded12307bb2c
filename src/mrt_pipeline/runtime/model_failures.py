"""The meaning of a failed model call: whether it may pass, and what it concerns.

===========================  =======================================================================
408, 429, 5xx, no connection  may pass: retried, after ``Retry-After`` if the server sends it
401, 402, 404                 ``fatal``: every other question fails too, until a person acts
400, 422 on response_format   likewise
429 on the last attempt       ``fatal`` and ``retryable``: stop now, resume another time
400, 403, anything else       concerns this question only
===========================  =======================================================================

Status codes: https://openrouter.ai/docs/api-reference/errors, last looked at on 2026-11-23.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mrt_pipeline.errors import FetchError, ModelCallError
from mrt_pipeline.runtime.safe_text import excerpt

MAX_SHOWN_CHARS = 200
"""How much of a server's message is shown."""

TOO_MANY_REQUESTS = 429

_WITHOUT = "remove openrouter_llm from stages.stage2_enrichment.sources"
MISSING_KEY = (
    "OpenRouter needs OPENROUTER_API_KEY in the environment or .env; or set apis.openrouter.base_url to a "
    f"server that needs none, or {_WITHOUT}."
)
"""shown before any request: openrouter.ai refuses requests without a key"""
UNFIT_KEY = (
    "OPENROUTER_API_KEY holds a line break, a space or a character outside ASCII, which no header can carry. "
    "Copy the key again."
)

_TOO_LONG = re.compile(
    r"context.{0,20}(?:length|size|window)|maximum context|too many tokens"
    r"|(?:prompt|input|request).{0,20}too (?:long|large)",
    re.IGNORECASE,
)
_NO_FORMAT = re.compile(
    r"response[_ ]?format|json[_ ]schema|structured[_ ]outputs?|requested parameters", re.IGNORECASE
)
"""servers' messages that they cannot restrict a model to a schema"""
_NO_MODEL = re.compile(
    r"not a valid model|model\b.{0,60}\b(?:not found|not exist)|no endpoints found", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Server:
    """The server queried, with its names for messages."""

    host: str
    model: str


def status_failure(
    server: Server, status: int | None, message: str, retry_after_s: float | None
) -> ModelCallError:
    """Return the error that an error status, or an error inside an answer, means."""
    said = f"{status or 'error'}: {plain(message) or 'no reason given'}"
    knows_no_format = status in {400, 404, 422} and _NO_FORMAT.search(message) is not None
    if status == 400 and _NO_MODEL.search(message):
        status = 404
    return ModelCallError(
        _format_sentence(server, said) if knows_no_format else _sentence(server, status, said),
        retryable=status is None or status in {408, TOO_MANY_REQUESTS} or status >= 500,
        fatal=knows_no_format or status in {401, 402, 404},
        status=status,
        retry_after_s=retry_after_s,
    )


def connection_failure(server: Server, error: FetchError) -> ModelCallError:
    """Return the error that a missing answer means."""
    return ModelCallError(
        f"No response from the model's server {server.host} ({plain(str(error))}). "
        "Check apis.openrouter.base_url and timeout, and the network.",
        retryable=error.retryable,
        timed_out=error.timed_out,
    )


def lasting_refusal(error: ModelCallError) -> ModelCallError:
    """Return the error if there were too many requests on the last attempt too, or for a long time."""
    wait = (
        "" if error.retry_after_s is None else f" It asks for a pause of {error.retry_after_s:,.0f} seconds."
    )
    return ModelCallError(
        f"{error}{wait}",
        retryable=True,
        fatal=True,
        status=error.status,
        retry_after_s=error.retry_after_s,
    )


def is_too_long(status: int | None, message: str) -> bool:
    """Return whether a server refuses a question because it exceeds the model's context."""
    return status == 413 or (status in {400, 422} and _TOO_LONG.search(message) is not None)


def plain(text: str) -> str:
    """Return a server's message on one line, shortened."""
    return excerpt(text, MAX_SHOWN_CHARS)


def _format_sentence(server: Server, said: str) -> str:
    return (
        f"{server.host} cannot hold {server.model} to the JSON schema in response_format ({said}). "
        f"Choose a model and a server with structured outputs in apis.openrouter, or {_WITHOUT}."
    )


def _sentence(server: Server, status: int | None, said: str) -> str:
    match status:
        case 401:
            return (
                f"{server.host} refuses the key ({said}). "
                f"Set OPENROUTER_API_KEY to a valid one, or {_WITHOUT}."
            )
        case 402:
            return (
                f"{server.host} demands payment first ({said}). Add credits or choose a free model in "
                f"apis.openrouter.model, or {_WITHOUT}."
            )
        case 404:
            return (
                f"{server.host} has no model {server.model} ({said}). "
                "Choose another in apis.openrouter.model, or check base_url."
            )
        case 429:
            return f"{server.host} says that there were too many requests ({said})."
        case 400:
            return f"{server.host} does not accept the question ({said})."
        case 403:
            return f"{server.host} refuses to answer ({said})."
        case _:
            return f"{server.host} could not answer ({said})."
