from __future__ import annotations

import pytest

from mrt_pipeline.contracts.evidence import EvidenceMap, Published, walk_published
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import ExitAccess, Landmark, Platform, StationCode, StationExit, StepFree
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.stages.checks.sanity import check_citations
from tests.fakes.network_builder import (
    EXITS_DOCUMENT,
    SMALL_NETWORK,
    cited,
    links_to,
    make_bus_stop,
    make_dataset,
    make_exit,
    make_station,
    provenance,
    station_platform,
)

NS13, NS17, *_ = SMALL_NETWORK.codes
PLATFORM = station_platform(NS13, NS17)


def _full_exit(evidence: EvidenceMap) -> StationExit:
    """Return an exit on which one record of each kind hangs, each with the given evidence."""
    found = make_exit(NS13)
    return found.model_copy(
        update={
            "platforms": links_to(PLATFORM),
            "bus_stops": (make_bus_stop(found, evidence=evidence),),
            "access": ExitAccess(step_free=StepFree.YES, evidence=evidence),
            "landmarks": (Landmark(name="Northpoint City", evidence=evidence),),
        }
    )


def _dataset(evidence: EvidenceMap) -> Stage3Output:
    platform = PLATFORM.model_copy(update={"evidence": evidence})
    exits = (_full_exit(evidence),)
    return make_dataset(make_station(SMALL_NETWORK, "yishun", exits=exits, platforms=(platform,)))


def _findings(evidence: EvidenceMap) -> list[Finding]:
    return list(check_citations(_dataset(evidence)))


def test_values_that_cite_known_documents_give_no_finding() -> None:
    assert _findings(cited()) == []


def test_a_document_that_is_not_in_provenance_is_reported_once_with_the_number_of_values() -> None:
    [finding] = _findings(cited(document_id="a-blog"))
    assert (finding.check, finding.record_id, finding.slug) == (
        "evidence-without-document",
        "a-blog",
        "yishun",
    )
    assert "cited 4 times" in finding.message


def test_a_licence_other_than_the_documents_own_is_reported() -> None:
    [finding] = _findings(cited(licence="CC-BY-SA-3.0"))
    assert finding.check == "evidence-under-other-licence"
    assert "CC-BY-SA-3.0; its licence is SODL-1.0" in finding.message


def test_future_stations_must_cite_known_documents_too() -> None:
    keppel = make_station(SMALL_NETWORK, "keppel", evidence=cited(document_id="a-blog"))
    [finding] = check_citations(make_dataset(future_stations=(keppel,)))
    assert finding.slug == "keppel"


def test_documents_that_are_not_cited_are_no_fault() -> None:
    unused = {EXITS_DOCUMENT: provenance(), "unused": provenance("unused")}
    assert list(check_citations(make_dataset(provenance=unused))) == []


@pytest.mark.parametrize("kind", [StationCode, StationExit, Platform, ExitAccess, Landmark])
def test_the_walk_comes_to_every_kind_of_record(kind: type[Published]) -> None:
    [station] = _dataset(cited()).stations
    assert any(isinstance(record, kind) for record in walk_published(station))
    assert len(list(walk_published(station))) == 8
