from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.compare.regressions import find_losses
from mrt_pipeline.contracts.fields import FIELDS
from mrt_pipeline.contracts.network import (
    AccessFeature,
    ExitAccess,
    Landmark,
    Station,
    StationExit,
    StepFree,
)
from mrt_pipeline.contracts.outputs import Stage3Output
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    cited,
    links_to,
    make_bus_stop,
    make_dataset,
    make_exit,
    make_station,
    open_stations,
    provenance,
    station_platform,
)
from tests.unit.compare.comparison_scene import AFTER, BEFORE, network_dataset

NS13, NS17 = SMALL_NETWORK.codes[:2]


THERE = station_platform(NS13, NS17, platform_codes=("A",))
BACK = station_platform(NS13, NS13, platform_codes=("B",))


def _rich_exit(label: str = "A", **changes: Any) -> StationExit:
    bare = make_exit(NS13, label, east_m=40 * (ord(label) - ord("A")))
    facts = {
        "platforms": links_to(THERE, BACK),
        "bus_stops": (make_bus_stop(bare, "59069"), make_bus_stop(bare, "59061")),
        "access": ExitAccess(step_free=StepFree.YES, features=(AccessFeature.LIFT,), evidence=cited()),
        "landmarks": (Landmark(name="Northpoint", evidence=cited()),),
    }
    return bare.model_copy(update=facts | changes)


def _dataset(*exits: StationExit, **changes: Any) -> Stage3Output:
    yishun = make_station(SMALL_NETWORK, "yishun", exits=exits, **{"platforms": (THERE, BACK)} | changes)
    return make_dataset(yishun, make_station(SMALL_NETWORK, "bishan"))


def test_a_station_that_is_gone_is_named_with_its_exits_which_are_not_reported_again() -> None:
    losses = find_losses(make_dataset(), make_dataset(*open_stations()[1:]))
    gone = open_stations()[0]
    assert [(found.slug, found.codes) for found in losses.stations] == [(gone.slug, gone.mrt_codes)]
    assert losses.stations[0].exits == tuple(found.exit_id for found in gone.exits)
    assert losses.exits == ()
    assert losses.fields == ()


def test_an_exit_that_is_gone_is_named() -> None:
    losses = find_losses(_dataset(_rich_exit("A"), _rich_exit("B")), _dataset(_rich_exit("A")))
    assert [found.exit_id for found in losses.exits] == ["yishun-nsl-B"]
    assert losses.fields == ()


def test_a_renumbering_a_renaming_and_a_relabelled_exit_are_no_loss() -> None:
    then = _rich_exit("A")
    now = then.model_copy(update={"exit_id": "yishun-nsl-1", "exit_code": "1", "station_code": "NS99"})
    losses = find_losses(_dataset(then), _dataset(now, name="Yishun New Town", station_id="NS99"))
    assert (losses.stations, losses.exits, losses.fields) == ((), (), ())


def test_a_line_that_closes_to_a_ring_under_new_codes_loses_no_station_and_no_exit() -> None:
    losses = find_losses(network_dataset(BEFORE), network_dataset(AFTER))
    assert (losses.stations, losses.exits) == ((), ())


@pytest.mark.parametrize(
    ("field", "changes", "old", "lost"),
    [
        ("platforms", {"platforms": links_to(THERE)}, 2, 1),
        ("platform_codes", {"platforms": links_to(BACK)}, 2, 1),
        ("bus_stops", {"bus_stops": ()}, 2, 2),
        ("bus_services", {"bus_stops": _rich_exit().bus_stops[:1]}, 4, 2),
        ("access", {"access": None}, 1, 1),
        ("step_free", {"access": ExitAccess(step_free=StepFree.UNKNOWN, evidence=cited())}, 1, 1),
        ("landmarks", {"landmarks": ()}, 1, 1),
    ],
)
def test_values_that_are_gone_are_counted_by_field(
    field: str, changes: dict[str, Any], old: int, lost: int
) -> None:
    losses = find_losses(_dataset(_rich_exit()), _dataset(_rich_exit(**changes)))
    [found] = [measured for measured in losses.fields if measured.field == field]
    assert (found.old, found.lost, found.share) == (old, lost, round(lost / old, 4))
    assert found.exits == ("yishun-nsl-A",)


def test_a_letter_that_a_platform_lost_is_lost_by_each_exit_that_leads_there() -> None:
    exits = _rich_exit("A"), _rich_exit("B")
    unlettered = BACK.model_copy(update={"platform_codes": ()})
    [found] = find_losses(_dataset(*exits), _dataset(*exits, platforms=(THERE, unlettered))).fields
    assert (found.field, found.old, found.lost) == ("platform_codes", 4, 2)
    assert found.exits == ("yishun-nsl-A", "yishun-nsl-B")


def test_a_value_that_another_one_took_the_place_of_is_no_loss() -> None:
    bare = make_exit(NS13)
    moved = _rich_exit(bus_stops=(make_bus_stop(bare, "59069"), make_bus_stop(bare, "11111")))
    assert find_losses(_dataset(_rich_exit()), _dataset(moved)).fields == ()


def test_what_one_exit_gains_does_not_make_up_for_what_another_loses() -> None:
    poor = _rich_exit("B", bus_stops=())
    old, new = _dataset(_rich_exit("A"), poor), _dataset(_rich_exit("A", bus_stops=()), _rich_exit("B"))
    assert {(found.field, found.lost) for found in find_losses(old, new).fields} == {
        ("bus_stops", 2),
        ("bus_services", 4),
    }


@given(st.sets(st.sampled_from([station.slug for station in open_stations()])))
def test_exactly_the_stations_that_are_gone_are_reported(gone: set[str]) -> None:
    stations: tuple[Station, ...] = tuple(item for item in open_stations() if item.slug not in gone)
    new = make_dataset().model_copy(update={"stations": stations})
    assert {found.slug for found in find_losses(make_dataset(), new).stations} == gone
    assert find_losses(new, make_dataset()).stations == ()


def test_nothing_is_gone_from_a_dataset_to_itself() -> None:
    dataset = _dataset(_rich_exit("A"), _rich_exit("B"))
    losses = find_losses(dataset, dataset)
    assert (losses.stations, losses.exits, losses.fields) == ((), (), ())
    assert set(FIELDS) >= {"platforms", "platform_codes", "bus_stops", "access", "step_free", "landmarks"}


def test_records_are_counted_by_source_over_all_its_documents() -> None:
    def dataset(**records: int) -> Stage3Output:
        read = {
            name: provenance(name, source_id=name[:4], records=number) for name, number in records.items()
        }
        return make_dataset(provenance=read)

    old = dataset(wiki1=1, wiki2=1, wiki3=1, stops=9, exits=5)
    new = dataset(wiki4=1, wiki2=1, exits=6)
    assert [(loss.source_id, loss.old, loss.new, loss.share) for loss in find_losses(old, new).sources] == [
        ("stop", 9, 0, 1.0),
        ("wiki", 3, 2, 0.3333),
    ]
