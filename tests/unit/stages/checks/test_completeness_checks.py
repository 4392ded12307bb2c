from __future__ import annotations

from datetime import date

import pytest

from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.fields import COVERED
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.network import Station, StationStatus
from mrt_pipeline.contracts.outputs import FeatureOutcome, Stage3Output
from mrt_pipeline.stages.checks import check_completeness, check_features
from tests.fakes.network_builder import (
    AS_OF,
    SMALL_NETWORK,
    make_account,
    make_dataset,
    make_station,
    open_stations,
)

SETTINGS = Settings(expected_stations=3, expected_lines=3)
AFTER_KEPPEL = date(2026, 7, 12)
YISHUN, BISHAN, SENJA = open_stations()


def _check(dataset: Stage3Output, settings: Settings = SETTINGS, today: date = AS_OF) -> list[Finding]:
    return list(check_completeness(dataset, SMALL_NETWORK, settings, today))


def _errors(dataset: Stage3Output, settings: Settings = SETTINGS) -> dict[str, str]:
    found = _check(dataset, settings)
    return {item.check: item.message for item in found if item.severity is Severity.ERROR}


def test_a_complete_dataset_has_no_finding_but_its_coverage() -> None:
    assert {finding.check for finding in _check(make_dataset())} == {"field-coverage"}


def test_a_missing_station_is_named_with_its_codes() -> None:
    found = _errors(make_dataset(YISHUN, SENJA))
    assert "bishan (NS17, CC15)" in found["station-missing"]
    assert "CCL" in found["line-missing"]
    assert "2 stations; expected_stations says 3" in found["expected-stations"]
    assert "2 lines; expected_lines says 3" in found["expected-lines"]


def test_a_station_that_is_not_open_yet_is_an_error() -> None:
    keppel = make_station(SMALL_NETWORK, "keppel")
    found = _errors(make_dataset(*open_stations(), keppel))
    assert "Keppel (CC30)" in found["station-not-open"]
    assert "station-codes" not in found


def test_an_open_station_that_calls_itself_future_is_an_error() -> None:
    found = _errors(make_dataset(make_station(SMALL_NETWORK, "yishun", status=StationStatus.FUTURE)))
    assert "Yishun (NS13) is future" in found["station-not-open"]


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        (("NS17",), "missing: CC15; extra: none"),
        (("NS17", "CC15", "CC99"), "missing: none; extra: CC99"),
        ((), "has no code"),
    ],
)
def test_codes_other_than_those_in_operation_are_named(codes: tuple[str, ...], told: str) -> None:
    bishan = make_station(SMALL_NETWORK, "bishan", mrt_codes=codes)
    assert told in _errors(make_dataset(YISHUN, bishan, SENJA))["station-codes"]


def test_a_line_that_is_not_in_operation_is_an_error() -> None:
    yishun = make_station(SMALL_NETWORK, "yishun", lines=("NSL", "JRL"))
    assert "JRL" in _errors(make_dataset(yishun, BISHAN, SENJA))["line-not-open"]


def test_a_wrong_expected_number_says_which_key_to_set() -> None:
    found = _errors(make_dataset(), Settings(expected_stations=187, expected_lines=3))
    assert list(found) == ["expected-stations"]
    assert "set expected_stations to 3" in found["expected-stations"]


@pytest.mark.parametrize(
    ("as_of", "today", "compared"),
    [
        (AS_OF, AS_OF, True),
        (AFTER_KEPPEL, date(2026, 11, 23), True),
        (AS_OF, AFTER_KEPPEL, False),
        (AFTER_KEPPEL, AS_OF, False),
    ],
)
def test_expected_counts_hold_only_for_the_network_of_the_present_day(
    as_of: date, today: date, compared: bool
) -> None:
    dataset = make_dataset(*open_stations(as_of=as_of), as_of=as_of)
    found = {finding.check for finding in _check(dataset, Settings(expected_stations=99), today)}
    assert ("expected-stations" in found) is compared
    assert ("expected-counts-of-another-day" in found) is not compared


def test_a_station_without_any_exit_is_an_error() -> None:
    yishun = make_station(SMALL_NETWORK, "yishun", exits=())
    assert "Yishun (NS13)" in _errors(make_dataset(yishun, BISHAN, SENJA))["station-without-exit"]


@pytest.mark.parametrize("outcome", [FeatureOutcome.KEPT, FeatureOutcome.MERGED])
def test_a_feature_whose_exit_is_not_published_is_named_by_its_record(outcome: FeatureOutcome) -> None:
    account = make_account(YISHUN.exits[0], record_id="417", exit_id="yishun-nsl-Z", outcome=outcome)
    [finding] = check_features([account], [])
    assert finding.check == "feature-without-exit"
    assert finding.record_id == "lta-station-exits:417"
    assert "yishun-nsl-Z" in finding.message


@pytest.mark.parametrize("copies", [0, 2])
def test_an_exit_is_exactly_one_kept_feature(copies: int) -> None:
    accounts = [make_account(YISHUN.exits[0])] * copies
    [finding] = check_features(accounts, [YISHUN])
    assert (finding.check, finding.exit_id) == ("exit-not-one-feature", "yishun-nsl-A")
    assert f"is {copies} kept features" in finding.message


def test_features_merged_or_set_apart_need_no_exit_of_their_own() -> None:
    exit_a = YISHUN.exits[0]
    accounts = [
        make_account(exit_a),
        make_account(exit_a, outcome=FeatureOutcome.MERGED),
        make_account(exit_a, outcome=FeatureOutcome.SET_APART, exit_id=None),
    ]
    assert list(check_features(accounts, [YISHUN])) == []


def test_coverage_is_reported_for_each_field() -> None:
    stations: tuple[Station, ...] = (YISHUN, BISHAN, SENJA)
    told = [finding for finding in _check(make_dataset(*stations)) if finding.check == "field-coverage"]
    assert told[0].message == "platforms: 0 of 4 exits (0.0%)."
    assert [finding.field for finding in told] == [field.name for field in COVERED]
