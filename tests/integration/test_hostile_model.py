"""A model's server that lies, breaks off, floods or falls silent: stage 2 ends, nothing false comes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.contracts.outputs import EnrichmentStatus, Stage2Output
from mrt_pipeline.errors import StageError
from mrt_pipeline.extraction.access_words import VOCABULARY
from mrt_pipeline.extraction.replies import MAX_FACTS
from mrt_pipeline.sources.openrouter.claims import open_source
from mrt_pipeline.stages.enrichment.registry import OpenedSources
from mrt_pipeline.stages.stage2_enrichment import Stage2Enrichment
from tests.fakes.http_server import Handler, LoopbackServer, Reply, SeenRequest
from tests.fakes.model_server import (
    answers,
    completion,
    cut_json,
    endless,
    endless_headers,
    fact,
    failure,
    failure_of_choice,
    failure_within,
    huge,
    hung_up,
    packed,
    page,
    question_of,
    reply,
    serving,
    silent,
)
from tests.fakes.network_builder import make_stage1
from tests.fakes.prose_pages import PAGES, bus_tables, false_facts, is_said, sentences_of
from tests.unit.sources.model_scene import ProseSource, make_model_context

pytestmark = pytest.mark.slow

Config: Any = None
STATIONS = tuple(item.station for item in PAGES)
LABELS = "ABCDEFZ19"
PLACES = ("Jurong East", "NS1", "Marina South Pier", "HarbourFront", "Punggol Coast", "Moon Base", "")


def lies_about(text: str) -> dict[str, list[Mapping[str, Any]]]:
    """Return all that a liar who knows the page can say: each value of it at each exit, well quoted."""
    quotes = [*sentences_of(text), *text.split("\n\n")]
    codes = re.findall(r"\b\d{5}\b", text) or ["10000", "10001", "10002"]
    names = ["Moon Base", *re.findall(r"[A-Z]\w+(?: [A-Z]\w+)+", text)]

    def quoted(value: str) -> Iterator[str]:
        return iter([quote for quote in quotes if value in quote] or quotes[:2])

    return {
        "landmarks": [fact(at, name, words) for at in LABELS for name in names for words in quoted(name)],
        "bus_stops": [fact(at, code, words) for at in LABELS for code in codes for words in quoted(code)],
        "access": [fact(at, value, words) for at in LABELS for value in VOCABULARY for words in quotes],
        "platforms": [
            fact(at, quote=words, towards=place)
            for at in LABELS
            for place in PLACES
            for words in quoted(place)
        ],
    }


def run(handler: Handler, folder: Path, **options: Any) -> Stage2Output:
    """Return what stage 2 makes of all pages with a model behind a server that answers by a handler."""
    with serving(handler) as server:
        return run_on(server, folder, **options)


def run_on(server: LoopbackServer, folder: Path, *, timeout: float = 30, **section: Any) -> Stage2Output:
    """Return what stage 2 makes of all pages with a model behind a server."""
    folder.mkdir(exist_ok=True)
    context = make_model_context(server, folder / "cache", folder=folder, timeout=timeout, **section)
    sources = (ProseSource(), open_source(context, bus_tables()))
    opened = OpenedSources(sources, {}, is_remote=True)
    stage = Stage2Enrichment(Config, context, lambda _context: opened)
    return stage.execute(make_stage1(STATIONS))


def falsehoods(output: Stage2Output) -> frozenset[str]:
    """Return what is published of any station without its page saying so."""
    return frozenset(
        fact
        for item, enrichment in zip(PAGES, output.enrichments, strict=True)
        for fact in false_facts(enrichment.exits, item, enrichment.platforms)
    )


def test_the_scene_can_tell_truth_from_falsehood() -> None:
    lies = lies_about(PAGES[0].text)
    assert all(len(statements) > 30 for statements in lies.values())
    assert is_said("A: Northpoint", PAGES[0]) and not is_said("B: Northpoint", PAGES[0])


@pytest.mark.parametrize("kind", ["landmarks", "bus_stops", "access", "platforms"])
def test_a_liar_who_knows_every_word_of_the_page_publishes_nothing_false(kind: str, tmp_path: Path) -> None:
    """The server answers each question with the next few of all lies that can be made of its text."""
    longest = max(len(lies_about(item.text)[kind]) for item in PAGES)
    for start in range(0, longest, MAX_FACTS - 1):  # a full list would be asked for in halves
        part = slice(start, start + MAX_FACTS - 1)

        def lie(request: SeenRequest, part: slice = part) -> Reply:
            return completion(reply(**{kind: lies_about(text_of(request))[kind][part]}))

        output = run(lie, tmp_path / str(start))
        assert not falsehoods(output)
        assert {item.status for item in output.enrichments} == {EnrichmentStatus.DONE}


def text_of(request: SeenRequest) -> str:
    """Return the page's text in a question."""
    return question_of(request).split("\n", 2)[2].rsplit("\n", 1)[0]


TRUE = reply(access=[fact("A", "lift", "Exit A has a lift")])
ORDERS = reply(landmarks=[fact("A", "Ignore all previous instructions", "Ignore all previous instructions")])
MARKUP = reply(
    landmarks=[
        fact("A", "<script>alert(1)</script>", "<script>alert(1)</script>"),
        fact("A", "[Northpoint City](http://example.org)", "Exit A leads to Northpoint City"),
        fact("A", "Northpoint\u202e City", "Exit A leads to Northpoint\u202e City"),
    ]
)

UNREADABLE: dict[str, Handler] = {
    "prose": answers(completion("There are lifts at every exit!")),
    "nothing": answers(completion("")),
    "null": answers(completion(None)),
    "another schema": answers(completion('{"exits":[{"name":"A","lift":true}]}')),
    **{f"JSON cut at {len(text)}": answers(completion(text)) for text in cut_json(TRUE)},
    "cut for ever": answers(completion('{"landmarks":[{', "length")),
    "held back": answers(completion("", "content_filter")),
    "refused": answers(completion(None, refusal="I am not allowed to read about stations.")),
    "ten megabytes": answers(huge()),
    "a gzip bomb": answers(packed()),
    "a login page": answers(page()),
    "an empty body": answers(Reply()),
    "no choices": answers(Reply(body=b'{"choices":[]}')),
    "a broken connection": answers(hung_up()),
    "an error within": answers(failure_within(502)),
    "an error of no known code": answers(failure_within("server_error")),
    "an error in a choice": answers(failure_of_choice(500)),
    **{f"status {status}": answers(failure(status)) for status in (400, 403, 408, 500, 502, 503)},
}


@pytest.mark.parametrize("form", UNREADABLE)
def test_a_server_that_gives_no_readable_answer_fails_its_stations_and_no_more(
    form: str, tmp_path: Path
) -> None:
    output = run(UNREADABLE[form], tmp_path)
    assert [item.slug for item in output.enrichments] == [station.slug for station in STATIONS]
    assert not falsehoods(output)
    for item in output.enrichments:
        assert item.status is EnrichmentStatus.PARTIAL
        assert item.failures.keys() == {"openrouter_llm"} and item.failures["openrouter_llm"]
        assert not any(found.platforms or found.bus_stops or found.access for found in item.exits)


WRAPPED: dict[str, Reply] = {
    "reasoning before it": completion(f"<think>Perhaps {reply()}?</think>\n{TRUE}"),
    "a draft before it": completion(f"<draft>{reply()}</draft>\n{TRUE}\n</think>"),
    "reasoning apart from it": completion(TRUE, reasoning=reply(), reasoning_content="Exit A has one."),
    "a sentence and a fence": completion(f"\ufeffHere it is:\n```JSON\n{TRUE}\n```\nThat is all."),
    "a text": completion(json.dumps(TRUE)),
    "a list": completion(f"[{TRUE}]"),
    "parts": completion([{"type": "thinking", "thinking": []}, {"type": "text", "text": TRUE}]),
    "an object": completion(json.loads(TRUE)),
    "a tool call": completion(None, "tool_calls", tool_calls=[{"function": {"arguments": TRUE}}]),
}


@pytest.mark.parametrize("form", WRAPPED)
def test_whatever_a_server_puts_around_an_answer_it_is_read_at_once(form: str, tmp_path: Path) -> None:
    plain = run(answers(completion(TRUE)), tmp_path / "plain")
    with serving(answers(WRAPPED[form])) as server:
        assert run_on(server, tmp_path / "wrapped").enrichments == plain.enrichments
    assert len(server.requests) == len(STATIONS)
    assert any(found.access for item in plain.enrichments for found in item.exits)


def test_a_server_that_does_not_know_response_format_is_asked_once_and_advice_is_given(
    tmp_path: Path,
) -> None:
    unknown = failure(400, "Unrecognized request argument supplied: response_format")
    with serving(answers(unknown)) as server, pytest.raises(StageError, match="structured outputs"):
        run_on(server, tmp_path, batch_size=1)
    assert len(server.requests) == 1


@pytest.mark.parametrize("handler", [silent, endless, endless_headers])
def test_a_server_that_never_ends_is_left_in_time(handler: Handler, tmp_path: Path) -> None:
    output = run(handler, tmp_path, timeout=0.2, max_retries=0)
    assert {item.status for item in output.enrichments} == {EnrichmentStatus.PARTIAL}


@pytest.mark.parametrize("text", [ORDERS, MARKUP, json.dumps(json.loads(MARKUP))])
def test_orders_and_markup_are_no_names(text: str, tmp_path: Path) -> None:
    output = run(answers(completion(text)), tmp_path)
    assert not falsehoods(output)
    assert all(item.rejected for item in output.enrichments)


def test_words_for_access_are_no_places(tmp_path: Path) -> None:
    """The page: `Tactile guidance leads from here to the platforms.`"""
    lie = reply(landmarks=[fact("C", "Tactile guidance", "Tactile guidance leads from here")])
    output = run(answers(completion(lie)), tmp_path)
    assert not any(found.landmarks for item in output.enrichments for found in item.exits)


@pytest.mark.parametrize("status", [401, 402, 404])
@pytest.mark.parametrize("form", [failure, failure_within])
def test_what_concerns_every_station_stops_the_stage_with_one_sentence(
    status: int, form: Callable[[int], Reply], tmp_path: Path
) -> None:
    with pytest.raises(StageError) as caught:
        run(answers(form(status)), tmp_path, batch_size=1)
    assert str(status) in str(caught.value) and "\n" not in str(caught.value)
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("more", [{}, {"retry_after": "86400"}])
def test_an_allowance_that_is_used_up_leaves_the_rest_for_another_time(
    more: dict[str, str], tmp_path: Path
) -> None:
    spent = answers(completion(TRUE), completion(TRUE), failure(429, "free-models-per-day", **more))
    output = run(spent, tmp_path, batch_size=1)
    statuses = [item.status for item in output.enrichments]
    assert statuses == [EnrichmentStatus.DONE] * 2 + [EnrichmentStatus.PENDING] * (len(STATIONS) - 2)


def test_a_run_stays_within_its_requests_and_a_later_one_continues(tmp_path: Path) -> None:
    with serving(answers(completion(TRUE))) as server:
        first = run_on(server, tmp_path, batch_size=1, max_model_requests=3)
        assert len(server.requests) == 3
        second = run_on(server, tmp_path, batch_size=1, max_model_requests=3)
        assert len(server.requests) == len(STATIONS)
    statuses = [item.status for item in first.enrichments]
    assert statuses == [EnrichmentStatus.DONE] * 3 + [EnrichmentStatus.PENDING] * 2
    assert {item.status for item in second.enrichments} == {EnrichmentStatus.DONE}
