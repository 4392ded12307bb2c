from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.network import Station, StationNames
from mrt_pipeline.contracts.outputs import EnrichmentStatus, ExitEnrichment, ModelUsage
from mrt_pipeline.errors import BlockedError, FetchError, ModelCallError, SourceError, SourceFormatError
from mrt_pipeline.runtime.table_source import TableSource
from mrt_pipeline.stages.enrichment.circuit_breaker import CircuitBreaker, Outcome, enrich_station
from tests.fakes.enrichment_sources import LandmarkSource, SurveyingLandmarkSource
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    cited,
    make_platform,
    make_trains,
    open_stations,
    station_platform,
)

YISHUN, BISHAN, SENJA = open_stations()
NS13, NS17, *_ = SMALL_NETWORK.codes
AS_OF = date(2026, 11, 23)
NO_PAGE = SourceFormatError("fandom_wiki", "the page has no text.")


def _enrich(*sources: LandmarkSource) -> Outcome:
    return enrich_station(YISHUN, [CircuitBreaker(source) for source in sources], AS_OF)


def _names(outcome: Outcome) -> list[str]:
    return [mark.name for found in outcome.enrichment.exits for mark in found.landmarks]


def test_all_sources_are_asked_in_order_and_united() -> None:
    outcome = _enrich(LandmarkSource("network"), LandmarkSource("fandom_wiki"))
    assert outcome.enrichment.status is EnrichmentStatus.DONE
    assert _names(outcome) == ["fandom_wiki yishun-nsl-A v1", "network yishun-nsl-A v1"]
    assert {"fandom_wiki:yishun", "network:yishun"} <= outcome.enrichment.provenance.keys()


@pytest.mark.parametrize("error", [NO_PAGE, ModelCallError("The model gave no usable answer.")])
def test_a_source_that_fails_leaves_the_values_of_the_others(error: SourceError | ModelCallError) -> None:
    failing = LandmarkSource("fandom_wiki", errors={"yishun": error})
    outcome = _enrich(LandmarkSource("lta_datamall"), failing, LandmarkSource("network"))
    assert outcome.enrichment.status is EnrichmentStatus.PARTIAL
    assert outcome.enrichment.failures == {"fandom_wiki": str(error)}
    assert _names(outcome) == ["lta_datamall yishun-nsl-A v1", "network yishun-nsl-A v1"]


def test_a_station_for_which_every_source_fails_has_failed_and_still_names_its_exits() -> None:
    outcome = _enrich(LandmarkSource(errors={"yishun": NO_PAGE}))
    assert outcome.enrichment.status is EnrichmentStatus.FAILED
    assert [found.exit_id for found in outcome.enrichment.exits] == ["yishun-nsl-A"]


def test_a_source_sees_what_those_before_it_said_and_nothing_of_those_that_failed() -> None:
    seen: list[list[str]] = []

    class Looking(LandmarkSource):
        def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
            seen.append([claim.source for claim in earlier])
            return super().claims_for(station, earlier)

    failing = LandmarkSource("fandom_wiki", errors={"yishun": NO_PAGE})
    _enrich(LandmarkSource("network"), failing, Looking("openrouter_llm"))
    assert seen == [["network"]]


def test_the_first_source_that_gives_names_of_a_station_names_it() -> None:
    def naming(source: str, name: str | None) -> CircuitBreaker:
        names = name and StationNames(zh_hans=name, evidence=cited())
        return CircuitBreaker(
            TableSource(source, "1", lambda _: StationClaims(source=source, names=names or None))
        )

    breakers = [naming("network", None), naming("mrtdown", "义顺"), naming("fandom_wiki", "義順")]
    names = enrich_station(YISHUN, breakers, AS_OF).enrichment.names
    assert names is not None
    assert names.zh_hans == "义顺"
    assert enrich_station(YISHUN, breakers[:1], AS_OF).enrichment.names is None


def test_the_first_source_that_gives_trains_gives_them_at_platforms_that_the_station_has() -> None:
    way = make_platform(NS13, NS17)
    here, elsewhere = station_platform(NS13, NS17), station_platform(NS17, NS13)
    found = ExitEnrichment(exit_id=YISHUN.exits[0].exit_id, platforms=(way,))

    def saying(source: str, **said: Any) -> CircuitBreaker:
        claims = StationClaims(source=source, **said)
        return CircuitBreaker(TableSource(source, "1", lambda _: claims))

    breakers = [
        saying("network", exits=(found,)),
        saying("mrtdown", trains=(make_trains(here), make_trains(elsewhere))),
        saying("other", trains=(make_trains(here, last_train="00:16"),)),
    ]
    [times] = enrich_station(YISHUN, breakers, AS_OF).enrichment.trains
    assert (times.platform_id, times.last_train) == (here.platform_id, "00:31")
    assert enrich_station(YISHUN, breakers[1:], AS_OF).enrichment.trains == ()


def test_usage_and_rejections_of_all_sources_are_added_up() -> None:
    one = LandmarkSource("network", usage=ModelUsage(calls=1, prompt_tokens=5, cost_usd=0.5), rejects=["a"])
    two = LandmarkSource("openrouter_llm", usage=ModelUsage(calls=2, cached_calls=1), rejects=["b", "b"])
    outcome = _enrich(one, two)
    assert outcome.usage == ModelUsage(calls=3, cached_calls=1, prompt_tokens=5, cost_usd=0.5)
    assert [claim.reason for claim in outcome.enrichment.rejected] == ["a", "b", "b"]


def test_a_bug_in_a_source_is_not_hidden() -> None:
    with pytest.raises(KeyError):
        _enrich(LandmarkSource(errors={"yishun": KeyError("bug")}))


def test_a_fatal_error_says_nothing_about_the_station_and_ends_all_asking() -> None:
    fatal = ModelCallError("The key is refused.", fatal=True, status=401)
    source = LandmarkSource("openrouter_llm", errors={"yishun": fatal})
    breaker = CircuitBreaker(source)
    for station in (YISHUN, BISHAN):
        with pytest.raises(ModelCallError, match="key is refused") as caught:
            enrich_station(station, [breaker], AS_OF)
        assert caught.value.fatal
    assert source.asked == ["yishun"]
    assert (breaker.is_closed, breaker.why_closed) == (True, "The key is refused.")


@pytest.mark.parametrize(
    ("error", "asked"),
    [
        (BlockedError("fandom_wiki", "answered 403.", status=403), 5),
        (FetchError("fandom_wiki", "did not answer.", retryable=True), 5),
        (FetchError("fandom_wiki", "has no such page.", status=404), 10),
    ],
)
def test_a_source_that_refuses_again_and_again_is_left_alone(error: FetchError, asked: int) -> None:
    source = LandmarkSource("fandom_wiki", errors={"yishun": error})
    breaker = CircuitBreaker(source)
    outcomes = [enrich_station(YISHUN, [breaker], AS_OF) for _ in range(10)]
    assert len(source.asked) == asked
    assert {tuple(outcome.enrichment.failures.values()) for outcome in outcomes} == {(str(error),)}


def test_an_answer_between_refusals_restarts_the_count() -> None:
    source = LandmarkSource("fandom_wiki", errors={"yishun": BlockedError("fandom_wiki", "answered 403.")})
    breaker = CircuitBreaker(source)
    for _ in range(4):
        for station in (YISHUN, YISHUN, YISHUN, BISHAN):
            enrich_station(station, [breaker], AS_OF)
    assert not breaker.is_closed
    assert len(source.asked) == 16


def test_a_source_that_cannot_be_prepared_is_not_asked_and_has_no_known_version() -> None:
    source = LandmarkSource("fandom_wiki", prepare_error=BlockedError("fandom_wiki", "answered 403."))
    breaker = CircuitBreaker(source)
    assert breaker.version_for(SENJA) == "1"
    breaker.prepare([SENJA], [SENJA])
    assert breaker.version_for(SENJA) is None
    outcome = enrich_station(SENJA, [breaker], AS_OF)
    assert outcome.enrichment.failures == {"fandom_wiki": "fandom_wiki: answered 403."}
    assert source.asked == []


def test_a_fatal_error_of_a_preparation_comes_out() -> None:
    fatal = ModelCallError("There is no such model.", fatal=True, status=404)
    with pytest.raises(ModelCallError, match="no such model"):
        CircuitBreaker(LandmarkSource(prepare_error=fatal)).prepare([SENJA], [SENJA])


def test_a_source_that_could_not_be_prepared_is_not_shown_all_stations() -> None:
    source = SurveyingLandmarkSource("network", prepare_error=BlockedError("network", "answered 403."))
    CircuitBreaker(source).prepare([SENJA], [SENJA, YISHUN])
    assert source.surveyed == []


class LocalLandmarkSource(LandmarkSource):
    """Covers Yishun alone."""

    def covers(self, station: Station) -> bool:
        return station.slug == "yishun"


def test_a_source_that_cannot_be_asked_has_failed_only_for_stations_that_it_covers() -> None:
    refusal = FetchError("sbs-station-pages", "no answer", retryable=True)
    breaker = CircuitBreaker(LocalLandmarkSource("sbs_transit", prepare_error=refusal))
    breaker.prepare([YISHUN, BISHAN], [YISHUN, BISHAN])
    assert enrich_station(YISHUN, [breaker], AS_OF).enrichment.failures == {"sbs_transit": str(refusal)}
    beyond = enrich_station(BISHAN, [breaker], AS_OF).enrichment
    assert (beyond.status, beyond.failures) == (EnrichmentStatus.DONE, {})
    assert _names(enrich_station(BISHAN, [CircuitBreaker(LocalLandmarkSource("sbs_transit"))], AS_OF)) != []
