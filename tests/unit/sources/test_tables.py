"""Look-ups over LTA's bus stops and services."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.source import BusService
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.runtime.geometry import to_svy21
from mrt_pipeline.runtime.records import natural_key
from tests.unit.sources.bus_scene import entry_of, stop_at, tables_of

YISHUN = entry_of("NS13")
NEAR, NEARER, FAR = (
    stop_at("59049", "Opp Khatib Stn", 90),
    stop_at("59041", "Bef Khatib Stn", -40),
    stop_at("59099", "Elsewhere", 600),
)
POSITIONS = st.tuples(st.floats(-900, 900), st.floats(-900, 900))


def test_services_of_a_stop_are_each_named_once_in_natural_order() -> None:
    services = tuple(
        BusService(number, 1, ("59049", "59049")) for number in ("NR1", "10", "2A", "2", "10", "10e")
    )
    tables = tables_of(NEAR, services=services)
    assert tables.services_at("59049") == ("2", "2A", "10", "10e", "NR1")
    assert tables.services_at("59041") == ()


@given(st.lists(st.text(alphabet="0123456789ANRe", max_size=4)), st.randoms())
def test_the_order_of_services_in_the_table_does_not_matter(numbers: list[str], random: Random) -> None:
    services = [BusService(number, 1, ("59049",)) for number in numbers]
    shuffled = list(services)
    random.shuffle(shuffled)
    served = tables_of(NEAR, services=tuple(services)).services_by_stop
    assert served == tables_of(NEAR, services=tuple(shuffled)).services_by_stop
    assert list(served.get("59049", ())) == sorted(set(numbers), key=natural_key)


def test_stops_within_a_radius_come_nearest_first_with_their_distance() -> None:
    tables = tables_of(FAR, NEAR, NEARER)
    found = tables.stops_within([to_svy21(YISHUN.lat, YISHUN.lng)], 250)[0]
    assert [stop.bus_stop_code for stop, _ in found] == ["59041", "59049"]
    assert [round(metres) for _, metres in found] == [40, 90]


@given(st.lists(POSITIONS, max_size=8), st.floats(0, 500))
def test_the_index_finds_exactly_the_stops_within_the_radius(
    offsets: list[tuple[float, float]], radius_m: float
) -> None:
    stops = [stop_at(f"{number:05}", "A Stop", *offset) for number, offset in enumerate(offsets)]
    tables = tables_of(*stops)
    centre = to_svy21(YISHUN.lat, YISHUN.lng)
    found = {stop.bus_stop_code: metres for stop, metres in tables.stops_within([centre], radius_m)[0]}
    for stop in stops:
        there = to_svy21(stop.lat, stop.lng)
        metres = centre.distance_m(there)
        assert metres == there.distance_m(centre)
        if abs(metres - radius_m) > 1e-6:
            assert (stop.bus_stop_code in found) == (metres < radius_m)
    assert all(metres <= radius_m + 1e-6 for metres in found.values())


def test_tables_without_a_single_stop_are_tables() -> None:
    tables = tables_of()
    assert tables.stops_within([to_svy21(YISHUN.lat, YISHUN.lng)], 400) == [[]]
    assert tables.services_at("59049") == ()


def test_what_is_odd_about_either_table_is_kept_with_calls_at_unlisted_stops() -> None:
    odd = Finding(check="record-repeated", severity=Severity.WARNING, message="Twice.")
    tables = tables_of(NEAR, services=(BusService("10", 1, ("59049", "59999")),))
    strange = odd.model_copy(update={"check": "field-invalid"})
    tables = BusTables(replace(tables.stops, findings=(odd,)), replace(tables.services, findings=(strange,)))
    checks = [finding.check for finding in tables.findings]
    assert checks == ["record-repeated", "field-invalid", "bus-stop-not-listed"]
    assert "59999" in tables.findings[2].message


def test_a_change_of_either_table_changes_the_version() -> None:
    assert tables_of().version == f"{'a' * 64}+{'b' * 64}"
