"""Real models read prose: one that follows instructions, and a bad one. Nothing false comes of either.

Models differ from machine to machine in what they write, so nothing here depends on their words.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from mrt_pipeline.config import Secrets
from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.errors import ModelCallError
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.source_access import SourceAccess
from mrt_pipeline.sources.openrouter.claims import ModelSource, open_source
from tests.fakes.http_server import Handler, LoopbackServer, Reply, SeenRequest
from tests.fakes.network_builder import NOW
from tests.fakes.prose_pages import (
    AS_OF,
    BEDOK,
    CLARKE_QUAY,
    LITTLE_INDIA,
    YISHUN,
    Page,
    bus_tables,
    facts_of,
    false_facts,
)
from tests.real.llm import GEMMA, QWEN, serving

pytestmark = pytest.mark.real_parts

MAX_CALLS_A_PAGE = 2 * 15
"""a page and all its halves, each with a repair"""


OPENED = contextlib.ExitStack()


@pytest.fixture(autouse=True)
def connections_are_closed() -> Iterator[None]:
    yield
    OPENED.close()


@pytest.fixture(scope="module")
def qwen() -> Iterator[str]:
    with serving(QWEN) as base_url:
        yield base_url


@pytest.fixture(scope="module")
def gemma() -> Iterator[str]:
    with serving(GEMMA) as base_url:
        yield base_url


def open_model(base_url: str, cache: Path, *, max_tokens: int = 1500, temperature: float = 0) -> ModelSource:
    """Return the source as a run opens it."""
    api = {
        "base_url": base_url,
        "model": "local",
        "timeout": 600,
        "max_tokens": max_tokens,
        "temperature": temperature,
    }
    pace = {"delay_seconds": 0, "max_retries": 0}
    settings = Settings.model_validate({"apis": {"openrouter": api}, "stages": {"stage2_enrichment": pace}})
    access = SourceAccess(settings, secrets=Secrets(), cache_dir=cache, now=lambda: NOW)
    OPENED.callback(access.close)
    return open_source(RunContext(settings=settings, as_of=AS_OF, access=access), bus_tables())


def read(source: ModelSource, page: Page) -> StationClaims:
    """Return what a model reads on a page, all of it known to be true and paid for in measure."""
    claims = source.claims_for(page.station, (page.claims,))
    assert not false_facts(claims.exits, page)
    assert 1 <= claims.usage.calls <= MAX_CALLS_A_PAGE
    return claims


def test_a_usable_model_finds_facts_and_a_second_run_asks_it_nothing(qwen: str, tmp_path: Path) -> None:
    claims = read(open_model(qwen, tmp_path), YISHUN)
    assert len(facts_of(claims.exits, YISHUN.station)) >= 3
    assert claims.usage.prompt_tokens > 500 and claims.usage.completion_tokens > 50
    again = open_model(qwen, tmp_path)
    assert again.claims_for(YISHUN.station, (YISHUN.claims,)).exits == claims.exits
    assert again.requests_made == 0


def test_a_page_without_bus_stops_gets_none(qwen: str, tmp_path: Path) -> None:
    assert not read(open_model(qwen, tmp_path), BEDOK).exits


@pytest.mark.parametrize("page", [BEDOK, CLARKE_QUAY, LITTLE_INDIA])
def test_nothing_false_comes_of_a_model_that_guesses(gemma: str, page: Page, tmp_path: Path) -> None:
    with LoopbackServer(guessing(gemma)) as server:
        claims = read(open_model(f"{server.url}/v1", tmp_path, temperature=1), page)
    assert claims.rejected or claims.findings


def test_a_model_that_limits_its_answers_is_asked_for_less_and_finally_given_up(
    gemma: str, tmp_path: Path
) -> None:
    with LoopbackServer(guessing(gemma)) as server:
        source = open_model(f"{server.url}/v1", tmp_path, max_tokens=64)
        with pytest.raises(ModelCallError, match="is cut"):
            read(source, LITTLE_INDIA)
    assert 3 <= source.requests_made <= MAX_CALLS_A_PAGE


def guessing(base_url: str) -> Handler:
    """Return a handler that hands questions to a model without task and examples, and has it list something.

    A base model that is shown an empty reply repeats it; left alone with the text and told to find something
    of each kind, it invents. Its lists and texts are kept short, for it never ends of its own accord.
    """

    def ask(request: SeenRequest) -> Reply:
        body = json.loads(request.body)
        body["messages"] = body["messages"][-1:]
        for facts in body["response_format"]["json_schema"]["schema"]["properties"].values():
            facts.update(minItems=1, maxItems=2)
            for text in facts["items"]["properties"].values():
                text["maxLength"] = min(text.get("maxLength", 30), 30)
        sent = httpx2.post(f"{base_url}/chat/completions", json=body, timeout=300, trust_env=False)
        return Reply(sent.status_code, sent.content, {"Content-Type": "application/json"})

    return ask
