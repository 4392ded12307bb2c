"""What the page shows of a network that is too large for it."""

from __future__ import annotations

import pytest

from mrt_pipeline.compare.comparison import compare_datasets
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.report import selection
from mrt_pipeline.report.selection import select
from tests.fakes.network_builder import make_dataset, open_stations, provenance

STATIONS = open_stations()
SLUGS = [station.slug for station in STATIONS]


def _finding(slug: str | None, severity: Severity, message: str = "Odd.") -> Finding:
    return Finding(check="exit-label-shared", severity=severity, message=message, slug=slug)


def _shown(dataset: Stage3Output, old: Stage3Output | None = None) -> list[str]:
    comparison = compare_datasets(old, dataset) if old is not None else None
    return [station.slug for station in select(dataset, comparison).stations]


@pytest.fixture
def room_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "MAX_STATIONS", 1)


def test_a_network_that_fits_is_shown_whole() -> None:
    dataset = make_dataset(findings=(_finding(None, Severity.INFO), _finding(SLUGS[1], Severity.ERROR)))
    shown = select(dataset, None)
    assert shown.stations == dataset.stations
    assert [finding.severity for finding in shown.findings] == [Severity.ERROR, Severity.INFO]
    assert shown.documents == dataset.provenance


@pytest.mark.usefixtures("room_for_one")
def test_without_anything_to_review_the_first_stations_are_shown() -> None:
    assert _shown(make_dataset()) == SLUGS[:1]


@pytest.mark.usefixtures("room_for_one")
def test_a_station_with_a_warning_comes_before_others() -> None:
    findings = (_finding(SLUGS[0], Severity.INFO), _finding(SLUGS[2], Severity.WARNING))
    assert _shown(make_dataset(findings=findings)) == [SLUGS[2]]


@pytest.mark.usefixtures("room_for_one")
def test_a_changed_station_comes_before_one_with_a_warning() -> None:
    changed = STATIONS[1].model_copy(update={"name": "Another name"})
    new = make_dataset(STATIONS[0], changed, STATIONS[2], findings=(_finding(SLUGS[2], Severity.WARNING),))
    assert _shown(new, make_dataset()) == [SLUGS[1]]


@pytest.mark.usefixtures("room_for_one")
def test_a_station_with_an_error_comes_before_a_changed_one() -> None:
    changed = STATIONS[1].model_copy(update={"name": "Another name"})
    new = make_dataset(STATIONS[0], changed, STATIONS[2], findings=(_finding(SLUGS[2], Severity.ERROR),))
    assert _shown(new, make_dataset()) == [SLUGS[2]]


def test_stations_are_shown_in_the_order_of_the_dataset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "MAX_STATIONS", 2)
    assert _shown(make_dataset(findings=(_finding(SLUGS[2], Severity.ERROR),))) == [SLUGS[0], SLUGS[2]]


@pytest.mark.usefixtures("room_for_one")
def test_only_documents_that_the_shown_stations_cite_are_listed() -> None:
    cited = {station.evidence["record"][0].document_id for station in STATIONS}
    documents = {name: provenance(name) for name in (*cited, "of-nobody")}
    assert set(select(make_dataset(provenance=documents), None).documents) == cited


def test_of_many_findings_the_gravest_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "MAX_FINDINGS", 2)
    findings = tuple(
        _finding(None, severity, f"{severity}.")
        for severity in (Severity.INFO, Severity.WARNING, Severity.ERROR)
    )
    shown = select(make_dataset(findings=findings), None).findings
    assert [finding.severity for finding in shown] == [Severity.ERROR, Severity.WARNING]
