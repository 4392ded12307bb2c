"""Keys that determine which model is asked, what for and how fast: ``apis.openrouter``, some of stage 2."""

from __future__ import annotations

import contextlib
from typing import Any

from mrt_pipeline.errors import ModelCallError
from mrt_pipeline.runtime.model import ChatModel
from mrt_pipeline.runtime.model_usage import Ledger
from mrt_pipeline.sources.openrouter import claims as model_source
from tests.fakes.fake_time import FakeTime
from tests.fakes.http_server import Handler, LoopbackServer
from tests.fakes.model_server import answers, base_url_of, body_of, completion, failure, reply, serving
from tests.fakes.prose_pages import bus_tables
from tests.integration.config_keys.scene import Case, Changes, Look, Scene, names_looked_up
from tests.integration.config_keys.source_cases import LENIENT, STAGE2, services_asked
from tests.unit.runtime.model_scene import QUESTION

ANSWERING = answers(completion(reply()))
FAILING = answers(failure(503))
IN_HASTE = {f"{STAGE2}.delay_seconds": 0, f"{STAGE2}.retry_delay_seconds": 0}


def ask_model(scene: Scene, changes: Changes) -> None:
    """Put a question to the model, as stage 2 opens it."""
    model_source.open_source(scene.context(changes), bus_tables()).model.ask(QUESTION, Ledger())


def asked_for(parameter: str) -> Look:
    """Return a function that finds a parameter in the request received by the model's server."""

    def look(scene: Scene, changes: Changes) -> Any:
        with serving(ANSWERING) as server:
            ask_model(scene, {**changes, "apis.openrouter.base_url": base_url_of(server)})
        return body_of(server.requests[0])[parameter]

    return look


def requests_seen(handler: Handler, questions: int = 1) -> Look:
    """Return a function that counts the requests received for a number of questions."""

    def look(scene: Scene, changes: Changes) -> int:
        with serving(handler) as server:
            context = scene.context({**changes, "apis.openrouter.base_url": base_url_of(server)})
            _put(model_source.open_source(context, bus_tables()).model, questions)
        return len(server.requests)

    return look


def pauses(handler: Handler, questions: int = 1) -> Look:
    """Return a function that lists the pauses made for a number of questions, in seconds."""

    def look(scene: Scene, changes: Changes) -> list[float]:
        time = FakeTime()
        with serving(handler) as server:
            _put(_patient_model(scene, changes, server, time), questions)
        return time.naps

    return look


def _patient_model(scene: Scene, changes: Changes, server: LoopbackServer, time: FakeTime) -> ChatModel:
    settings = scene.config({**changes, "apis.openrouter.base_url": base_url_of(server)}).settings
    model = ChatModel(
        settings.apis.openrouter,
        settings.stages.stage2_enrichment,
        None,
        sleep=time.sleep,
        clock=time.clock,
    )
    server.at_end.callback(model.close)
    return model


def _put(model: ChatModel, questions: int) -> None:
    for _ in range(questions):
        with contextlib.suppress(ModelCallError):
            model.ask(QUESTION, Ledger())


CASES = (
    Case(
        "apis.openrouter.mode",
        "live",
        services_asked,
        ["fandom"],
        ["fandom", "openrouter"],
        {**LENIENT, "apis.fandom.mode": "live"},
    ),
    Case(
        "apis.openrouter.base_url",
        "https://mirror.example/v1",
        names_looked_up(ask_model),
        {"openrouter.ai"},
        {"mirror.example"},
        {f"{STAGE2}.max_retries": 0},
    ),
    Case("apis.openrouter.model", "maker/other", asked_for("model"), "openai/gpt-oss-120b", "maker/other"),
    Case("apis.openrouter.max_tokens", 64, asked_for("max_tokens"), 4000, 64),
    Case("apis.openrouter.temperature", 1.5, asked_for("temperature"), 0.1, 1.5),
    Case(f"{STAGE2}.delay_seconds", 7, pauses(ANSWERING, questions=2), [2], [7]),
    Case(f"{STAGE2}.max_retries", 1, requests_seen(FAILING), 4, 2, IN_HASTE),
    Case(
        f"{STAGE2}.retry_delay_seconds",
        1,
        pauses(FAILING),
        [5, 10, 20],
        [1, 2, 4],
        {f"{STAGE2}.delay_seconds": 0},
    ),
    Case(f"{STAGE2}.max_model_requests", 2, requests_seen(ANSWERING, questions=3), 3, 2, IN_HASTE),
)
