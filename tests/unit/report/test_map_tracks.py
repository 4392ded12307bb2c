"""How lines are laid over the map."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

from mrt_pipeline.network import Network, Service, load_network
from mrt_pipeline.report.tracks import Track, find_tracks
from tests.fakes.network_builder import SMALL_NETWORK, make_station, open_stations
from tests.unit.compare.comparison_scene import AFTER, BEFORE, RING_NETWORK, network_dataset

AS_OF = date(2026, 1, 5)


def shared_network() -> Network:
    """Return the small network with two lines between the same two stations."""
    other = Service("ccl-main", "CCL", False, None, None, ("CC15", "NS13"))
    return replace(SMALL_NETWORK, services=(*SMALL_NETWORK.services, other))


def tracks_of(network: Network, as_of: date = AS_OF) -> list[Track]:
    """Return the tracks between the small network's stations, which lie in a row from north to south."""
    stations = open_stations(network, as_of)
    places = {number: (0.0, 1_000.0 * number) for number in range(len(stations))}
    return find_tracks(stations, places, network, as_of)


def test_a_track_goes_from_station_to_station_in_travel_order() -> None:
    assert tracks_of(SMALL_NETWORK) == [Track("NSL", False, (0, 1), ((0.0, 0.0), (0.0, 0.0)))]


def test_only_services_of_the_day_are_drawn() -> None:
    for day, is_loop in ((BEFORE, False), (AFTER, True)):
        dataset = network_dataset(day)
        places = {number: (0.0, float(number)) for number in range(len(dataset.stations))}
        assert [track.is_loop for track in find_tracks(dataset.stations, places, RING_NETWORK, day)] == [
            is_loop
        ]


def test_a_service_that_has_ended_is_not_drawn_though_its_stations_are_open() -> None:
    [service] = SMALL_NETWORK.services
    ended = replace(SMALL_NETWORK, services=(replace(service, valid_to=AS_OF),))
    assert tracks_of(ended) == []


def test_a_stop_that_is_not_in_the_dataset_is_left_out() -> None:
    stations = (make_station(SMALL_NETWORK, "yishun"),)
    assert find_tracks(stations, {0: (0.0, 0.0)}, SMALL_NETWORK, AS_OF) == []


def test_lines_that_share_a_way_run_side_by_side() -> None:
    first, second = tracks_of(shared_network())
    assert first.shifts == ((0.5, 0.0), (0.5, 0.0))
    assert second.shifts == ((-0.5, 0.0), (-0.5, 0.0))


def test_two_places_at_one_point_do_not_break_the_drawing() -> None:
    network = shared_network()
    stations = open_stations(network)
    places = dict.fromkeys(range(len(stations)), (5.0, 5.0))
    for track in find_tracks(stations, places, network, AS_OF):
        assert set(track.shifts) == {(0.0, 0.0)}


def test_no_shift_is_wider_than_the_lines_that_share_a_way() -> None:
    network = load_network()
    as_of = date(2026, 11, 23)
    stations = tuple(make_station(network, slug, as_of) for slug in network.open_codes(as_of))
    places = {
        number: (station.lng * 111_289, -station.lat * 110_575) for number, station in enumerate(stations)
    }
    tracks = find_tracks(stations, places, network, as_of)
    assert len({track.line_code for track in tracks}) == 9
    shifted = {
        stations[number].slug
        for track in tracks
        for number, shift in zip(track.stations, track.shifts, strict=True)
        if shift != (0.0, 0.0)
    }
    assert shifted == {"city-hall", "raffles-place", "bayfront", "promenade"}
    assert all(math.hypot(*shift) < 0.501 for track in tracks for shift in track.shifts)
