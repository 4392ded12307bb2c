from __future__ import annotations

import pytest

from mrt_pipeline.contracts.network import StationStatus
from mrt_pipeline.errors import UsageError
from mrt_pipeline.explain.stations import choose_exits, get_station
from tests.unit.compare.comparison_scene import AFTER, BEFORE, RING_NETWORK, get_station_of, network_dataset

DATASET = network_dataset(AFTER)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("CC34", "bayfront"),
        ("cc34", "bayfront"),
        ("DT16", "bayfront"),
        ("CE1", "bayfront"),
        ("bayfront", "bayfront"),
        ("Marina Bay", "marina-bay"),
        ("  marina   bay ", "marina-bay"),
        ("marina-b", "marina-bay"),
        ("Kep", "keppel"),
        ("CC99", "nowhere"),
        ("now", "nowhere"),
    ],
)
def test_a_station_is_found_by_code_slug_or_beginning_of_name(text: str, slug: str) -> None:
    assert get_station(DATASET, text, RING_NETWORK).slug == slug


def test_a_code_of_another_day_finds_the_place_that_bears_it_then() -> None:
    assert get_station(network_dataset(BEFORE), "CC33", RING_NETWORK).slug == "marina-bay"


def test_a_whole_name_wins_over_longer_ones_that_begin_so() -> None:
    longer = get_station_of(DATASET, "keppel").model_copy(
        update={"name": "Bayfront West", "slug": "bayfront-west"}
    )
    dataset = DATASET.model_copy(update={"stations": (longer, *DATASET.stations)})
    assert get_station(dataset, "Bayfront", RING_NETWORK).slug == "bayfront"
    with pytest.raises(
        UsageError, match=r"matches several stations: Bayfront West \(CC30\), Bayfront \(CC34, DT16\)"
    ):
        get_station(dataset, "bayf", RING_NETWORK)


@pytest.mark.parametrize("text", ["", "   ", "?", "zzz"])
def test_what_is_nowhere_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="No station"):
        get_station(DATASET, text, RING_NETWORK)


def test_a_misspelling_is_answered_with_what_it_looks_like() -> None:
    with pytest.raises(UsageError, match=r"Did you mean Promenade \(CC4\)\?"):
        get_station(DATASET, "Promenadde", RING_NETWORK)


@pytest.mark.parametrize("label", ["A", "a", "Exit A", "promenade-ccl-a"])
def test_an_exit_is_found_by_label_or_id(label: str) -> None:
    [found] = choose_exits(get_station_of(DATASET, "promenade"), label)
    assert found.exit_id == "promenade-ccl-A"


def test_a_label_that_two_buildings_use_means_both() -> None:
    found = choose_exits(get_station_of(DATASET, "bayfront"), "A")
    assert {item.exit_id for item in found} == {"bayfront-ccl-A", "bayfront-dtl-A"}


def test_a_label_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="Promenade has no exit 'Z'; its exits are: A"):
        choose_exits(get_station_of(DATASET, "promenade"), "Z")


def test_an_exit_of_a_station_without_exits_is_refused_with_the_reason() -> None:
    [station] = [item for item in DATASET.stations if item.slug == "promenade"]
    bare = station.model_copy(update={"exits": ()})
    with pytest.raises(UsageError, match="Promenade has no known exits: no source lists any"):
        choose_exits(bare, "A")
    future = bare.model_copy(update={"status": StationStatus.FUTURE})
    with pytest.raises(UsageError, match="Promenade has no known exits: it is not open yet"):
        choose_exits(future, "A")
