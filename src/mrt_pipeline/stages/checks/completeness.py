"""Check completeness: exactly the stations, codes, lines and exits for the date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.fields import measure_coverage
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station, StationStatus
from mrt_pipeline.contracts.outputs import FeatureAccount, FeatureOutcome, Stage3Output
from mrt_pipeline.network import CodeEntry, Network

COVERAGE = "field-coverage"
OpenCodes = dict[str, tuple[CodeEntry, ...]]


def check_completeness(
    dataset: Stage3Output, network: Network, settings: Settings, today: date
) -> Iterator[Finding]:
    """Yield what the dataset lacks, or has too much of, for its date.

    Args:
        dataset: the merged dataset.
        network: the network table, which has the codes in operation on any date.
        settings: ``expected_stations`` and ``expected_lines`` apply to the network of ``today``.
        today: the date of the check.
    """
    expected = network.open_codes(dataset.metadata.as_of)
    yield from _check_stations(dataset.stations, expected)
    yield from _check_codes(dataset.stations, expected)
    yield from _check_lines(dataset.stations, expected)
    if _codes_of(expected) == _codes_of(network.open_codes(today)):
        yield from _check_counts(dataset.stations, settings)
    else:
        yield _counts_not_compared(dataset.metadata.as_of, today)
    yield from _check_exits(dataset.stations)
    yield from report_coverage(dataset.stations)


def check_features(features: Iterable[FeatureAccount], stations: Iterable[Station]) -> Iterator[Finding]:
    """Yield each feature of the exits file whose exit is not published, and each exit without one feature."""
    published = {found.exit_id: station.slug for station in stations for found in station.exits}
    kept: Counter[str] = Counter()
    for feature in features:
        if feature.outcome is FeatureOutcome.SET_APART:
            continue
        if feature.exit_id not in published:
            yield _feature_lost(feature)
        elif feature.outcome is FeatureOutcome.KEPT:
            kept[feature.exit_id] += 1
    for exit_id, slug in published.items():
        if kept[exit_id] != 1:
            yield finding_of(
                "exit-not-one-feature",
                f"{exit_id} is {kept[exit_id]} kept features of the exits file; expected exactly 1. "
                "Look at the account of features in the checkpoint of stage 1.",
                slug=slug,
                exit_id=exit_id,
            )


def report_coverage(stations: tuple[Station, ...]) -> Iterator[Finding]:
    """Yield the number of exits that have a value, for each field."""
    for field, measured in measure_coverage(stations).items():
        yield finding_of(
            COVERAGE,
            f"{field}: {measured.filled} of {measured.total} exits ({measured.share:.1%}).",
            field=field,
        )


def _feature_lost(feature: FeatureAccount) -> Finding:
    return finding_of(
        "feature-without-exit",
        f"OBJECTID {feature.record_id} ({feature.station_na}, {feature.exit_code}) was "
        f"{feature.outcome.value} as {feature.exit_id}, which is not in the dataset; no exit may be dropped.",
        exit_id=feature.exit_id,
        record_id=f"lta-station-exits:{feature.record_id}",
    )


def _check_stations(stations: tuple[Station, ...], expected: OpenCodes) -> Iterator[Finding]:
    found = {station.slug for station in stations}
    for slug in sorted(expected.keys() - found):
        codes = ", ".join(entry.station_code for entry in expected[slug])
        message = f"{slug} ({codes}) is in operation, but not in the dataset."
        yield finding_of("station-missing", message, slug=slug)
    for station in stations:
        if station.slug not in expected or station.status is not StationStatus.OPERATIONAL:
            yield finding_of(
                "station-not-open",
                f"{station.name} ({', '.join(station.mrt_codes)}) is {station.status.value} and is among "
                "the stations, but the network table has no code of it in operation; move it to "
                "future_stations, or add its opening date to the table.",
                slug=station.slug,
            )


def _check_codes(stations: tuple[Station, ...], expected: OpenCodes) -> Iterator[Finding]:
    for station in stations:
        wanted = [entry.station_code for entry in expected.get(station.slug, ())]
        missing = [code for code in wanted if code not in station.mrt_codes]
        extra = [code for code in station.mrt_codes if code not in wanted]
        if wanted and (missing or extra):
            yield finding_of(
                "station-codes",
                f"{station.name} has {', '.join(station.mrt_codes) or 'no code'}; the codes in operation are "
                f"{', '.join(wanted)} (missing: {', '.join(missing) or 'none'}; "
                f"extra: {', '.join(extra) or 'none'}).",
                slug=station.slug,
            )


def _check_lines(stations: tuple[Station, ...], expected: OpenCodes) -> Iterator[Finding]:
    found = _lines_of(stations)
    wanted = {entry.line_code for entries in expected.values() for entry in entries}
    for line in sorted(wanted - found):
        yield finding_of(
            "line-missing", f"No station of {line} is in the dataset, but the line is in operation."
        )
    for line in sorted(found - wanted):
        yield finding_of("line-not-open", f"{line} is in the dataset, but no code on it is in operation.")


def _check_counts(stations: tuple[Station, ...], settings: Settings) -> Iterator[Finding]:
    for check, what, number, expected in (
        ("expected-stations", "stations", len(stations), settings.expected_stations),
        ("expected-lines", "lines", len(_lines_of(stations)), settings.expected_lines),
    ):
        if number != expected:
            yield finding_of(
                check,
                f"The dataset has {number} {what}; expected_{what} says {expected}. If the network has "
                f"changed, set expected_{what} to {number} in the configuration; if it has not, look for the "
                "cause in the other findings.",
            )


def _counts_not_compared(as_of: date, today: date) -> Finding:
    return finding_of(
        "expected-counts-of-another-day",
        f"expected_stations and expected_lines count the network of {today}; other codes were in "
        f"operation on {as_of}, so that the dataset was compared with the network table only.",
    )


def _check_exits(stations: tuple[Station, ...]) -> Iterator[Finding]:
    for station in stations:
        if not station.exits:
            yield finding_of(
                "station-without-exit",
                f"{station.name} ({station.station_id}) has no exits; expected at least one. Look for them "
                "in the exits file under the station's name and codes.",
                slug=station.slug,
            )


def _codes_of(codes: OpenCodes) -> set[str]:
    return {entry.station_code for entries in codes.values() for entry in entries}


def _lines_of(stations: Iterable[Station]) -> set[str]:
    return {line for station in stations for line in station.lines}
