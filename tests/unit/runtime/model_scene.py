"""A model on a loopback server, with time that nobody waits for."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr

from mrt_pipeline.config.settings import Stage2Section
from mrt_pipeline.runtime.model import ChatModel, Message, ModelAnswer, Question
from mrt_pipeline.runtime.model_usage import Ledger
from mrt_pipeline.sources.openrouter import OpenrouterSection
from tests.fakes.fake_time import FakeTime
from tests.fakes.http_server import LoopbackServer
from tests.fakes.model_server import base_url_of

KEY = "sk-or-v1-c0ffee"
SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
QUESTION = Question((Message("system", "Be brief."), Message("user", "Which exits?")), SCHEMA)
PACE = {"delay_seconds": 2, "max_retries": 2, "retry_delay_seconds": 5}


def model_on(
    server: LoopbackServer,
    time: FakeTime | None = None,
    *,
    timeout: float = 30,
    max_requests: int | None = None,
    key: str | None = KEY,
    contact: str = "",
    **pace: Any,
) -> ChatModel:
    """Return a model on a server, at a pace that costs no time."""
    time = time or FakeTime()
    api = OpenrouterSection.model_validate(
        {"base_url": base_url_of(server), "model": "maker/model-1", "timeout": timeout}
    )
    model = ChatModel(
        api,
        Stage2Section.model_validate(PACE | pace),
        SecretStr(key) if key else None,
        max_requests=max_requests,
        contact=contact,
        sleep=time.sleep,
        clock=time.clock,
        now=time.now,
        notify=time.told.append,
    )
    server.at_end.callback(model.close)
    return model


def ask(model: ChatModel, question: Question = QUESTION) -> ModelAnswer:
    """Return the answer to a question, its cost forgotten."""
    return model.ask(question, Ledger())
