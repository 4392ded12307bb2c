"""Parse a chat completion's body, without trusting anything in it.

Field meanings: https://openrouter.ai/docs/api-reference/overview, last looked at on 2026-11-23.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mrt_pipeline.contracts.outputs import ModelUsage
from mrt_pipeline.errors import ModelCallError
from mrt_pipeline.secrecy import SECRETS

MAX_TOKENS_BELIEVED = 10_000_000
MAX_COST_BELIEVED_USD = 1_000.0
"""A higher cost for one call is a server's mistake and counts as zero."""

_TEXT_PARTS = frozenset({"text", "output_text"})


@dataclass(frozen=True, slots=True)
class CompletionError:
    """An error inside an answer with status 200, which occurred after generation started."""

    status: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Completion:
    """A server's answer."""

    text: str
    """without reasoning that came separately; with the arguments of tool calls"""
    finish_reason: str
    refusal: str
    usage: ModelUsage
    """tokens and cost; the sender counts ``calls``"""
    error: CompletionError | None


def parse_completion(body: bytes) -> Completion:
    """Return the content of a body with status 200.

    Raises:
        ModelCallError: if it is not a chat completion; a gateway's mistake, which may pass.
    """
    try:
        whole = _mapping(orjson.loads(body.removeprefix(codecs.BOM_UTF8)))
    except orjson.JSONDecodeError:
        whole = {}
    choices = whole.get("choices")
    choice = _mapping(choices[0]) if isinstance(choices, list) and choices else {}
    error = _find_error(whole) or _find_error(choice)
    if error is None and "message" not in choice:
        raise ModelCallError(
            "The model's server responded with something that is not a chat completion.", retryable=True
        )
    message = _mapping(choice.get("message"))
    return Completion(
        text="\n".join(text for text in (_content(message.get("content")), *_arguments(message)) if text),
        finish_reason=_text(choice.get("finish_reason")),
        refusal=_content(message.get("refusal")),
        usage=_usage(_mapping(whole.get("usage"))),
        error=error,
    )


def parse_error(body: bytes) -> str:
    """Return the message in an error's body, or the body's beginning if it has none."""
    try:
        error = _find_error(_mapping(orjson.loads(body.removeprefix(codecs.BOM_UTF8))))
    except orjson.JSONDecodeError:
        error = None
    return error.message if error else SECRETS.redact(body.decode(errors="replace"))[:1000]


def _find_error(holder: Mapping[str, Any]) -> CompletionError | None:
    error = holder.get("error")
    if not error:
        return None
    details = _mapping(error)
    status = details.get("code")
    is_status = isinstance(status, int) and 400 <= status <= 599
    return CompletionError(status if is_status else None, _said(details) or _text(error))


def _said(details: Mapping[str, Any]) -> str:
    """Return an error's message with its details: the parameter concerned, a provider's own words."""
    words = (
        _content(details.get("message")),
        _text(details.get("param")),
        _content(_mapping(details.get("metadata")).get("raw")),
    )
    return "; ".join(word for word in words if word)


def _usage(usage: Mapping[str, Any]) -> ModelUsage:
    return ModelUsage(
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
        cost_usd=_cost(usage.get("cost")),
    )


def _cost(value: Any) -> float:
    is_believed = isinstance(value, int | float) and 0 <= value <= MAX_COST_BELIEVED_USD  # NaN is not
    return float(value) if is_believed else 0.0


def _count(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value <= MAX_TOKENS_BELIEVED else 0


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _content(value: Any) -> str:
    """Return a model's answer as text, even if it came in parts or as an already parsed object."""
    match value:
        case {"type": str() as kind} if kind not in _TEXT_PARTS:
            return ""  # reasoning, or a picture
        case {"text": str() as text} | {"text": {"value": str() as text}}:
            return text
        case {"type": _}:
            return ""
        case dict():
            return _as_json(value)
        case list():
            return "".join(_content(part) for part in value if isinstance(part, dict))
        case _:
            return _text(value)


def _arguments(message: Mapping[str, Any]) -> list[str]:
    """Return the arguments of the tools, or the function, that a model calls with its answer."""
    calls = message.get("tool_calls")
    functions = [_mapping(call).get("function") for call in calls] if isinstance(calls, list) else []
    arguments = [
        _mapping(function).get("arguments") for function in (*functions, message.get("function_call"))
    ]
    return [_content(value) for value in arguments]


def _as_json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # nested too deeply
        return ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
