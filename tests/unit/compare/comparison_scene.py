"""A line that becomes a ring: the day before, and the day after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from mrt_pipeline.compare.comparison import compare_datasets
from mrt_pipeline.contracts.comparison import Comparison
from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.contracts.network import Platform, Station, StationExit
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.network import CodeEntry, Direction, Line, Network, Service
from tests.fakes.network_builder import cited, code_entry, links_to, make_dataset, make_station

OPENING = date(2026, 7, 12)
BEFORE = date(2026, 7, 11)
AFTER = date(2026, 7, 13)
ROWS = ("bayfront", "marina-bay", "promenade", "keppel", "nowhere")


def _entry(code: str, slug: str, opened: date | None = date(2000, 1, 1), **changes: Any) -> CodeEntry:
    row = ROWS.index(slug)
    return replace(code_entry(code, slug, "CCL", (1.28 + row / 100, 103.85), opened), **changes)


RING_NETWORK = Network(
    lines=(
        Line("CCL", "Circle Line", "mrt", ("CC", "CE"), "#FA9E0D"),
        Line("DTL", "Downtown Line", "mrt", ("DT",), "#005EC4"),
    ),
    names={slug: slug.replace("-", " ").title() for slug in ROWS},
    codes=(
        _entry("CC4", "promenade"),
        _entry("CC30", "keppel", OPENING),
        _entry("CC33", "marina-bay", OPENING),
        _entry("CC34", "bayfront", OPENING),
        _entry("CE1", "bayfront", closed_date=OPENING, renumbered_to="CC34"),
        _entry("CE2", "marina-bay", closed_date=OPENING, renumbered_to="CC33"),
        _entry("CC99", "nowhere", None),
        replace(code_entry("DT16", "bayfront", "DTL", (1.2805, 103.8505)), line_code="DTL"),
    ),
    services=(
        Service("ccl-branch", "CCL", False, None, OPENING, ("CC4", "CE1", "CE2")),
        Service("ccl-ring", "CCL", True, OPENING, None, ("CC4", "CC30", "CC33", "CC34")),
    ),
    sha256="0" * 64,
)
"""on the opening day Keppel opens, the line becomes a ring, and two codes change"""


def network_dataset(as_of: date = AFTER, network: Network = RING_NETWORK, **changes: Any) -> Stage3Output:
    """Return the dataset for a date, each exit with the platforms of its station."""
    directions = network.directions(as_of)
    stations = tuple(
        _with_platforms(make_station(network, slug, as_of), directions) for slug in network.open_codes(as_of)
    )
    future = tuple(make_station(network, slug, as_of) for slug in network.future_codes(as_of))
    return make_dataset(*stations, as_of=as_of, **{"future_stations": future} | changes)


def compare(old: Stage3Output, new: Stage3Output) -> Comparison:
    """Return the differences, using the scene's network."""
    return compare_datasets(old, new, RING_NETWORK)


def changed_kinds(comparison: Comparison) -> set[str]:
    """Return the kinds of change that occurred, except figures."""
    left_out = {"old", "new", "coverage"}
    return {
        name for name in type(comparison).model_fields if name not in left_out and getattr(comparison, name)
    }


def replace_station(dataset: Stage3Output, slug: str, **changes: Any) -> Stage3Output:
    """Return the dataset with one station changed."""
    stations = tuple(
        station.model_copy(update=changes) if station.slug == slug else station
        for station in dataset.stations
    )
    return dataset.model_copy(update={"stations": stations})


def replace_exit(dataset: Stage3Output, which: str, /, **changes: Any) -> Stage3Output:
    """Return the dataset with one exit changed."""
    stations = tuple(
        station.model_copy(
            update={
                "exits": tuple(
                    found.model_copy(update=changes) if found.exit_id == which else found
                    for found in station.exits
                )
            }
        )
        for station in dataset.stations
    )
    return dataset.model_copy(update={"stations": stations})


def get_exit(dataset: Stage3Output, exit_id: str) -> StationExit:
    """Return an exit by its id."""
    return next(found for station in dataset.stations for found in station.exits if found.exit_id == exit_id)


def get_station_of(dataset: Stage3Output, slug: str) -> Station:
    """Return a station by its slug."""
    return next(station for station in dataset.stations if station.slug == slug)


def _with_platforms(station: Station, directions: dict[str, tuple[Direction, ...]]) -> Station:
    platforms = tuple(
        _platform(station.slug, direction)
        for code in station.mrt_codes
        for direction in directions.get(code, ())
    )
    exits = tuple(found.model_copy(update={"platforms": links_to(*platforms)}) for found in station.exits)
    return station.model_copy(update={"platforms": platforms, "exits": exits})


def _platform(slug: str, direction: Direction) -> Platform:
    return Platform(
        platform_id=f"{slug}-{direction.line_code.lower()}-{direction.next_code}",
        station_code=direction.station_code,
        line_code=direction.line_code,
        towards_code=direction.towards_code,
        next_code=direction.next_code,
        evidence=cited(direction.service_id, "network-table", Method.TOPOLOGY),
    )
