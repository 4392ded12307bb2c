from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.contracts.network import (
    ExitAccess,
    Landmark,
    LinkedExit,
    Station,
    StationExit,
    StationNames,
    StepFree,
)
from mrt_pipeline.contracts.outputs import Stage1Output, Stage2Output, StationEnrichment
from mrt_pipeline.stages.stage3_merger import Merged, merge
from tests.fakes.network_builder import (
    EXITS_DOCUMENT,
    NOW,
    SMALL_NETWORK,
    cited,
    enrich_nothing,
    links_to,
    make_bus_stop,
    make_enrichment,
    make_stage1,
    make_stage2,
    open_stations,
    provenance,
    station_platform,
)

NS13, NS17, *_ = SMALL_NETWORK.codes
STATIONS = open_stations()
EXITS = tuple(found for station in STATIONS for found in station.exits)
YISHUN_A = EXITS[0]
PLATFORM = station_platform(NS13, NS17)


def _enriched(slug: str, *exits: LinkedExit) -> StationEnrichment:
    """Return the enrichment of a station with one platform."""
    return make_enrichment(slug, *exits, platforms=(PLATFORM,))


def _enrichment(found: StationExit) -> LinkedExit:
    return LinkedExit(
        exit_id=found.exit_id,
        platforms=links_to(PLATFORM),
        bus_stops=(make_bus_stop(found),),
        access=ExitAccess(step_free=StepFree.YES, evidence=cited()),
        landmarks=(Landmark(name="Northpoint City", evidence=cited()),),
    )


def _merge(stage2: Stage2Output, stage1: Stage1Output | None = None) -> Merged:
    return merge(stage1 or make_stage1(), stage2)


def _published(merged: Merged, exit_id: str) -> StationExit:
    return next(found for station in merged.stations for found in station.exits if found.exit_id == exit_id)


def test_what_stage_2_found_hangs_on_its_exit_and_on_no_other() -> None:
    enrichment = _enrichment(YISHUN_A)
    merged = _merge(make_stage2(_enriched("yishun", enrichment)))
    found = _published(merged, YISHUN_A.exit_id)
    for field in ("platforms", "bus_stops", "access", "landmarks"):
        assert getattr(found, field) == getattr(enrichment, field)
    assert merged.stations[0].platforms == (PLATFORM,)
    assert merged.stations[1:] == STATIONS[1:]


def test_a_station_bears_the_names_that_stage_2_found_and_no_other_does() -> None:
    names = StationNames(zh_hans="义顺", evidence=cited())
    merged = _merge(make_stage2(make_enrichment("yishun").model_copy(update={"names": names})))
    assert {station.slug: station.names for station in merged.stations} == {
        "yishun": names,
        "bishan": None,
        "senja": None,
    }


def test_what_stage_1_says_of_an_exit_is_kept() -> None:
    merged = _merge(make_stage2(_enriched("yishun", _enrichment(YISHUN_A))))
    found = _published(merged, YISHUN_A.exit_id)
    assert (
        found.model_copy(update={"platforms": (), "bus_stops": (), "access": None, "landmarks": ()})
        == YISHUN_A
    )


def test_exits_that_stage_2_left_out_keep_empty_fields_and_are_named_per_station() -> None:
    merged = _merge(make_stage2(*enrich_nothing(STATIONS[:1])))
    assert merged.stations == STATIONS
    assert [(finding.check, finding.slug) for finding in merged.findings] == [
        ("exit-not-enriched", "bishan"),
        ("exit-not-enriched", "senja"),
    ]
    assert "bishan-nsl-A, bishan-ccl-A" in merged.findings[0].message


def test_an_enrichment_for_no_known_exit_is_an_error() -> None:
    stray = make_enrichment("yishun", LinkedExit(exit_id="yishun-nsl-Z"))
    merged = _merge(make_stage2(*enrich_nothing(STATIONS), stray))
    [finding] = merged.findings
    assert (finding.check, finding.severity) == ("enrichment-of-unknown-exit", Severity.ERROR)
    assert (finding.exit_id, finding.slug) == ("yishun-nsl-Z", "yishun")


def test_the_first_of_two_enrichments_of_one_exit_is_kept_and_the_second_is_an_error() -> None:
    first = _enriched("yishun", _enrichment(YISHUN_A))
    merged = _merge(make_stage2(first, *enrich_nothing(STATIONS)))
    assert [finding.check for finding in merged.findings] == ["exit-enriched-twice"]
    assert merged.findings[0].severity is Severity.ERROR
    assert _published(merged, YISHUN_A.exit_id).bus_stops
    assert merged.stations[0].platforms == (PLATFORM,)


def test_documents_of_both_stages_and_of_single_stations_are_united_in_order() -> None:
    page = {"wiki:Yishun@7": provenance("wiki:Yishun@7")}
    yishun, *others = enrich_nothing(STATIONS)
    stage2 = make_stage2(
        yishun.model_copy(update={"provenance": page}),
        *others,
        provenance={"lta-bus-stops": provenance("lta-bus-stops"), EXITS_DOCUMENT: provenance()},
    )
    merged = _merge(stage2)
    assert list(merged.provenance) == ["lta-bus-stops", EXITS_DOCUMENT, "wiki:Yishun@7"]
    assert merged.findings == ()


@pytest.mark.parametrize(("sha256", "checks"), [("a" * 64, []), ("b" * 64, ["document-changed"])])
def test_a_document_that_changed_between_two_readings_is_reported(sha256: str, checks: list[str]) -> None:
    later = provenance(retrieved_at=NOW + timedelta(hours=1), sha256=sha256)
    merged = _merge(make_stage2(*enrich_nothing(STATIONS), provenance={EXITS_DOCUMENT: later}))
    assert [finding.check for finding in merged.findings] == checks
    assert merged.provenance[EXITS_DOCUMENT] == provenance()


@given(st.permutations(STATIONS), st.sets(st.sampled_from([found.exit_id for found in EXITS])))
def test_stations_do_not_depend_on_the_order_of_enrichments(order: list[Station], enriched: set[str]) -> None:
    enrichments = (
        _enriched(station.slug, *(_enrichment(found) for found in station.exits if found.exit_id in enriched))
        for station in order
    )
    merged = _merge(make_stage2(*enrichments))
    assert [station.slug for station in merged.stations] == [station.slug for station in STATIONS]
    filled = {found.exit_id for station in merged.stations for found in station.exits if found.bus_stops}
    assert filled == enriched


def test_merging_again_what_was_merged_changes_nothing() -> None:
    stage2 = make_stage2(*enrich_nothing(STATIONS[1:]), _enriched("yishun", _enrichment(YISHUN_A)))
    once = _merge(stage2)
    assert _merge(stage2, make_stage1(once.stations)) == once
