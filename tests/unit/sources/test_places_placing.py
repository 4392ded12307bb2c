"""On which exit a place hangs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.affinity import translate

from mrt_pipeline.contracts.network import LandmarkKind, StationExit
from mrt_pipeline.sources.official_places.choosing import Site
from mrt_pipeline.sources.official_places.claims import AssignedPlace, assign_places, group_sites
from tests.unit.sources.places_scene import PARK_DOCUMENT, exit_at, park_at, site_at

RADIUS_M = 400
NEAR, FAR = exit_at("a-nsl-A", 0), exit_at("b-nsl-B", 300)


def assigned(
    *sites: Site, exits: tuple[StationExit, ...] = (NEAR, FAR)
) -> dict[str, list[tuple[str, float, bool]]]:
    return {
        exit_id: list(map(seen, found)) for exit_id, found in assign_places(sites, exits, RADIUS_M).items()
    }


def seen(held: AssignedPlace) -> tuple[str, float, bool]:
    return held.sites[0].name, round(held.distance_m), held.is_clear


def test_a_place_is_assigned_only_to_the_nearest_exit_of_any_station() -> None:
    assert assigned(site_at("Library", 100)) == {"a-nsl-A": [("Library", 100, True)]}
    assert assigned(site_at("Library", 200)) == {"b-nsl-B": [("Library", 100, True)]}


def test_a_place_beyond_the_radius_is_assigned_to_no_exit() -> None:
    assert assigned(site_at("Library", -399)) == {"a-nsl-A": [("Library", 399, True)]}
    assert assigned(site_at("Library", -401)) == {}


def test_a_place_hardly_nearer_to_one_exit_is_not_clearly_its() -> None:
    assert assigned(site_at("Library", 136)) == {"a-nsl-A": [("Library", 136, False)]}
    assert assigned(site_at("Library", 134)) == {"a-nsl-A": [("Library", 134, True)]}


def test_an_exit_just_beyond_the_radius_may_still_be_hardly_farther() -> None:
    assert assigned(site_at("Library", 0, 395), exits=(NEAR, exit_at("b-nsl-B", 0, 800))) == {
        "a-nsl-A": [("Library", 395, False)]
    }


def test_a_tie_goes_to_the_first_exit_by_its_id_whatever_the_order() -> None:
    exits = exit_at("b-nsl-B", 0), exit_at("a-nsl-A", 0), exit_at("c-nsl-C", 0)
    assert list(assigned(site_at("Library", 100), exits=exits)) == ["a-nsl-A"]
    assert list(assigned(site_at("Library", 100), exits=exits[::-1])) == ["a-nsl-A"]


def test_a_park_counts_from_its_nearest_edge() -> None:
    assert assigned(park_at("Park", -900, -50)) == {"a-nsl-A": [("Park", 50, True)]}
    assert assigned(park_at("Park", -900, 20)) == {"a-nsl-A": [("Park", 0, True)]}


def test_parts_of_a_park_hang_each_on_its_own_exit_and_once_on_one() -> None:
    parts = park_at("Park", -100, -50), park_at("Park", -40, -30), park_at("Park", 160, 280)
    assert assigned(*parts) == {"a-nsl-A": [("Park", 30, True)], "b-nsl-B": [("Park", 20, True)]}


def test_places_of_an_exit_are_in_order_of_distance() -> None:
    found = assigned(site_at("Far", 90, record_id="2"), site_at("Near", 20))
    assert [name for name, _, _ in found["a-nsl-A"]] == ["Near", "Far"]


def test_a_place_in_two_documents_is_assigned_once_with_both_records() -> None:
    club = site_at("Bishan CC", 100)
    other = site_at(
        "Bishan Community Club",
        160,
        kind=LandmarkKind.COMMUNITY_CLUB,
        document=PARK_DOCUMENT,
        record_id="9",
    )
    [(held,)] = assign_places([club, other], [NEAR, FAR], RADIUS_M).values()
    assert [site.record_id for site in held.sites] == ["1", "9"]
    assert held.distance_m == pytest.approx(100, abs=1)


def test_a_record_out_of_reach_of_the_exit_is_not_cited_for_it() -> None:
    sites = site_at("Library", -390), site_at("Library", -410, record_id="2")
    [(held,)] = assign_places(sites, [NEAR], RADIUS_M).values()
    assert [site.record_id for site in held.sites] == ["1"]


def test_places_of_one_name_far_from_one_another_are_two() -> None:
    assert len(group_sites([site_at("Library", 0), site_at("Library", 150, record_id="2")])) == 1
    assert len(group_sites([site_at("Library", 0), site_at("Library", 250, record_id="2")])) == 2


def test_without_exits_or_places_nothing_hangs() -> None:
    assert assign_places([site_at("Library", 0)], [], RADIUS_M) == {}
    assert assign_places([], [NEAR], RADIUS_M) == {}


METRES = st.floats(-600, 600).map(lambda metres: round(metres, 1))
PLACES = st.lists(st.tuples(METRES, METRES, st.sampled_from("PQRS")), max_size=8)
EXITS = st.lists(st.tuples(METRES, METRES), min_size=1, max_size=6)


def make_sites(places: list[tuple[float, float, str]]) -> list[Site]:
    return [
        site_at(name, east, north, record_id=str(number)) for number, (east, north, name) in enumerate(places)
    ]


def make_exits(positions: list[tuple[float, float]]) -> list[StationExit]:
    return [exit_at(f"x{number}-nsl-A", *position) for number, position in enumerate(positions)]


@given(PLACES, EXITS, st.randoms())
def test_the_order_of_exits_makes_no_difference(
    places: list[tuple[float, float, str]], positions: list[tuple[float, float]], random: object
) -> None:
    sites, exits = make_sites(places), make_exits(positions)
    shuffled = sorted(exits, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert assign_places(sites, shuffled, RADIUS_M) == assign_places(sites, exits, RADIUS_M)


@given(PLACES.filter(bool), EXITS, st.data())
def test_a_place_that_moves_by_a_metre_changes_nothing_but_what_it_is_or_was_part_of(
    places: list[tuple[float, float, str]], positions: list[tuple[float, float]], data: st.DataObject
) -> None:
    sites, exits = make_sites(places), make_exits(positions)
    number = data.draw(st.integers(0, len(sites) - 1))
    moved = list(sites)
    moved[number] = Site(
        sites[number].name,
        sites[number].kind,
        sites[number].document,
        sites[number].record_id,
        translate(sites[number].shape, 1, 0),
    )
    before, after = (assign_places(found, exits, RADIUS_M) for found in (sites, moved))
    name = sites[number].name
    assert without(before, name) == without(after, name)


def without(
    found: dict[str, list[AssignedPlace]], name: str
) -> dict[str, list[tuple[tuple[str, ...], float, bool]]]:
    """Return what belongs to exits but for the places of one name."""
    rest = {
        exit_id: [
            (tuple(site.record_id for site in held.sites), held.distance_m, held.is_clear)
            for held in places
            if held.sites[0].name != name
        ]
        for exit_id, places in found.items()
    }
    return {exit_id: places for exit_id, places in rest.items() if places}


@given(PLACES, EXITS)
def test_no_place_is_assigned_to_an_exit_if_another_is_nearer(
    places: list[tuple[float, float, str]], positions: list[tuple[float, float]]
) -> None:
    exits = make_exits(positions)
    for exit_id, found in assign_places(make_sites(places), exits, RADIUS_M).items():
        for held in found:
            alone = [assign_places(held.sites, [other], 2000) for other in exits if other.exit_id != exit_id]
            for other in alone:
                [(seen_there,)] = other.values()
                assert held.distance_m <= seen_there.distance_m + 0.001
            assert held.distance_m <= RADIUS_M
