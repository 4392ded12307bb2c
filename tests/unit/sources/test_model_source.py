"""The model's source asks about passages only, believes nothing, and pays for nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrt_pipeline.contracts.claims import Passage, StationClaims
from mrt_pipeline.contracts.evidence import Confidence, Method
from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.errors import ModelCallError
from mrt_pipeline.network import NETWORK_DOCUMENT
from mrt_pipeline.sources.openrouter.claims import MAX_QUESTION_CHARS, open_source
from tests.fakes.enrichment_sources import SeenReporter
from tests.fakes.http_server import Reply, SeenRequest
from tests.fakes.model_server import (
    answers,
    completion,
    fact,
    failure,
    question_of,
    questions,
    reply,
    serving,
)
from tests.fakes.network_builder import EXITS_DOCUMENT
from tests.fakes.prose_pages import HOUGANG, WIKI_LICENCE, YISHUN, bus_tables, facts_of
from tests.unit.sources.model_scene import make_model_context, open_model

EARLIER = (YISHUN.claims,)
TRUE = reply(
    landmarks=[fact("A", "Northpoint City", "Exit A leads to Northpoint City")],
    bus_stops=[fact("B", "59049", "Exit B is next to bus stop 59049")],
    access=[fact("D", "barrier_free", "Exit D is barrier-free")],
    platforms=[fact("A", quote="Platform A serves trains towards Jurong East", towards="Jurong East")],
)
LIFT = reply(access=[fact("A", "lift", "has a lift")])


def handing_on(*texts: str) -> tuple[StationClaims, ...]:
    passages, start = [], 0
    for text in texts:
        passages.append(Passage(document_id="wiki:x@1", licence=WIKI_LICENCE, text=text, char_start=start))
        start += len(text) + 100
    return (StationClaims(source="fandom_wiki", passages=tuple(passages)),)


def test_what_the_page_says_is_claimed_with_its_words_and_nothing_is_trusted_more_than_that(
    tmp_path: Path,
) -> None:
    with serving(answers(completion(TRUE))) as server:
        claims = open_model(server, tmp_path).claims_for(YISHUN.station, EARLIER)
    assert facts_of(claims.exits, YISHUN.station) == {
        "A: Northpoint City",
        "B: 59049",
        "D: barrier_free",
        "D: step_free yes",
        "platform A: NS1",
    }
    (landmark,) = claims.exits[0].landmarks
    (evidence,) = landmark.evidence["name"]
    assert landmark.confidence is Confidence.LOW
    assert (evidence.method, evidence.licence) == (Method.MODEL, WIKI_LICENCE)
    assert YISHUN.text[evidence.char_start : evidence.char_end] == evidence.quote
    assert not claims.rejected and not claims.findings


def test_a_question_that_is_asked_again_is_reported_to_the_reporter_of_the_run(tmp_path: Path) -> None:
    with serving(answers(failure(503), completion(TRUE))) as server:
        context = make_model_context(server, tmp_path)
        open_source(context, bus_tables()).claims_for(YISHUN.station, EARLIER)
    assert isinstance(context.reporter, SeenReporter)
    assert [note.rpartition(" Retrying")[2] for note in context.reporter.notes] == [" in 0 s."]


def test_every_document_that_is_cited_has_its_provenance(tmp_path: Path) -> None:
    with serving(answers(completion(TRUE))) as server:
        claims = open_model(server, tmp_path).claims_for(YISHUN.station, EARLIER)
    values = [
        value
        for found in claims.exits
        for value in (*found.platforms, *found.bus_stops, *found.landmarks, found.access)
        if value is not None
    ]
    cited = {item.document_id for value in values for reasons in value.evidence.values() for item in reasons}
    of_facts = {"lta-bus-stops", "lta-bus-services", NETWORK_DOCUMENT}
    assert {"wiki:yishun@1"} | of_facts == claims.provenance.keys()
    assert cited - claims.provenance.keys() == {EXITS_DOCUMENT}, "which the stations come with"


def test_a_station_without_passages_is_not_asked_about(tmp_path: Path) -> None:
    with serving(answers(completion(TRUE))) as server:
        claims = open_model(server, tmp_path).claims_for(
            YISHUN.station, (StationClaims(source="fandom_wiki"),)
        )
    assert not server.requests
    assert claims == StationClaims(source="openrouter_llm")


def test_what_the_model_makes_up_is_rejected_with_a_reason(tmp_path: Path) -> None:
    invented = reply(
        landmarks=[fact("A", "Moon Base", "Exit A leads to Moon Base")],
        bus_stops=[fact("B", "10000", "bus stop 10000")],
        access=[fact("F", "lift", "A sixth exit is planned")],
    )
    with serving(answers(completion(invented))) as server:
        claims = open_model(server, tmp_path).claims_for(YISHUN.station, EARLIER)
    assert not claims.exits
    assert [(item.source, item.value, item.reason) for item in claims.rejected] == [
        ("openrouter_llm", "Moon Base", "quote-not-in-page"),
        ("openrouter_llm", "10000", "quote-not-in-page"),
        ("openrouter_llm", "lift", "exit-unknown"),
    ]


def test_a_second_run_asks_nothing_and_claims_the_same(tmp_path: Path) -> None:
    with serving(answers(completion(TRUE))) as server:
        first = open_model(server, tmp_path).claims_for(YISHUN.station, EARLIER)
        second = open_model(server, tmp_path).claims_for(YISHUN.station, EARLIER)
    assert len(server.requests) == 1
    assert second.exits == first.exits
    assert (first.usage.calls, first.usage.cached_calls) == (1, 0)
    assert second.usage.model_dump(exclude_defaults=True) == {"cached_calls": 1}


def test_a_page_that_was_too_long_once_is_asked_in_halves_at_once_the_next_time(tmp_path: Path) -> None:
    def cut_long(request: SeenRequest) -> Reply:
        return completion("{", "length") if len(question_of(request)) > 500 else completion(reply())

    with serving(cut_long) as server:
        open_model(server, tmp_path).claims_for(YISHUN.station, EARLIER)
        asked = len(server.requests)
        open_model(server, tmp_path).claims_for(YISHUN.station, EARLIER)
    assert asked == len(server.requests) == 3


def test_a_page_whose_answers_are_always_cut_costs_few_requests_and_names_the_key_to_change(
    tmp_path: Path,
) -> None:
    page = "Exit A has a lift to the street. " * (MAX_QUESTION_CHARS // 30)
    with (
        serving(answers(completion("", "length"))) as server,
        pytest.raises(ModelCallError, match=r"is cut off\. Raise apis\.openrouter\.max_tokens"),
    ):
        open_model(server, tmp_path).claims_for(YISHUN.station, handing_on(page, page))
    assert len(server.requests) == 5


def test_an_interrupted_station_pays_only_for_what_it_did_not_get(tmp_path: Path) -> None:
    earlier = handing_on("Exit A has a lift. " + "x" * MAX_QUESTION_CHARS, "Exit B has a lift.")
    with serving(answers(completion(LIFT), failure(503), failure(503), completion(reply()))) as server:
        with pytest.raises(ModelCallError):
            open_model(server, tmp_path).claims_for(YISHUN.station, earlier)
        open_model(server, tmp_path).claims_for(YISHUN.station, earlier)
    asked = questions(server)
    assert len(asked) == len(set(asked)) + 2  # the second question was sent again, the first one was not


def test_short_passages_share_a_question_and_keep_their_positions(tmp_path: Path) -> None:
    earlier = handing_on("Exit B: nothing of note here.", "Exit A: it has a lift.")
    with serving(answers(completion(LIFT))) as server:
        claims = open_model(server, tmp_path).claims_for(YISHUN.station, earlier)
    assert len(server.requests) == 1
    assert claims.exits[0].access is not None
    (evidence,) = claims.exits[0].access.evidence["features"]
    assert evidence.char_start == len("Exit B: nothing of note here.") + 100 + len("Exit A: it ")


def test_a_part_that_is_not_answered_for_is_a_finding_and_the_rest_stands(tmp_path: Path) -> None:
    earlier = handing_on("Exit A has a lift. " + "x" * MAX_QUESTION_CHARS, "Exit B has a lift.")
    with serving(answers(completion(LIFT), completion("", "content_filter"), completion(reply()))) as server:
        claims = open_model(server, tmp_path).claims_for(YISHUN.station, earlier)
    assert facts_of(claims.exits, YISHUN.station) == {"A: lift"}
    (finding,) = claims.findings
    assert (finding.check, finding.severity, finding.slug) == (
        "model-passage-unread",
        Severity.WARNING,
        "yishun",
    )
    assert "content filter" in finding.message


def test_a_part_that_was_answered_with_nothing_keeps_the_station_from_failing(tmp_path: Path) -> None:
    earlier = handing_on("Exit A is green. " + "x" * MAX_QUESTION_CHARS, "Exit B is blue.")
    unanswered = completion("", "content_filter")
    with serving(answers(completion(reply()), unanswered, unanswered)) as server:
        claims = open_model(server, tmp_path).claims_for(YISHUN.station, earlier)
    assert not claims.exits
    assert claims.findings


def test_a_station_of_which_nothing_is_answered_fails(tmp_path: Path) -> None:
    with (
        serving(answers(completion("", "content_filter"))) as server,
        pytest.raises(ModelCallError) as caught,
    ):
        open_model(server, tmp_path).claims_for(YISHUN.station, EARLIER)
    assert not caught.value.fatal and not caught.value.retryable


def test_the_version_is_that_of_the_question_and_not_of_the_station(tmp_path: Path) -> None:
    with serving(answers(completion(TRUE))) as server:
        source = open_model(server, tmp_path)
        assert source.version_for(YISHUN.station) == source.version_for(HOUGANG.station)
        other = open_model(server, tmp_path, timeout=7)
        assert other.version_for(YISHUN.station) == source.version_for(YISHUN.station)
    assert not server.requests


def test_requests_and_cost_count_also_where_they_were_in_vain(tmp_path: Path) -> None:
    with serving(answers(failure(503))) as server:
        source = open_model(server, tmp_path)
        with pytest.raises(ModelCallError):
            source.claims_for(YISHUN.station, EARLIER)
    assert source.requests_made == source.spent.calls == len(server.requests) == 2


def test_no_more_requests_are_sent_than_a_run_may_send(tmp_path: Path) -> None:
    with serving(answers(completion(TRUE))) as server:
        source = open_model(server, tmp_path, max_model_requests=1)
        source.claims_for(YISHUN.station, EARLIER)
        with pytest.raises(ModelCallError, match=r"max_model_requests \(1\) is reached"):
            source.claims_for(HOUGANG.station, (HOUGANG.claims,))
    assert len(server.requests) == 1
