"""What holds for any two datasets."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.compare.wording import describe, headline
from mrt_pipeline.contracts.comparison import Comparison
from mrt_pipeline.contracts.outputs import Stage3Output
from tests.fakes.network_builder import make_bus_stop
from tests.unit.compare.comparison_scene import AFTER, BEFORE, compare, network_dataset

DAYS = (network_dataset(BEFORE), network_dataset(AFTER))


@st.composite
def datasets(draw: st.DrawFn) -> Stage3Output:
    """Draw a day's dataset with some stations, exits and bus stops missing, moved or renamed."""
    dataset = draw(st.sampled_from(DAYS))
    stations = []
    for station in dataset.stations:
        if draw(st.booleans()):
            exits = []
            for found in station.exits:
                if draw(st.booleans()):
                    stops = tuple(
                        make_bus_stop(found, code, services=draw(st.sampled_from((("1",), ("1", "2")))))
                        for code in draw(st.sampled_from(((), ("10001",), ("10001", "10002"))))
                    )
                    lat = found.lat + draw(st.sampled_from((0, 0.0003)))
                    changes: dict[str, Any] = {"bus_stops": stops, "lat": lat}
                    exits.append(found.model_copy(update=changes))
            name = draw(st.sampled_from((station.name, "Another")))
            stations.append(station.model_copy(update={"exits": tuple(exits), "name": name}))
    return dataset.model_copy(update={"stations": tuple(stations)})


@given(datasets())
def test_nothing_differs_from_itself(dataset: Stage3Output) -> None:
    assert compare(dataset, dataset).is_same


@given(datasets(), datasets())
def test_a_comparison_backwards_is_the_mirror_image(old: Stage3Output, new: Stage3Output) -> None:
    there, back = compare(old, new), compare(new, old)
    assert _slugs(there.stations_opened) == _slugs(back.stations_closed)
    assert _slugs(there.stations_closed) == _slugs(back.stations_opened)
    assert _ids(there.exits_added) == _ids(back.exits_removed)
    assert _ids(there.exits_removed) == _ids(back.exits_added)
    assert {(item.exit_id, item.moved_m) for item in there.exits_moved} == {
        (item.exit_id, item.moved_m) for item in back.exits_moved
    }
    assert {(item.slug, item.old_name) for item in there.stations_renamed} == {
        (item.slug, item.new_name) for item in back.stations_renamed
    }
    assert _values(there) == {(key, new, old) for key, old, new in _values(back)}
    assert there.is_same == back.is_same


@given(datasets(), datasets())
def test_every_exit_is_accounted_for(old: Stage3Output, new: Stage3Output) -> None:
    comparison = compare(old, new)
    before = {found.exit_id for station in old.stations for found in station.exits}
    after = {found.exit_id for station in new.stations for found in station.exits}
    opened = {exit_id for item in comparison.stations_opened for exit_id in item.exits}
    closed = {exit_id for item in comparison.stations_closed for exit_id in item.exits}
    relabelled = comparison.exits_relabelled
    assert after - before == opened | _ids(comparison.exits_added) | {item.new_exit_id for item in relabelled}
    assert before - after == closed | _ids(comparison.exits_removed) | {
        item.old_exit_id for item in relabelled
    }


@given(datasets(), datasets())
def test_what_differs_can_be_said(old: Stage3Output, new: Stage3Output) -> None:
    comparison = compare(old, new)
    assert headline(comparison)
    assert comparison.is_same or list(describe(comparison))
    assert Comparison.model_validate_json(comparison.model_dump_json()).old == comparison.old


def _slugs(items: Any) -> set[str]:
    return {item.slug for item in items}


def _ids(items: Any) -> set[str]:
    return {item.exit_id for item in items}


def _values(comparison: Comparison) -> set[tuple[Any, str, str]]:
    return {
        ((item.exit_id, item.field, item.item, item.attribute), repr(item.old), repr(item.new))
        for item in comparison.values_changed
        if item.field == "bus_stops"
    }
