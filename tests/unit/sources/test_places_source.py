"""What ``official_places`` claims of exits, over the recorded documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mrt_pipeline.config import Secrets
from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.claims import StationClaims, SurveyingSource
from mrt_pipeline.contracts.evidence import Confidence, Method
from mrt_pipeline.contracts.network import Landmark, LandmarkKind, Station
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.source_access import SourceAccess
from mrt_pipeline.runtime.table_source import SurveyedSource
from mrt_pipeline.sources.official_places.claims import open_source
from tests.fakes.fake_time import FakeTime
from tests.unit.sources.bus_scene import AS_OF, station_at, stop_at, tables_of

BISHAN = station_at("NS17", A=(0, 0), B=(-60, -60))
BRADDELL = station_at("NS18", A=(0, 0))
INTERCHANGE = stop_at("53009", "Bishan Int", 40, origin="NS17")


@pytest.fixture
def context(tmp_path: Path) -> Iterator[RunContext]:
    access = SourceAccess(Settings(), secrets=Secrets(), cache_dir=tmp_path, now=FakeTime().now)
    yield RunContext(settings=access.settings, as_of=AS_OF, access=access)
    access.close()


def opened(context: RunContext, *stations: Station, tables: BusTables | None = None) -> SurveyedSource:
    source = open_source(context, tables or tables_of(INTERCHANGE))
    source.prepare(stations)
    source.survey(stations)
    return source


def landmarks(claims: StationClaims) -> dict[str, dict[str, Landmark]]:
    return {
        found.exit_id: {landmark.name: landmark for landmark in found.landmarks} for found in claims.exits
    }


def test_a_landmark_names_its_kind_distance_and_record(context: RunContext) -> None:
    found = landmarks(opened(context, BISHAN).claims_for(BISHAN, ()))
    landmark = found["bishan-nsl-A"]["Bishan Bus Interchange"]
    assert landmark.kind is LandmarkKind.BUS_INTERCHANGE
    assert landmark.distance_m == pytest.approx(40, abs=0.5)
    [why] = landmark.evidence["record"]
    assert (why.document_id, why.record_id, why.method) == ("lta-bus-stops", "53009", Method.GEOMETRY)
    [kind] = landmark.evidence["kind"]
    assert (kind.record_id, kind.method) == ("53009", Method.RECORD)


def test_nearness_is_never_of_high_confidence(context: RunContext) -> None:
    found = landmarks(opened(context, BISHAN, BRADDELL).claims_for(BISHAN, ()))
    trust = {landmark.confidence for by_name in found.values() for landmark in by_name.values()}
    assert trust == {Confidence.MEDIUM, Confidence.LOW}


def test_every_cited_document_is_given_and_no_other(context: RunContext) -> None:
    claims = opened(context, BISHAN).claims_for(BISHAN, ())
    cited = {
        why.document_id
        for found in claims.exits
        for landmark in found.landmarks
        for why in landmark.all_evidence()
    }
    assert set(claims.provenance) == cited
    assert "lta-bus-stops" in cited
    assert "nparks-parks" not in cited


def test_what_a_station_has_depends_on_the_others(context: RunContext) -> None:
    alone = landmarks(opened(context, BISHAN).claims_for(BISHAN, ()))
    rival = station_at("NS17", Z=(40, 0))
    rival = rival.model_copy(update={"slug": "rival"})
    beside = landmarks(opened(context, BISHAN, rival).claims_for(BISHAN, ()))
    assert "Bishan Bus Interchange" in alone["bishan-nsl-A"]
    assert "Bishan Bus Interchange" not in beside["bishan-nsl-A"]


def test_the_version_changes_only_with_the_places_of_the_station(context: RunContext) -> None:
    before = opened(context, BISHAN, BRADDELL)
    moved = stop_at("53009", "Bishan Int", 41, origin="NS17")
    after = opened(context, BISHAN, BRADDELL, tables=tables_of(moved))
    assert before.version_for(BISHAN) != after.version_for(BISHAN)
    assert before.version_for(BRADDELL) == after.version_for(BRADDELL)


def test_the_version_changes_with_a_cited_document(context: RunContext) -> None:
    tables = tables_of(INTERCHANGE)
    other = BusTables(
        type(tables.stops)(
            tables.stops.records, tables.stops.provenance.model_copy(update={"sha256": "c" * 64})
        ),
        tables.services,
    )
    before, after = opened(context, BISHAN), opened(context, BISHAN, tables=other)
    assert before.version_for(BISHAN) != after.version_for(BISHAN)


def test_documents_are_reported_as_wholes(context: RunContext) -> None:
    source = opened(context, BISHAN)
    assert isinstance(source, SurveyingSource)
    told = {finding.record_id: finding.message for finding in source.findings}
    assert "playground" in told["nparks-parks"]
    assert {finding.check for finding in source.findings} == {"place-left-out"}
    assert source.claims_for(BISHAN, ()).findings == ()
